//! A command's events from the index, which has a key for each day and shard.

use futures_util::{StreamExt, TryStreamExt, stream};
use tencent_chat_webhook::{record::attribute::text, time::day};

use super::span::Span;
use crate::{
    merged::merged,
    table::{Items, Table, Wanted},
};

/// The index by command and day.
const INDEX: &str = "ByCommand";

/// Up to this many queries, the size of the index is not checked.
const FEW_QUERIES: u64 = 500;

const DAY_MILLIS: u64 = 86_400_000;

/// The number of days that are queried in advance.
const DAYS_AT_A_TIME: usize = 2;

/// The most items in a page of a shard, so that memory holds days of 64 shards.
const PAGE: i32 = 200;

/// The keys of a command in the index.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) app: String,
    pub(super) command: String,
    /// The number of shards of a day.
    pub(super) shards: u32,
}

impl Keys {
    /// A day's keys. The key without a shard is always among them: the deployment may have got its shards during the
    /// day, and a query without results costs only half a unit.
    fn of_day(&self, day: &str) -> Vec<String> {
        let whole = format!("{}#{}#{day}", self.app, self.command);
        let shards = if self.shards > 1 { self.shards } else { 0 };
        std::iter::once(whole.clone()).chain((0..shards).map(|shard| format!("{whole}#{shard}"))).collect()
    }
}

/// The events, and whether they are in order of time.
///
/// Each day and shard is a query, and a query without results costs half a read unit too. For a long time in a small
/// table, a scan of the index is cheaper.
pub(super) async fn events(table: &Table, keys: Keys, span: Span, wanted: Wanted) -> (Items, bool) {
    let days = span.since.0 / DAY_MILLIS..=(span.until.0 - 1) / DAY_MILLIS;
    let queries = (days.end() - days.start() + 1) * u64::from(keys.shards + 1);
    if queries > FEW_QUERIES && table.index_read_units(INDEX).await.is_some_and(|units| units < queries / 2) {
        return (whole_index(table, &keys, span, wanted), false);
    }
    let table = table.clone();
    let of_day = move |number: u64| {
        let keys = keys.of_day(&day(number * DAY_MILLIS));
        merged(keys.iter().map(|key| shard(&table, key, span, wanted)).collect())
    };
    (stream::iter(days).map(of_day).buffered(DAYS_AT_A_TIME).try_flatten().boxed(), true)
}

/// The events, from a scan of the index.
fn whole_index(table: &Table, keys: &Keys, span: Span, wanted: Wanted) -> Items {
    let (since, until) = span.bounds();
    let request = table
        .client
        .scan()
        .index_name(INDEX)
        .filter_expression("begins_with(CommandDay, :CommandDay) AND sk BETWEEN :since AND :until")
        .expression_attribute_values(":CommandDay", text(format!("{}#{}#", keys.app, keys.command)))
        .expression_attribute_values(":since", text(since))
        .expression_attribute_values(":until", text(until));
    table.scan(request, wanted)
}

fn shard(table: &Table, key: &str, span: Span, wanted: Wanted) -> Items {
    let (since, until) = span.bounds();
    let query = table
        .client
        .query()
        .table_name(&table.name)
        .index_name(INDEX)
        .expression_attribute_values(":CommandDay", text(key))
        .key_condition_expression("CommandDay = :CommandDay AND sk BETWEEN :since AND :until")
        .expression_attribute_values(":since", text(since))
        .expression_attribute_values(":until", text(until))
        .limit(PAGE);
    table.query(query, wanted)
}
