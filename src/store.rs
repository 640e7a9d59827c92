//! Writes a record to DynamoDB, once, within the time there is.

use std::{
    fmt,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        BehaviorVersion, Builder, Credentials, Region, StalledStreamProtectionConfig,
        retry::{RetryConfig, RetryPartition, TokenBucket},
        timeout::TimeoutConfig,
    },
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, Put, TransactWriteItem},
};
use futures_util::FutureExt;

use crate::{
    attribute::{Item, text},
    record::Record,
    settings::{Aws, Destination},
};

mod https;

/// How long after its receipt a callback may be written. Tencent waits 2 s for the whole request; what is left
/// of it is for the log entry of a failure, for API Gateway and for the network.
pub const WRITE_TIMEOUT: Duration = Duration::from_millis(1200);

/// How long one attempt may take, so that a silent server leaves time for another one.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(550);

/// Attempts at a write. Faults that come quickly (throttling, a reset connection) leave time for all of them.
const ATTEMPTS: u32 = 4;

/// The pause before the second attempt, doubled for each one after it, times a random factor up to 1.
const BACKOFF: Duration = Duration::from_millis(50);

/// The pause before a transaction is tried again that met another one over the same items, doubled for each
/// further one.
const CONFLICT_PAUSE: Duration = Duration::from_millis(40);

/// True only where no item has the key yet.
const IS_NEW: &str = "attribute_not_exists(pk)";

/// Can't be true: a write under it changes nothing.
const NEVER: &str = "attribute_exists(pk) AND attribute_not_exists(pk)";

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

/// Why a record is not known to be in the table. It may be there all the same, where only the answer was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// `timeout`, `connection`, `response`, `request`, or DynamoDB's error code.
    pub reason: String,
    /// The cause in a line.
    pub detail: String,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.detail)
    }
}

impl std::error::Error for StoreError {}

impl Store {
    /// The table of this name behind a client.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// The table where the settings say it is.
    #[must_use]
    pub fn connect(destination: &Destination) -> Self {
        Self::new(Client::from_conf(Self::config(&destination.aws).build()), &destination.table_name)
    }

    /// The client configuration that a callback's 2 s ask for.
    ///
    /// `aws-config` would find the same in the environment, and take milliseconds of every start for it.
    #[must_use]
    pub fn config(aws: &Aws) -> Builder {
        let Aws { region, access_key_id, secret_access_key, session_token, endpoint_url } = aws.clone();
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(Credentials::new(
                access_key_id,
                secret_access_key,
                session_token,
                None,
                "environment",
            ))
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(BACKOFF))
            // The SDK's quota of retries outlasts the outage that used it up, by many events. The attempts here
            // are few and bounded in time already, one event at a time.
            .retry_partition(
                RetryPartition::custom("callbacks").token_bucket(TokenBucket::unlimited()).build(),
            )
            .http_client(https::client())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(endpoint_url);
        config
    }

    /// Writes a record unless it is there already.
    ///
    /// # Errors
    /// By the deadline, if it is not known to be in the table.
    pub async fn write(&self, record: Record, deadline: Instant) -> Result<Stored, StoreError> {
        let write = async {
            if record.parts.is_empty() {
                self.put(record.head, IS_NEW).await
            } else {
                self.put_all(&record).await
            }
        };
        until(deadline, write).await
    }

    /// Connects, so that the first callback finds TLS and connection ready. The role allows nothing but
    /// `PutItem`, so this is a put whose condition can't hold.
    ///
    /// # Errors
    /// After at most [`WRITE_TIMEOUT`], if DynamoDB did not answer as it should.
    pub async fn warm_up(&self) -> Result<(), StoreError> {
        let item = ["pk", "sk"].map(|key| (key.to_owned(), text("warm-up"))).into();
        until(Instant::now() + WRITE_TIMEOUT, self.put(item, NEVER)).await.map(drop)
    }

    async fn put(&self, item: Item, condition: &str) -> Result<Stored, StoreError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        match put.condition_expression(condition).send().await {
            Ok(_) => Ok(Stored::New),
            Err(error) if is_condition(error.code()) => Ok(Stored::Duplicate),
            Err(error) => Err(StoreError::of(&error)),
        }
    }

    /// Writes head and parts in one transaction.
    async fn put_all(&self, record: &Record) -> Result<Stored, StoreError> {
        let mut puts = vec![self.transact_put(&record.head, Some(IS_NEW))?];
        for part in &record.parts {
            puts.push(self.transact_put(part, None)?);
        }
        // One attempt may take all the time: megabytes may need it, and a retry would send them again.
        let patient = Config::builder()
            .timeout_config(TimeoutConfig::builder().disable_operation_attempt_timeout().build());
        let mut pause = CONFLICT_PAUSE;
        loop {
            let transaction = self.client.transact_write_items().set_transact_items(Some(puts.clone()));
            let Err(error) = transaction.customize().config_override(patient.clone()).send().await else {
                return Ok(Stored::New);
            };
            let reasons = cancellation_reasons(&error);
            if reasons.iter().any(|reason| is_condition(reason.code())) {
                return Ok(Stored::Duplicate);
            }
            if !reasons.iter().any(|reason| is_passing(reason.code())) {
                return Err(StoreError::of(&error));
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    fn transact_put(&self, item: &Item, condition: Option<&str>) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item.clone()))
            .set_condition_expression(condition.map(str::to_owned));
        let put = put.build().map_err(|error| StoreError::new("request", &error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// What comes of a write by the deadline.
fn until<T>(
    deadline: Instant,
    write: impl Future<Output = Result<T, StoreError>>,
) -> impl Future<Output = Result<T, StoreError>> {
    let late = || Err(StoreError::new("timeout", "DynamoDB did not answer in time"));
    tokio::time::timeout_at(deadline.into(), write).map(move |written| written.unwrap_or_else(|_| late()))
}

fn cancellation_reasons(error: &SdkError<TransactWriteItemsError>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            canceled.cancellation_reasons()
        }
        _ => &[],
    }
}

/// A condition that did not hold: the item is there already.
fn is_condition(code: Option<&str>) -> bool {
    matches!(code, Some("ConditionalCheckFailedException" | "ConditionalCheckFailed"))
}

/// A reason for a cancelled transaction that may be gone a moment later.
fn is_passing(code: Option<&str>) -> bool {
    matches!(code, Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
}

impl StoreError {
    fn new(reason: &str, detail: &str) -> Self {
        // One line only: what DynamoDB says of a wrong signature goes on with the session token.
        let line = detail.lines().next().unwrap_or_default();
        let detail = &line[..line.floor_char_boundary(300)];
        Self { reason: reason.to_owned(), detail: detail.to_owned() }
    }

    fn of<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match error {
            SdkError::TimeoutError(_) => {
                Self::new("timeout", &format!("an attempt took more than {} ms", ATTEMPT_TIMEOUT.as_millis()))
            }
            SdkError::DispatchFailure(_) => Self::new("connection", &sources(error)),
            SdkError::ResponseError(_) => Self::new("response", &sources(error)),
            SdkError::ServiceError(service) => Self::new(
                service.err().code().unwrap_or("unknown"),
                service.err().message().unwrap_or("no message"),
            ),
            _ => Self::new("request", &sources(error)),
        }
    }
}

/// An error and what it comes from, in a line.
fn sources(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
