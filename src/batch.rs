//! Batches of log entries, as the log's subscription and then a queue deliver them to the redrive and to `reforward`.
//!
//! CloudWatch makes batches of every log stream, so of every instance of the function, and nothing limits how many
//! run at once. During an outage each of them takes an instance away from the function. So a batch gets one short
//! try. If something is left, the invocation fails, and Lambda puts the event into a queue, which invokes the function
//! again for ten days, two invocations at a time, with more time for each try.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_lambda_events::{
    cloudwatch_logs::{LogData, LogsEvent},
    sqs::{BatchItemFailure, SqsBatchResponse, SqsMessage},
};
use lambda_runtime::Context;
use serde::Deserialize;

use crate::{
    log::{Level, Log},
    time::now_millis,
};

/// The time limit of a batch from the log.
pub(crate) const FIRST_TRY: Duration = Duration::from_secs(1);

/// Time for messages from the queue.
pub(crate) const LATER_TRY: Duration = Duration::from_secs(50);

/// How many requests are under way at the same time.
pub(crate) const REQUESTS: usize = 10;

/// After a failed try, the instance hands batches from the log on to the queue for this long, without a request.
const HANDING_ON: Duration = Duration::from_secs(30);

/// The rest of an invocation's time, for log lines and response.
const MARGIN: Duration = Duration::from_secs(2);

/// An event for the redrive or for `reforward`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum BatchEvent {
    /// A batch from the log's subscription.
    Logs(LogsEvent),
    /// Messages from the queue. The body of each is such a batch.
    Queue {
        /// The messages.
        #[serde(rename = "Records")]
        records: Vec<SqsMessage>,
    },
}

/// The batch in a queue message.
pub(crate) fn batch(body: &str) -> Option<LogData> {
    serde_json::from_str::<LogsEvent>(body).ok().map(|event| event.aws_logs.data)
}

/// Whether a batch is CloudWatch's check that the function can be reached.
pub(crate) fn is_control(batch: &LogData) -> bool {
    batch.message_type == "CONTROL_MESSAGE"
}

/// The response that leaves these messages in the queue.
pub(crate) fn response(records: &[SqsMessage], left: impl IntoIterator<Item = usize>) -> SqsBatchResponse {
    let failure = |index: usize| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = records[index].message_id.clone()?;
        Some(failure)
    };
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = left.into_iter().filter_map(failure).collect();
    response
}

/// The end of a try of this length, or of the invocation.
pub(crate) fn deadline(context: &Context, time: Duration) -> Instant {
    let left = Duration::from_millis(context.deadline.saturating_sub(now_millis())).saturating_sub(MARGIN);
    Instant::now() + left.min(time)
}

/// The index of the entry whose turn is first. It differs in each invocation: otherwise failing entries at the front
/// would always keep the same others from their turn.
pub(crate) fn first_turn(count: usize) -> usize {
    usize::try_from(now_millis()).unwrap_or_default() % count.max(1)
}

/// Until when batches from the log go to the queue at once.
#[derive(Debug, Default)]
pub(crate) struct HandingOn(Mutex<Option<Instant>>);

impl HandingOn {
    /// Begins, after a try that failed.
    pub(crate) fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + HANDING_ON);
    }

    /// Whether a batch from the log goes to the queue at once, which is logged.
    pub(crate) fn takes(&self, log: &Log) -> bool {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = until.is_some_and(|until| Instant::now() < until);
        if takes {
            let message = "handed on to the queue: the last try failed less than 30 s ago";
            log.note(Level::Warn, message, None);
        }
        takes
    }
}
