//! The second Lambda function: records callbacks that the first one could not store, automatically.
//!
//! A subscription of the first function's log group delivers the entries of unrecorded callbacks.

use std::{
    collections::BTreeSet,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use aws_lambda_events::{cloudwatch_logs::LogData, sqs::SqsBatchResponse};
use futures_util::{StreamExt, stream};
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};

use super::{
    first_try::{is_of_entry, record_once},
    record, record_all,
    search::Search,
    work::Work,
};
use crate::{
    batch::{BatchEvent, FIRST_TRY, HandingOn, LATER_TRY, batch, deadline, first_turn, is_control, response},
    deadline::Limits,
    log::Log,
    outcome::{Failure, Outcome, Stored},
    record::ItemSettings,
    settings::Destination,
    store::Store,
};

/// A try of the queue's messages ends when nothing could be stored for this long: with 50 s for each try, the queue
/// could not try more than 251 messages every 15 minutes, and SQS would delete the others after 14 days.
const STALLED: Duration = Duration::from_secs(5);

/// How long one write is retried before other callbacks get their turn.
const RETRY_LIMIT: Duration = Duration::from_secs(2);

/// The pause before the first retry of failed callbacks; it doubles with each retry.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The longest search for the pieces of a body.
const SEARCH_TIME: Duration = Duration::from_secs(10);

/// How many searches run at the same time: one for each message of an invocation.
const SEARCHES: usize = 5;

/// Records the callbacks in events.
#[derive(Debug)]
pub struct Redrive {
    item_settings: ItemSettings,
    store: Store,
    /// The same table for the first try.
    once: Store,
    search: Search,
    log: Log,
    handing_on: HandingOn,
}

/// Serves events until Lambda ends the process.
///
/// # Errors
/// If Lambda's Runtime API can't be reached.
pub async fn serve(redrive: &Redrive) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event| Box::pin(redrive.handle(event)))).await
}

impl Redrive {
    /// Records into this store.
    #[must_use]
    pub fn new(destination: &Destination, store: Store, log: Log) -> Self {
        let search = Search::connect(&destination.aws);
        let once = store.without_retries();
        Self {
            item_settings: destination.item_settings,
            store,
            once,
            search,
            log,
            handing_on: HandingOn::default(),
        }
    }

    /// Records the callbacks in an event. The response names the queue messages whose callbacks are not all recorded.
    ///
    /// # Errors
    /// If callbacks from the subscription remain unrecorded. Lambda then puts the event into the queue.
    pub async fn handle(&self, event: LambdaEvent<BatchEvent>) -> Result<Option<SqsBatchResponse>, Error> {
        let LambdaEvent { payload, context, .. } = event;
        match payload {
            BatchEvent::Logs(batch) => {
                self.first_try(batch.aws_logs.data, &context).await.map_err(Error::from)?;
                Ok(None)
            }
            BatchEvent::Queue { records } => {
                let batches = records.iter().map(|message| batch(message.body.as_deref()?));
                let left = self.later_try(self.read(batches, &context), &context).await;
                Ok(Some(response(&records, left)))
            }
        }
    }

    /// Tries a batch from the log once.
    async fn first_try(&self, batch: LogData, context: &Context) -> Result<(), &'static str> {
        if is_control(&batch) {
            return Ok(());
        }
        if self.handing_on.takes(&self.log) {
            return Err("DynamoDB failed less than 30 s ago; the queue retries this batch");
        }
        let deadline = deadline(context, FIRST_TRY);
        let mut work = self.read([Some(batch)], context);
        let callbacks = std::mem::take(&mut work.whole);
        let failed = AtomicBool::new(false);
        let mut results = pin!(record_once(&self.once, callbacks, self.item_settings, deadline, &failed));
        while let Some((callback, result)) = results.next().await {
            self.settle(&mut work, &callback.id, result, context);
        }
        if !failed.load(Relaxed) && !self.complete(&self.once, &mut work, deadline, context).await {
            failed.store(true, Relaxed);
        }
        if failed.load(Relaxed) {
            self.handing_on.begin();
        }
        if work.left().is_empty() {
            Ok(())
        } else {
            Err("some callbacks are not recorded; the queue retries them")
        }
    }

    /// Tries the callbacks in messages from the queue, in rounds with growing pauses, for as long as some can be
    /// stored. Returns the indexes of messages with unrecorded callbacks.
    async fn later_try(&self, mut work: Work, context: &Context) -> BTreeSet<usize> {
        let deadline = deadline(context, LATER_TRY);
        let mut round = std::mem::take(&mut work.whole);
        let first = first_turn(round.len());
        round.rotate_left(first);
        let (mut stored_at, mut pause) = (Instant::now(), FIRST_PAUSE);
        while !round.is_empty() {
            let mut failed = Vec::new();
            let limits = Limits { deadline, each: RETRY_LIMIT };
            let mut results = pin!(record_all(&self.store, round, self.item_settings, limits));
            while stored_at.elapsed() < STALLED
                && let Some((callback, result)) = results.next().await
            {
                match result {
                    Err(failure) if !is_of_entry(&failure) => failed.push((callback, failure)),
                    result => {
                        stored_at = Instant::now();
                        self.settle(&mut work, &callback.id, result, context);
                    }
                }
            }
            if Instant::now() + pause >= deadline.min(stored_at + STALLED) && !failed.is_empty() {
                for (callback, failure) in failed {
                    self.settle(&mut work, &callback.id, Err(failure), context);
                }
                return work.left();
            }
            round = failed.into_iter().map(|(callback, _)| callback).collect();
            if !round.is_empty() {
                tokio::time::sleep(pause).await;
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        }
        self.complete(&self.store, &mut work, deadline, context).await;
        work.left()
    }

    /// Looks up the missing pieces of bodies, and records these callbacks. Returns false after a failure that is not
    /// the callback's own fault.
    async fn complete(&self, store: &Store, work: &mut Work, deadline: Instant, context: &Context) -> bool {
        // A search that does not end leaves a third of the time to record the callbacks that others find.
        let time = deadline.saturating_duration_since(Instant::now());
        let search_until = Instant::now() + (time * 2 / 3).min(SEARCH_TIME);
        let search = |(incomplete, stream)| async move {
            let found = self.search.look_up(&stream, &incomplete, search_until).await;
            (incomplete.id, found)
        };
        let incomplete = std::mem::take(&mut work.incomplete);
        let mut found = pin!(stream::iter(incomplete).map(search).buffer_unordered(SEARCHES));
        let mut all_ok = true;
        while let Some((id, found)) = found.next().await {
            let result = match found {
                Ok(callback) => {
                    let deadline = deadline.min(Instant::now() + STALLED);
                    record(store, &callback, self.item_settings, deadline).await
                }
                Err(failure) => Err(failure),
            };
            let is_ok = result.as_ref().is_ok() || result.as_ref().is_err_and(is_of_entry);
            self.settle(work, &id, result, context);
            if !is_ok {
                all_ok = false;
                break;
            }
        }
        all_ok
    }

    /// Reads batches, and logs the entries that can't be read.
    fn read(&self, batches: impl IntoIterator<Item = Option<LogData>>, context: &Context) -> Work {
        let work = Work::read(batches);
        for error in &work.unreadable {
            self.log.redriven("", &Outcome::Failed(Failure::new("unreadable", error)), context);
        }
        work
    }

    /// Logs the result of a callback's last attempt.
    fn settle(&self, work: &mut Work, id: &str, result: Result<Stored, Failure>, context: &Context) {
        if result.is_ok() {
            work.is_recorded(id);
        }
        self.log.redriven(id, &Outcome::from(result), context);
    }
}
