//! Writes a record to DynamoDB, once, within the time there is.

use std::{
    future::ready,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{Client, error::SdkError, operation::put_item::builders::PutItemFluentBuilder};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    outcome::{Failure, Outcome},
    record::{
        Record,
        attribute::{Item, text},
    },
    settings::Destination,
};

pub mod client;
mod fault;

/// True only where no item has the key yet.
const IS_NEW: &str = "attribute_not_exists(pk)";

/// True as well where the item is this very callback's: its write was done, and only the answer was lost.
const IS_NEW_OR_OURS: &str =
    "attribute_not_exists(pk) OR (RequestId = :RequestId AND ReceivedAt = :ReceivedAt)";

/// Can't be true: a write under it changes nothing.
const NEVER: &str = "attribute_exists(pk) AND attribute_not_exists(pk)";

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

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is in the table now.
    New,
    /// It was in the table before.
    Duplicate,
}

impl From<Result<Stored, Failure>> for Outcome {
    fn from(stored: Result<Stored, Failure>) -> Self {
        match stored {
            Ok(Stored::New) => Self::Recorded,
            Ok(Stored::Duplicate) => Self::Duplicate,
            Err(failure) => Self::Failed(failure),
        }
    }
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
    /// `again` makes the same record once more. That is rarely needed, and a copy for each write would cost more.
    ///
    /// # Errors
    /// By the deadline, if it is not known to be in the table; at once, for a fault that does not pass.
    pub async fn write(
        &self,
        record: Record,
        again: impl FnOnce() -> Record,
        deadline: Instant,
    ) -> Result<Stored, Failure> {
        let write = async {
            self.put_parts(record.parts).await?;
            match send(self.put(record.head).condition_expression(IS_NEW)).await? {
                // By an attempt before, maybe.
                Stored::Duplicate if fault::last().is_some() => self.put_head_again(again().head).await,
                stored => Ok(stored),
            }
        };
        by(deadline.into(), write).await
    }

    /// Writes a record whose write failed before, as far as is known: what is in the table of this very callback
    /// counts as new.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_again(&self, record: Record, deadline: Instant) -> Result<Stored, Failure> {
        let write = async {
            self.put_parts(record.parts).await?;
            self.put_head_again(record.head).await
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

    /// Writes the parts. The head comes after them: it makes the callback recorded, and then its body is whole.
    async fn put_parts(&self, parts: Vec<Item>) -> Result<(), Failure> {
        if parts.is_empty() {
            return Ok(());
        }
        let puts = parts.into_iter().map(|part| send(self.put(part)));
        stream::iter(puts).buffer_unordered(PARTS_AT_A_TIME).try_for_each(|_| ready(Ok(()))).await
    }

    async fn put_head_again(&self, head: Item) -> Result<Stored, Failure> {
        let value = |name| head.get(name).cloned().unwrap_or_else(|| text(""));
        let (request_id, received_at) = (value("RequestId"), value("ReceivedAt"));
        let put = self
            .put(head)
            .condition_expression(IS_NEW_OR_OURS)
            .expression_attribute_values(":RequestId", request_id)
            .expression_attribute_values(":ReceivedAt", received_at);
        send(put).await
    }

    fn put(&self, item: Item) -> PutItemFluentBuilder {
        self.client.put_item().table_name(&self.table).set_item(Some(item))
    }
}

/// What comes of a write by the deadline; else what its last attempt failed with.
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

/// Sends a put. A condition that does not hold means that the item is there already.
async fn send(put: PutItemFluentBuilder) -> Result<Stored, Failure> {
    // Boxed: what is around it would be moved about with all of the SDK's future inside.
    match Box::pin(put.send()).await {
        Ok(_) => Ok(Stored::New),
        Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
            Ok(Stored::Duplicate)
        }
        Err(error) => Err(fault::of_write(&error)),
    }
}
