//! Records callbacks that could not be stored, from their log entries.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, Stream, StreamExt, stream};

use crate::{
    outcome::{Failure, Stored},
    record::Keeping,
    store::Store,
    unrecorded::Unrecorded,
};

mod found;
#[cfg(feature = "redrive")]
mod function;
#[cfg(feature = "redrive")]
mod pieces;
mod printed;
mod scan;
mod text;
pub use found::{Found, Incomplete, find};
#[cfg(feature = "redrive")]
pub use function::{Redrive, RedriveEvent, serve};

/// How long one write is retried before other callbacks get their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many callbacks are written at the same time.
const AT_A_TIME: usize = 8;

/// Records callbacks through the same code as the function, until the deadline, and returns the result of each. A
/// callback whose write panics counts as failed; the others continue.
pub fn record_all(
    store: &Store,
    callbacks: Vec<Unrecorded<'static>>,
    keeping: Keeping,
    deadline: Instant,
) -> impl Stream<Item = (Unrecorded<'static>, Result<Stored, Failure>)> {
    let write = move |callback: Unrecorded<'static>| async move {
        let writing = async {
            let record = callback.record(keeping)?;
            let without_fields = || callback.record_without_fields(keeping);
            store.write(record, without_fields, deadline.min(Instant::now() + PATIENCE)).await
        };
        let written = AssertUnwindSafe(writing).catch_unwind().await;
        (callback, written.unwrap_or_else(|_| Err(Failure::panic())))
    };
    stream::iter(callbacks).map(write).buffer_unordered(AT_A_TIME)
}
