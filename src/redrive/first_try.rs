//! The one attempt that a batch from the log gets. It stops at its first transient failure, and the queue retries the
//! rest.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Instant,
};

use futures_util::{Stream, StreamExt, stream};

use super::{ONE_ITEM_BYTES, record, search::INCOMPLETE};
use crate::{
    batch::REQUESTS,
    outcome::{Failure, PANIC, Stored},
    record::ItemSettings,
    store::{REJECTED, Store},
    unrecorded::{MASKED, UNRECORDABLE, Unrecorded},
};

/// Records callbacks by one attempt each, and returns the result of each attempt. After the first failure that is not
/// the callback's own fault, no attempt begins. `failed` is set by such a failure.
pub(super) fn record_once(
    store: &Store,
    callbacks: Vec<Unrecorded<'static>>,
    item_settings: ItemSettings,
    deadline: Instant,
    failed: &AtomicBool,
) -> impl Stream<Item = (Unrecorded<'static>, Result<Stored, Failure>)> {
    let attempt = move |callback: Unrecorded<'static>| async move {
        if failed.load(Relaxed) {
            return None;
        }
        let result = record(store, &callback, item_settings, deadline).await;
        if result.as_ref().is_err_and(|failure| !is_of_entry(failure)) {
            failed.store(true, Relaxed);
        }
        Some((callback, result))
    };
    let (large, small): (Vec<_>, Vec<_>) =
        callbacks.into_iter().partition(|callback| callback.body.len() >= ONE_ITEM_BYTES);
    let small = stream::iter(small).map(attempt).buffer_unordered(REQUESTS);
    // One after the other: the parts of one body are already written at the same time.
    let large = stream::iter(large).then(attempt);
    small.chain(large).filter_map(std::future::ready)
}

/// Whether the callback itself or a bug caused a failure, so that another attempt can't help, and other callbacks can
/// be recorded all the same.
pub(super) fn is_of_entry(failure: &Failure) -> bool {
    [UNRECORDABLE, MASKED, INCOMPLETE, REJECTED, PANIC].contains(&failure.reason.as_ref())
}
