//! Writes a record to DynamoDB, once, within the time there is.

use std::{
    future::ready,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    Client,
    operation::put_item::{PutItemError, builders::PutItemFluentBuilder},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure::AllOld},
};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    outcome::{Failure, Stored},
    record::{
        Record,
        attribute::{Item, text},
    },
    settings::Destination,
};

pub mod client;
mod fault;

/// True only if no item has the key yet.
const IS_NEW: &str = "attribute_not_exists(pk)";

/// Never true: a put under it writes nothing. It is how a role that may only put looks at an item.
const NEVER: &str = "attribute_exists(pk) AND attribute_not_exists(pk)";

/// DynamoDB's code for an item that it does not accept.
const REJECTED: &str = "ValidationException";

/// How long a warm-up may take: the first callback waits for it.
pub const WARM_UP_TIMEOUT: Duration = Duration::from_millis(400);

/// How many parts of one body are written at the same time.
const PARTS_AT_A_TIME: usize = 4;

/// The table.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
}

/// The result of a put that DynamoDB answered.
#[derive(Debug)]
enum Put {
    Written,
    /// The condition does not hold, because of this item. Empty if it was not asked for, or if none has the key.
    Found(Item),
}

impl Store {
    /// The table of this name behind a client.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// The table where the settings say it is.
    #[must_use]
    pub fn connect(destination: &Destination) -> Self {
        Self::new(Client::from_conf(client::config(&destination.aws).build()), &destination.table_name)
    }

    /// Writes a record unless it is there already. Faults that may pass are tried again until the deadline.
    ///
    /// `without_fields` makes the same record without the body's fields as attributes: the last try, if DynamoDB
    /// rejects the head with them.
    ///
    /// # Errors
    /// By the deadline, if it is not known to be in the table; at once, for a fault that does not pass.
    pub async fn write(
        &self,
        record: Record,
        without_fields: impl FnOnce() -> Result<Record, Failure>,
        deadline: Instant,
    ) -> Result<Stored, Failure> {
        let Record { head, parts, .. } = record;
        let write = async {
            if !parts.is_empty() {
                // So the parts of a recorded body stay as they are.
                if !self.look(key(&head)).await?.is_empty() {
                    return Ok(Stored::Duplicate);
                }
                self.put_parts(parts).await?;
            }
            match self.put_head(head).await {
                Err(failure) if failure.reason == REJECTED => self.put_head(without_fields()?.head).await,
                stored => stored,
            }
        };
        by(deadline.into(), write).await
    }

    /// Connects, so that the first callback finds TLS and connection ready. The role allows nothing but
    /// `PutItem`, so this is a put whose condition can't hold.
    ///
    /// # Errors
    /// After at most [`WARM_UP_TIMEOUT`], if DynamoDB did not answer as it should.
    pub async fn warm_up(&self) -> Result<(), Failure> {
        let item = ["pk", "sk"].map(|key| (key.to_owned(), text("warm-up"))).into();
        let put = self.put(item).condition_expression(NEVER);
        by(tokio::time::Instant::now() + WARM_UP_TIMEOUT, send(put)).await.map(drop)
    }

    async fn put_head(&self, head: Item) -> Result<Stored, Failure> {
        let (key, receipt) = (key(&head), receipt(&head));
        match send(self.put(head).condition_expression(IS_NEW)).await? {
            Put::Written => Ok(Stored::New),
            // An attempt before may have written it although its response was lost.
            Put::Found(_) if fault::last().is_some() && self::receipt(&self.look(key).await?) == receipt => {
                Ok(Stored::New)
            }
            Put::Found(_) => Ok(Stored::Duplicate),
        }
    }

    /// The item under a key; empty if there is none. Repeats are many and large bodies few, so only those who need the
    /// item have DynamoDB return it.
    async fn look(&self, key: Item) -> Result<Item, Failure> {
        let put = self.put(key).condition_expression(NEVER).return_values_on_condition_check_failure(AllOld);
        match send(put).await? {
            Put::Written => Ok(Item::new()),
            Put::Found(item) => Ok(item),
        }
    }

    /// Writes the parts. The head comes after them: it makes the callback recorded, and then its body is whole.
    async fn put_parts(&self, parts: Vec<Item>) -> Result<(), Failure> {
        let puts = parts.into_iter().map(|part| send(self.put(part)));
        stream::iter(puts).buffer_unordered(PARTS_AT_A_TIME).try_for_each(|_| ready(Ok(()))).await
    }

    fn put(&self, item: Item) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.table).set_item(Some(item))
    }
}

/// The key of an item.
fn key(head: &Item) -> Item {
    ["pk", "sk"].into_iter().filter_map(|name| Some((name.to_owned(), head.get(name)?.clone()))).collect()
}

/// The attributes that tell one delivery of a callback from another.
fn receipt(head: &Item) -> [Option<AttributeValue>; 2] {
    ["RequestId", "ReceivedAt"].map(|name| head.get(name).cloned())
}

/// The result of a write by the deadline; after it, the cause is that of the last failed attempt.
async fn by<T>(
    deadline: tokio::time::Instant,
    write: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let in_time = async {
        let written = tokio::time::timeout_at(deadline, write).await;
        written.unwrap_or_else(|_| Err(fault::last().unwrap_or_else(Failure::late)))
    };
    fault::remembered(in_time).await
}

/// Sends a put.
async fn send(put: PutItemFluentBuilder) -> Result<Put, Failure> {
    // Boxed: otherwise the futures around it are moved about with all of the SDK's future inside.
    let Err(error) = Box::pin(put.send()).await else {
        return Ok(Put::Written);
    };
    if !error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) {
        return Err(fault::of_write(&error));
    }
    match error.into_service_error() {
        PutItemError::ConditionalCheckFailedException(failed) => {
            Ok(Put::Found(failed.item.unwrap_or_default()))
        }
        _ => Ok(Put::Found(Item::new())),
    }
}
