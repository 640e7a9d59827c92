//! Writes a record to DynamoDB, once, before the deadline.

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
        Fields, Record,
        attribute::{Item, text},
        item_key,
    },
    settings::Destination,
};

pub mod client;
mod failure;
#[cfg(feature = "redrive")]
mod read;

/// True only if no item has the key yet.
const IS_NEW: &str = "attribute_not_exists(pk)";

/// For a part that never expires: true only if no part has the key yet, or one that expires.
const IS_LASTING: &str = "attribute_not_exists(pk) OR attribute_exists(ExpiresAt)";

/// For a part that expires: true only if no part has the key yet, or one that expires earlier.
const OUTLIVES: &str = "attribute_not_exists(pk) OR ExpiresAt < :expires_at";

/// Never true: a put with this condition writes nothing. A role that allows only puts can read an item with it.
const NEVER: &str = "attribute_exists(pk) AND attribute_not_exists(pk)";

/// DynamoDB's error code for an item that it does not accept.
pub(crate) const REJECTED: &str = "ValidationException";

/// The limit of a warm-up: the first callback waits for it.
pub const WARM_UP_TIMEOUT: Duration = Duration::from_millis(400);

/// A look at an item that is known to be there ends this long before the deadline of the write.
const LOOK_MARGIN: Duration = Duration::from_millis(50);

/// How many parts of a body are written at the same time.
const PARTS_AT_A_TIME: usize = 4;

/// The table.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
}

/// The result of a put, according to DynamoDB's response.
#[derive(Debug)]
enum Put {
    Written,
    /// The condition failed because this item exists. Empty if the item was not requested, or if no item has the key.
    Found(Item),
}

impl Store {
    /// A table with this name, accessed through a client.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// The table that the settings name.
    #[must_use]
    pub fn connect(destination: &Destination) -> Self {
        Self::new(Client::from_conf(client::config(&destination.aws).build()), &destination.table_name)
    }

    /// The same table, with each request sent only once.
    #[must_use]
    pub fn without_retries(&self) -> Self {
        let config = client::without_retries(self.client.config().to_builder());
        Self { client: Client::from_conf(config.build()), table: self.table.clone() }
    }

    /// Writes a record unless it is already there. Transient errors are retried until the deadline.
    ///
    /// `build` builds the record. It is called again only if DynamoDB rejects the head with the body's fields as
    /// attributes, which is rare: building the record again is cheaper than cloning each record in case it is needed.
    ///
    /// # Errors
    /// At the deadline, if the record is not known to be in the table; at once, after an error that is not transient.
    pub async fn write(
        &self,
        mut build: impl FnMut(Fields) -> Result<Record, Failure>,
        deadline: Instant,
    ) -> Result<Stored, Failure> {
        let Record { head, parts, .. } = build(Fields::Attributes)?;
        let write = async {
            if !parts.is_empty() {
                // A recorded body must keep its parts unchanged.
                if !self.existing_item(item_key(&head)).await?.is_empty() {
                    return Ok(Stored::Duplicate);
                }
                self.put_parts(parts).await?;
            }
            match self.put_head(head, deadline).await {
                Err(failure) if failure.reason == REJECTED => {
                    failure::forget();
                    self.put_head(build(Fields::Body)?.head, deadline).await
                }
                stored => stored,
            }
        };
        with_deadline(deadline.into(), write).await
    }

    /// Connects, so that the first callback finds a connection with TLS. The role allows only `PutItem`, so this is a
    /// put whose condition can't hold.
    ///
    /// # Errors
    /// After at most [`WARM_UP_TIMEOUT`], if DynamoDB did not respond as expected.
    pub async fn warm_up(&self) -> Result<(), Failure> {
        let item = ["pk", "sk"].map(|key| (key.to_owned(), text("warm-up"))).into();
        let put = self.put(item).condition_expression(NEVER);
        with_deadline(tokio::time::Instant::now() + WARM_UP_TIMEOUT, send(put)).await.map(drop)
    }

    async fn put_head(&self, head: Item, deadline: Instant) -> Result<Stored, Failure> {
        let (key, arrival) = (item_key(&head), arrival(&head));
        match send(self.put(head).condition_expression(IS_NEW)).await? {
            Put::Written => Ok(Stored::New),
            // An earlier attempt may have written the item although its response was lost. It is there in any case, so
            // nothing that happens to this request is a failure.
            Put::Found(_) if failure::last_failure().is_some() => {
                let look_by = deadline.checked_sub(LOOK_MARGIN).unwrap_or(deadline);
                // Boxed, because this is rare, and all other writes would carry its large future.
                let item = tokio::time::timeout_at(look_by.into(), Box::pin(self.existing_item(key))).await;
                let is_ours = item.is_ok_and(|item| item.is_ok_and(|item| self::arrival(&item) == arrival));
                Ok(if is_ours { Stored::New } else { Stored::Duplicate })
            }
            Put::Found(_) => Ok(Stored::Duplicate),
        }
    }

    /// The item with a key; empty if there is none. DynamoDB returns the item only to callers that need it: repeats
    /// are frequent, and large bodies are rare.
    async fn existing_item(&self, key: Item) -> Result<Item, Failure> {
        let put = self.put(key).condition_expression(NEVER).return_values_on_condition_check_failure(AllOld);
        match send(put).await? {
            Put::Written => Ok(Item::new()),
            Put::Found(item) => Ok(item),
        }
    }

    /// Writes the parts. The head follows last: once it exists, the callback is recorded and its body is complete.
    ///
    /// Two writers of one callback may have different retentions, and either may write the head. So a part only ever
    /// replaces one that expires earlier: then the parts live at least as long as their head. If the condition
    /// fails, the table already has a part that lives at least as long, so nothing is missing.
    async fn put_parts(&self, parts: Vec<Item>) -> Result<(), Failure> {
        let puts = parts.into_iter().map(|part| {
            let expires_at = part.get("ExpiresAt").cloned();
            let put =
                self.put(part).condition_expression(if expires_at.is_some() { OUTLIVES } else { IS_LASTING });
            send(put.set_expression_attribute_values(
                expires_at.map(|at| [(":expires_at".to_owned(), at)].into()),
            ))
        });
        stream::iter(puts).buffer_unordered(PARTS_AT_A_TIME).try_for_each(|_| ready(Ok(()))).await
    }

    fn put(&self, item: Item) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.table).set_item(Some(item))
    }
}

/// The attributes that differ between two deliveries of the same callback.
fn arrival(head: &Item) -> [Option<AttributeValue>; 2] {
    ["RequestId", "ReceivedAt"].map(|name| head.get(name).cloned())
}

/// The result of a write by the deadline. After the deadline, the last failed attempt is the cause.
async fn with_deadline<T>(
    deadline: tokio::time::Instant,
    write: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let in_time = async {
        let written = tokio::time::timeout_at(deadline, write).await;
        written.unwrap_or_else(|_| Err(failure::last_failure().unwrap_or_else(Failure::late)))
    };
    failure::with_last_failure(in_time).await
}

/// Sends a put.
async fn send(put: PutItemFluentBuilder) -> Result<Put, Failure> {
    // Boxed: otherwise the futures around it would be moved with the SDK's large future inside.
    let Err(error) = Box::pin(put.send()).await else {
        return Ok(Put::Written);
    };
    if !error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception) {
        return Err(failure::of_request(&error));
    }
    match error.into_service_error() {
        PutItemError::ConditionalCheckFailedException(failed) => {
            Ok(Put::Found(failed.item.unwrap_or_default()))
        }
        _ => Ok(Put::Found(Item::new())),
    }
}
