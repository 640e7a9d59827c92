//! The second Lambda function: records callbacks that the first one could not store, automatically.
//!
//! A subscription of the first function's log group delivers the entries of unrecorded callbacks. They get one short
//! try, so that an outage occupies no instance for long. If some remain unrecorded, the invocation fails, and Lambda
//! puts the event into a queue. The queue invokes this function again for ten days, with more time for each try.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    time::{Duration, Instant},
};

use aws_lambda_events::{
    cloudwatch_logs::{LogData, LogsEvent},
    sqs::{BatchItemFailure, SqsBatchResponse, SqsMessage},
};
use futures_util::StreamExt;
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde::Deserialize;

use super::{Found, find, pieces::Pieces, record_all};
use crate::{
    log::Log,
    outcome::{Failure, Outcome},
    record::Keeping,
    settings::Destination,
    store::Store,
    time::now_millis,
    unrecorded::{UNRECORDABLE, Unrecorded},
};

/// Time for a batch from the subscription.
const FIRST_TRY: Duration = Duration::from_secs(5);

/// Time for messages from the queue.
const LATER_TRY: Duration = Duration::from_secs(50);

/// The rest of an invocation's time, for log lines and response.
const MARGIN: Duration = Duration::from_secs(2);

/// The pause before the first retry of failed callbacks; it doubles with each retry.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// An event for the redrive.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum RedriveEvent {
    /// A batch from the log's subscription.
    Logs(LogsEvent),
    /// Messages from the queue. The body of each is such a batch.
    Queue {
        /// The messages.
        #[serde(rename = "Records")]
        records: Vec<SqsMessage>,
    },
}

/// Records the callbacks in events.
#[derive(Debug)]
pub struct Redrive {
    keeping: Keeping,
    store: Store,
    pieces: Pieces,
    log: Log,
}

/// The limits of a try.
#[derive(Clone, Copy)]
struct Limits {
    until: Instant,
    /// Whether to stop at the first transient failure.
    once: bool,
}

/// Callbacks by id, with the indexes of the batches that contain them.
type Callbacks = BTreeMap<String, (Unrecorded<'static>, Vec<usize>)>;

/// Serves events until Lambda ends the process.
///
/// # Errors
/// If Lambda's Runtime API can't be reached.
pub async fn serve(redrive: &Redrive) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event| redrive.handle(event))).await
}

impl Redrive {
    /// Records into this store.
    #[must_use]
    pub fn new(destination: &Destination, store: Store, log: Log) -> Self {
        let pieces = Pieces::connect(&destination.aws);
        Self { keeping: destination.keeping, store, pieces, log }
    }

    /// Records the callbacks in an event. The response names the queue messages whose callbacks are not all recorded.
    ///
    /// # Errors
    /// If callbacks from the subscription remain unrecorded. Lambda then puts the event into the queue.
    pub async fn handle(&self, event: LambdaEvent<RedriveEvent>) -> Result<Option<SqsBatchResponse>, Error> {
        let LambdaEvent { payload, context, .. } = event;
        let limits = |time, once| Limits { until: Instant::now() + time_for(&context).min(time), once };
        match payload {
            RedriveEvent::Logs(batch) => {
                let left =
                    self.redrive(vec![Some(batch.aws_logs.data)], limits(FIRST_TRY, true), &context).await;
                if left.is_empty() {
                    Ok(None)
                } else {
                    Err("some callbacks are not recorded; the queue retries them".into())
                }
            }
            RedriveEvent::Queue { records } => {
                let batches = records.iter().map(|message| batch(message.body.as_deref()?));
                let left = self.redrive(batches.collect(), limits(LATER_TRY, false), &context).await;
                let failures = left.into_iter().filter_map(|index| records[index].message_id.clone());
                let mut response = SqsBatchResponse::default();
                response.batch_item_failures = failures.map(failure).collect();
                Ok(Some(response))
            }
        }
    }

    /// Records the callbacks in several batches. Returns the indexes of batches with unrecorded callbacks.
    async fn redrive(
        &self,
        batches: Vec<Option<LogData>>,
        limits: Limits,
        context: &Context,
    ) -> BTreeSet<usize> {
        let (mut callbacks, mut left) = (Callbacks::new(), BTreeSet::new());
        for (index, batch) in batches.into_iter().enumerate() {
            let (whole, is_left) = match batch {
                // CloudWatch also sends control messages.
                Some(batch) if batch.message_type == "CONTROL_MESSAGE" => continue,
                Some(batch) => self.find(batch, limits.until, context).await,
                None => (
                    Vec::new(),
                    self.fail("", "unreadable", "the message is not a batch of log entries", context),
                ),
            };
            if is_left {
                left.insert(index);
            }
            for callback in whole {
                let id = callback.id.clone().into_owned();
                callbacks.entry(id).or_insert((callback, Vec::new())).1.push(index);
            }
        }
        left.extend(self.record(callbacks, limits, context).await);
        left
    }

    /// The whole callbacks in a batch, and whether other callbacks remain unrecorded.
    async fn find(
        &self,
        batch: LogData,
        until: Instant,
        context: &Context,
    ) -> (Vec<Unrecorded<'static>>, bool) {
        let messages: Vec<_> = batch.log_events.into_iter().map(|event| event.message).collect();
        let Found { mut whole, incomplete, unreadable } = find(&messages.join("\n"));
        let mut is_left = false;
        if whole.len() + incomplete.len() + unreadable == 0 {
            is_left =
                self.fail("", "unreadable", "the batch has no entry of an unrecorded callback", context);
        }
        for _ in 0..unreadable {
            is_left = self.fail("", "unreadable", "the entry is cut off", context);
        }
        for incomplete in incomplete {
            match self.pieces.look_up(&batch.log_group, &incomplete, until).await {
                Ok(callback) => whole.push(callback),
                Err(failure) => {
                    self.log.redriven(&incomplete.id, &Outcome::Failed(failure), context);
                    is_left = true;
                }
            }
        }
        (whole, is_left)
    }

    /// Records callbacks, in rounds with growing pauses. Returns the indexes of batches with unrecorded callbacks.
    async fn record(&self, mut callbacks: Callbacks, limits: Limits, context: &Context) -> Vec<usize> {
        let (mut left, mut pause) = (Vec::new(), FIRST_PAUSE);
        while !callbacks.is_empty() {
            let round: Vec<_> = callbacks.values().map(|(callback, _)| callback.clone()).collect();
            let mut results = pin!(record_all(&self.store, round, self.keeping, limits.until));
            while let Some((callback, stored)) = results.next().await {
                let may_pass = stored.as_ref().is_err_and(|failure| !is_final(failure));
                if may_pass && !limits.once && Instant::now() + pause < limits.until {
                    continue;
                }
                if let Some((_, batches)) = callbacks.remove(callback.id.as_ref())
                    && stored.is_err()
                {
                    left.extend(batches);
                }
                self.log.redriven(&callback.id, &Outcome::from(stored), context);
                if may_pass && limits.once {
                    left.extend(callbacks.into_values().flat_map(|(_, batches)| batches));
                    return left;
                }
            }
            if !callbacks.is_empty() {
                tokio::time::sleep(pause).await;
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        }
        left
    }

    /// Logs that a callback remains unrecorded. Returns true.
    fn fail(&self, id: &str, reason: &'static str, error: &str, context: &Context) -> bool {
        self.log.redriven(id, &Outcome::Failed(Failure::new(reason, error)), context);
        true
    }
}

/// Whether the entry itself or a bug caused the failure, so that a retry can't help.
fn is_final(failure: &Failure) -> bool {
    [UNRECORDABLE, "panic"].contains(&failure.reason.as_ref())
}

/// The batch in a queue message.
fn batch(body: &str) -> Option<LogData> {
    serde_json::from_str::<LogsEvent>(body).ok().map(|event| event.aws_logs.data)
}

fn failure(message_id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    failure
}

/// The time left for an invocation.
fn time_for(context: &Context) -> Duration {
    Duration::from_millis(context.deadline.saturating_sub(now_millis())).saturating_sub(MARGIN)
}
