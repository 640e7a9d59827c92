//! The third Lambda function: forwards callbacks that your own receiver did not take, until it takes them.
//!
//! It has another subscription of the first function's log group than the redrive, and another queue, so that a
//! receiver that is down for days does not delay the redrive. An entry has only the callback's key; the body comes from
//! the table.

use std::{collections::BTreeSet, panic::AssertUnwindSafe, time::Duration};

use aws_lambda_events::sqs::SqsBatchResponse;
use futures_util::{FutureExt, StreamExt, stream};
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};

use crate::{
    batch::{
        BatchEvent, FIRST_TRY, HandingOn, LATER_TRY, REQUESTS, deadline, first_turn, is_control, response,
    },
    deadline::Limits,
    forward::Receiver,
    log::{Level, Log, Reforwarded},
    settings::Reforwarding,
    store::Store,
    time::milliseconds,
};

mod attempt;
mod brake;
mod entries;
mod queue;
use attempt::{Attempt, Fault, Outcome, Route};
use brake::Brake;
use entries::{Entries, Entry, Left};
use queue::Queue;

/// The table's and the receiver's time for a callback from the queue. Tencent waits 2 s, so a slower receiver has other
/// problems.
const EACH: Duration = Duration::from_secs(5);

/// Forwards the callbacks in events.
#[derive(Debug)]
pub struct Reforward {
    route: Route,
    store: Store,
    /// The same table for the first try.
    once: Store,
    queue: Queue,
    log: Log,
    handing_on: HandingOn,
}

/// Serves events until Lambda ends the process.
///
/// # Errors
/// If Lambda's Runtime API can't be reached.
pub async fn serve(reforward: &Reforward) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event| Box::pin(reforward.handle(event)))).await
}

impl Reforward {
    /// Reads callbacks from this store.
    #[must_use]
    pub fn new(settings: Reforwarding, store: Store, log: Log) -> Self {
        let Reforwarding { destination, forward_url, tokens, queue } = settings;
        Self {
            route: Route { receiver: Receiver::with_connections(forward_url, REQUESTS), tokens },
            once: store.without_retries(),
            store,
            queue: Queue::connect(&destination.aws, &queue),
            log,
            handing_on: HandingOn::default(),
        }
    }

    /// Forwards the callbacks in an event. The response names the queue messages that stay.
    ///
    /// # Errors
    /// If a batch from the log stays as it is. Lambda then puts the event into the queue.
    pub async fn handle(&self, event: LambdaEvent<BatchEvent>) -> Result<Option<SqsBatchResponse>, Error> {
        let LambdaEvent { payload, context, .. } = event;
        match payload {
            BatchEvent::Logs(batch) if is_control(&batch.aws_logs.data) => Ok(None),
            BatchEvent::Logs(_) if self.handing_on.takes(&self.log) => {
                Err("the receiver failed less than 30 s ago; the queue retries this batch".into())
            }
            BatchEvent::Logs(batch) => {
                let lines = batch.aws_logs.data.log_events;
                let entries = Entries::of_lines(lines.iter().map(|event| event.message.as_str()));
                let left = self.first_try(entries, &context).await;
                if left.is_empty() {
                    return Ok(None);
                }
                Err("the receiver did not take any callback; the queue retries them".into())
            }
            BatchEvent::Queue { records } => {
                let messages = records.iter().map(|message| message.body.as_deref().unwrap_or_default());
                let left = self.later_try(Entries::of_messages(messages), &context).await;
                Ok(Some(response(&records, left)))
            }
        }
    }

    /// Tries a batch from the log once.
    async fn first_try(&self, mut entries: Entries, context: &Context) -> BTreeSet<usize> {
        let brake = Brake::new(true);
        let limits = Limits { deadline: deadline(context, FIRST_TRY), each: FIRST_TRY };
        self.try_all(&mut entries, &self.once, &brake, limits, context).await;
        if brake.is_silent() {
            self.handing_on.begin();
        }
        self.requeue(&entries).await
    }

    /// Tries the callbacks in messages from the queue.
    async fn later_try(&self, mut entries: Entries, context: &Context) -> BTreeSet<usize> {
        let limits = Limits { deadline: deadline(context, LATER_TRY), each: EACH };
        self.try_all(&mut entries, &self.store, &Brake::new(false), limits, context).await;
        self.requeue(&entries).await
    }

    /// Makes one attempt at each callback, until the brake stops.
    async fn try_all(
        &self,
        entries: &mut Entries,
        store: &Store,
        brake: &Brake,
        limits: Limits,
        context: &Context,
    ) {
        let first = first_turn(entries.all.len());
        let (before, after) = entries.all.split_at_mut(first);
        let in_turn = stream::iter(after.iter_mut().chain(before));
        let attempts = in_turn.for_each_concurrent(REQUESTS, |entry| async move {
            if !brake.release(limits.deadline).await {
                return;
            }
            let attempt = AssertUnwindSafe(self.route.attempt(entry, store, limits)).catch_unwind();
            let attempt = attempt.await.unwrap_or_else(|_| Attempt::panicked());
            brake.note(&attempt.outcome);
            entry.state = attempt.outcome.state();
            self.log(entry, &attempt, context);
        });
        attempts.await;
    }

    /// Puts the rest of partly done messages into the queue. Returns the indexes of messages that stay as they are.
    async fn requeue(&self, entries: &Entries) -> BTreeSet<usize> {
        let mut stay = BTreeSet::new();
        for (index, left) in entries.left().enumerate() {
            match left {
                Left::Nothing => {}
                Left::All => drop(stay.insert(index)),
                Left::Some(bodies) => {
                    if let Err(error) = self.queue.send(bodies).await {
                        let message = "the queue did not take the rest of a message";
                        self.log.note(Level::Warn, message, Some(&error));
                        stay.insert(index);
                    }
                }
            }
        }
        stay
    }

    fn log(&self, entry: &Entry, attempt: &Attempt, context: &Context) {
        let key = entry.read.as_ref().ok();
        let (outcome, message, level) = match &attempt.outcome {
            Outcome::Forwarded => ("forwarded", "forwarded", Level::Info),
            Outcome::Rejected => ("rejected", "the receiver will never take it", Level::Warn),
            Outcome::Gone => ("gone", "not in the table any more", Level::Info),
            Outcome::Failed(_) => ("failed", "not forwarded", Level::Warn),
        };
        let fault = if let Outcome::Failed(fault) = &attempt.outcome { Some(fault) } else { None };
        let error = if let Some(Fault::Table(failure)) = fault { Some(&*failure.error) } else { None };
        self.log.reforwarded(&Reforwarded {
            level,
            message,
            outcome,
            reason: fault.map(Fault::reason),
            error,
            pk: key.map(|key| &*key.pk),
            sk: key.map(|key| &*key.sk),
            forward: attempt.forward.map(|(result, _)| result),
            forward_time: attempt.forward.map(|(_, time)| milliseconds(time)),
            function_request_id: &context.request_id,
        });
    }
}
