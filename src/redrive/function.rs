//! The second Lambda function: it records what the first one could not, without a hand.
//!
//! A subscription of the first function's log group hands over the entries of unrecorded callbacks. They get one short
//! try, so that an outage holds no instance for long. If any are left, the invocation fails, and Lambda puts the event
//! into a queue. The queue feeds this function again, with more time for each try, for ten days.

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

/// How long a batch of the subscription is tried.
const FIRST_TRY: Duration = Duration::from_secs(5);

/// How long messages of the queue are tried.
const LATER_TRY: Duration = Duration::from_secs(50);

/// The rest of an invocation's time, for its log lines and its answer.
const MARGIN: Duration = Duration::from_secs(2);

/// The pause before failed callbacks are tried again, doubled for each one after it.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// An event of the redrive.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// A batch of the log's subscription.
    Logs(LogsEvent),
    /// Messages of the queue, each with such a batch as its body.
    Queue {
        /// The messages.
        #[serde(rename = "Records")]
        records: Vec<SqsMessage>,
    },
}

/// Records the callbacks of events.
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
    /// Whether to leave the rest after the first fault that may pass.
    once: bool,
}

/// Callbacks by their id, each with the batches that have it.
type Callbacks = BTreeMap<String, (Unrecorded<'static>, Vec<usize>)>;

/// Serves events until Lambda ends the process.
///
/// # Errors
/// Where Lambda's Runtime API can't be talked to.
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

    /// Records the callbacks of an event. Messages of the queue with callbacks that are left are named in the response.
    ///
    /// # Errors
    /// If callbacks of the subscription's batch are left: then Lambda puts the event into the queue.
    pub async fn handle(&self, event: LambdaEvent<Event>) -> Result<Option<SqsBatchResponse>, Error> {
        let LambdaEvent { payload, context, .. } = event;
        let limits = |time, once| Limits { until: Instant::now() + time_for(&context).min(time), once };
        match payload {
            Event::Logs(batch) => {
                let left =
                    self.redrive(vec![Some(batch.aws_logs.data)], limits(FIRST_TRY, true), &context).await;
                if left.is_empty() { Ok(None) } else { Err("callbacks are left for the queue".into()) }
            }
            Event::Queue { records } => {
                let batches = records.iter().map(|message| batch(message.body.as_deref()?));
                let left = self.redrive(batches.collect(), limits(LATER_TRY, false), &context).await;
                let failures = left.into_iter().filter_map(|index| records[index].message_id.clone());
                let mut response = SqsBatchResponse::default();
                response.batch_item_failures = failures.map(failure).collect();
                Ok(Some(response))
            }
        }
    }

    /// Records the callbacks of several batches: the indexes of those of which some are left.
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

    /// The whole callbacks of a batch, and whether it has others.
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

    /// Records callbacks, in rounds with growing pauses: the batches with callbacks that are left.
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

    /// Logs that a callback can't be recorded now, and says that it is left.
    fn fail(&self, id: &str, reason: &'static str, error: &str, context: &Context) -> bool {
        self.log.redriven(id, &Outcome::Failed(Failure::new(reason, error)), context);
        true
    }
}

/// Whether the cause of a failure is the entry itself or a bug, so that another try can't mend it.
fn is_final(failure: &Failure) -> bool {
    [UNRECORDABLE, "panic"].contains(&failure.reason.as_ref())
}

/// The batch in a message.
fn batch(body: &str) -> Option<LogData> {
    serde_json::from_str::<LogsEvent>(body).ok().map(|event| event.aws_logs.data)
}

fn failure(message_id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id;
    failure
}

/// How long an invocation may go on.
fn time_for(context: &Context) -> Duration {
    Duration::from_millis(context.deadline.saturating_sub(now_millis())).saturating_sub(MARGIN)
}
