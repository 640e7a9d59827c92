//! Merges streams of items, each in order of time.

use std::{cmp::Ordering, collections::BinaryHeap};

use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use tencent_chat_webhook::record::RecordedEvent;

use crate::{fault::Fault, table::Items};

/// The number of streams that are started at the same time.
const AT_A_TIME: usize = 16;

/// A stream that has more items: its next one, and the rest.
struct Ahead {
    key: (String, String),
    event: RecordedEvent,
    rest: Items,
    is_backwards: bool,
}

/// The greatest is the one whose item is next.
impl Ord for Ahead {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.key.cmp(&other.key);
        if self.is_backwards { order } else { order.reverse() }
    }
}

impl PartialOrd for Ahead {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ahead {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Ahead {}

/// All items, in order of time.
pub(crate) async fn merged(streams: Vec<Items>) -> Result<Items, Fault> {
    merge(streams, false).await
}

/// All items of streams that begin with their latest item, in the same order.
pub(crate) async fn merged_backwards(streams: Vec<Items>) -> Result<Items, Fault> {
    merge(streams, true).await
}

async fn merge(mut streams: Vec<Items>, is_backwards: bool) -> Result<Items, Fault> {
    let mut begun = BinaryHeap::new();
    while !streams.is_empty() {
        let some = streams.split_off(streams.len().saturating_sub(AT_A_TIME));
        let some = some.into_iter().map(|rest| ahead(rest, is_backwards));
        begun.extend(try_join_all(some).await?.into_iter().flatten());
    }
    Ok(stream::try_unfold(begun, next).boxed())
}

async fn ahead(mut rest: Items, is_backwards: bool) -> Result<Option<Ahead>, Fault> {
    let event = rest.try_next().await?;
    Ok(event.map(|event| Ahead { key: event.order(), event, rest, is_backwards }))
}

/// The next item, and the streams after it.
async fn next(mut streams: BinaryHeap<Ahead>) -> Result<Option<(RecordedEvent, BinaryHeap<Ahead>)>, Fault> {
    let Some(Ahead { event, rest, is_backwards, .. }) = streams.pop() else {
        return Ok(None);
    };
    streams.extend(ahead(rest, is_backwards).await?);
    Ok(Some((event, streams)))
}
