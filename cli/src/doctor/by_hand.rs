//! The callbacks that somebody redrove by hand. The redrive's log doesn't have them, but the table has.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use tencent_chat_webhook::unrecorded::{LogEntries, Unrecorded};

use super::window::Window;
use crate::{
    deployment::Deployment,
    fault::Fault,
    moment::Moment,
    redrive::{
        event,
        log_group::{Span, unrecorded},
    },
    table::Table,
};

/// With more callbacks than this the table is not asked.
const FEW: usize = 1000;

/// How many of the waiting callbacks are in the table. 0 if there are too many to look up, or if log or table can't be
/// read.
pub(super) async fn recorded(deployment: &Deployment, window: Window, waiting: &HashSet<&str>) -> usize {
    if waiting.is_empty() || waiting.len() > FEW {
        return 0;
    }
    look_up(deployment, window, waiting).await.unwrap_or(0)
}

async fn look_up(deployment: &Deployment, window: Window, waiting: &HashSet<&str>) -> Result<usize, Fault> {
    let (table, item_settings) = (Table::of(deployment)?, deployment.item_settings()?);
    let Window { from, to } = window;
    let (since, until) = (Moment(from), Moment(to));
    let span = Span { log_group: deployment.log_group()?, since, until, unmask: false };
    let entries = LogEntries::of_lines(unrecorded(deployment, &span).await?);
    let event = |callback| event(callback, item_settings).ok();
    let waits = |callback: &&Unrecorded<'_>| waiting.contains(&*callback.id);
    let events: Vec<_> = entries.whole.iter().filter(waits).filter_map(event).map(Ok).collect();
    let recorded: Vec<_> = table.by_keys(stream::iter(events).boxed()).try_collect().await?;
    Ok(recorded.len())
}
