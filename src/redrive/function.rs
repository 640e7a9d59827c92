//! The second Lambda function: what the first one could not store comes in by itself.
//!
//! A subscription of the first function's log group hands over the entries of unrecorded callbacks. Where some
//! are left when the time is up, the invocation fails: Lambda tries again twice, and then puts the entries into
//! a dead-letter queue.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use aws_lambda_events::cloudwatch_logs::LogsEvent;
use futures_util::StreamExt;
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};

use super::{Found, find, is_final, record_all};
use crate::{
    log::Log,
    outcome::{Failure, Outcome},
    record::Keeping,
    settings::Destination,
    store::Store,
    time::now_millis,
    unrecorded::Unrecorded,
};

/// What is left of an invocation's time for telling what became of it.
const MARGIN: Duration = Duration::from_secs(2);

/// The pause before what failed is tried again, doubled for each one after it.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Records what a subscription of the log hands over.
#[derive(Debug)]
pub struct Redrive {
    keeping: Keeping,
    store: Store,
    log: Log,
}

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
        Self { keeping: destination.keeping, store, log }
    }

    /// Records the callbacks of an event, trying again for as long as there is time.
    ///
    /// # Errors
    /// How many callbacks are left: that makes Lambda try again.
    pub async fn handle(&self, event: LambdaEvent<LogsEvent>) -> Result<(), Error> {
        let LambdaEvent { payload, context, .. } = event;
        let data = payload.aws_logs.data;
        // CloudWatch also looks whether the function can be reached at all.
        if data.message_type != "DATA_MESSAGE" {
            return Ok(());
        }
        let time_is_up = Instant::now() + time_for(&context);
        let messages: Vec<_> = data.log_events.into_iter().map(|event| event.message).collect();
        let Found { whole, incomplete, unreadable } = find(&messages.join("\n"));
        for id in &incomplete {
            self.log.redriven(
                id,
                &failed("incomplete", "other pieces of it came in another batch"),
                &context,
            );
        }
        for _ in 0..unreadable {
            self.log.redriven("", &failed("unreadable", "its entry is cut off"), &context);
        }
        match self.record_by(time_is_up, whole, &context).await + incomplete.len() + unreadable {
            0 => Ok(()),
            left => Err(format!("{left} callbacks are not in the table").into()),
        }
    }

    /// Records callbacks, in rounds with growing pauses: how many could not be.
    async fn record_by(
        &self,
        time_is_up: Instant,
        mut callbacks: Vec<Unrecorded<'static>>,
        context: &Context,
    ) -> usize {
        let (mut failed, mut pause) = (0, FIRST_PAUSE);
        while !callbacks.is_empty() {
            let results = record_all(&self.store, std::mem::take(&mut callbacks), self.keeping, time_is_up);
            let mut results = pin!(results);
            while let Some((callback, stored)) = results.next().await {
                match stored {
                    Err(failure) if !is_final(&failure) && Instant::now() + pause < time_is_up => {
                        callbacks.push(callback);
                    }
                    stored => {
                        failed += usize::from(stored.is_err());
                        self.log.redriven(&callback.id, &Outcome::from(stored), context);
                    }
                }
            }
            if !callbacks.is_empty() {
                tokio::time::sleep(pause).await;
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        }
        failed
    }
}

fn failed(reason: &'static str, error: &str) -> Outcome {
    Outcome::Failed(Failure::new(reason, error))
}

/// How long an invocation may go on.
fn time_for(context: &Context) -> Duration {
    Duration::from_millis(context.deadline.saturating_sub(now_millis())).saturating_sub(MARGIN)
}
