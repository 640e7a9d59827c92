//! Merges streams of items, each in order of time.

use futures_util::{StreamExt, TryStreamExt, future::try_join_all, stream};
use tencent_chat_webhook::record::RecordedEvent;

use crate::{fault::Fault, table::Items};

/// The number of streams that are started at the same time.
const AT_A_TIME: usize = 16;

/// All items, in order of time.
pub(crate) async fn merged(mut streams: Vec<Items>) -> Result<Items, Fault> {
    let mut begun = Vec::new();
    while !streams.is_empty() {
        let some = streams.split_off(streams.len().saturating_sub(AT_A_TIME));
        begun.extend(try_join_all(some.into_iter().map(begin)).await?.into_iter().flatten());
    }
    Ok(stream::try_unfold(begun, next).boxed())
}

/// The first item, and the rest.
async fn begin(mut rest: Items) -> Result<Option<(RecordedEvent, Items)>, Fault> {
    Ok(rest.try_next().await?.map(|first| (first, rest)))
}

/// The earliest of the next items, and the rest of the streams.
async fn next(
    mut streams: Vec<(RecordedEvent, Items)>,
) -> Result<Option<(RecordedEvent, Vec<(RecordedEvent, Items)>)>, Fault> {
    let Some(first) = (0..streams.len()).min_by_key(|index| streams[*index].0.order()) else {
        return Ok(None);
    };
    let following = streams[first].1.try_next().await?;
    let item = match following {
        Some(following) => std::mem::replace(&mut streams[first].0, following),
        None => streams.swap_remove(first).0,
    };
    Ok(Some((item, streams)))
}
