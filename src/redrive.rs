//! Records callbacks that could not be stored, from their log entries.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, Stream, StreamExt, stream};

use crate::{
    deadline::Limits,
    outcome::{Failure, Stored},
    record::ItemSettings,
    store::Store,
    unrecorded::Unrecorded,
};

#[cfg(feature = "redrive")]
mod first_try;
#[cfg(feature = "redrive")]
mod function;
#[cfg(feature = "redrive")]
mod search;
#[cfg(feature = "redrive")]
mod work;
#[cfg(feature = "redrive")]
pub use function::{Redrive, serve};

/// A body below this length is one item and one request. A larger one may need several.
const ONE_ITEM_BYTES: usize = 128 * 1024;

/// How long the write of a large body is retried at least: DynamoDB takes 3.5 MB of one key in 4 s.
const LARGE: Duration = Duration::from_secs(5);

/// How many callbacks are written at the same time.
const AT_A_TIME: usize = 8;

/// Records callbacks through the same code as the function, and returns the result of each. A
/// callback whose write panics counts as failed; the others continue.
pub fn record_all(
    store: &Store,
    callbacks: Vec<Unrecorded<'static>>,
    item_settings: ItemSettings,
    limits: Limits,
) -> impl Stream<Item = (Unrecorded<'static>, Result<Stored, Failure>)> {
    let write = move |callback: Unrecorded<'static>| async move {
        let each = if callback.body.len() < ONE_ITEM_BYTES { limits.each } else { limits.each.max(LARGE) };
        let deadline = Limits { each, ..limits }.of_one();
        let result = record(store, &callback, item_settings, deadline).await;
        (callback, result)
    };
    stream::iter(callbacks).map(write).buffer_unordered(AT_A_TIME)
}

/// Records a callback.
async fn record(
    store: &Store,
    callback: &Unrecorded<'_>,
    item_settings: ItemSettings,
    deadline: Instant,
) -> Result<Stored, Failure> {
    let writing = async { store.write(|fields| callback.record(fields, item_settings), deadline).await };
    AssertUnwindSafe(writing).catch_unwind().await.unwrap_or_else(|_| Err(Failure::panic()))
}
