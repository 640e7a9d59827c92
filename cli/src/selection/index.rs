//! The events of commands from the index, which has a key for each command, day and shard.

use futures_util::{StreamExt, TryStreamExt, future::ready, stream};
use indicatif::ProgressBar;
use tencent_chat_webhook::{record::attribute::text, time::day};

use super::{Order, commands::selects, span::Span};
use crate::{
    merged::{merged, merged_backwards},
    table::{Items, Table, Wanted},
};

/// The index by command and day.
pub(super) const INDEX: &str = "ByCommand";

const DAY_MILLIS: u64 = 86_400_000;

/// The number of days that are queried in advance.
const DAYS_AT_A_TIME: usize = 2;

/// The number of queries at the same time, if their order does not matter.
const QUERIES_AT_A_TIME: usize = 16;

/// The most queries of a day whose results are merged. Each needs a page in memory.
const MERGED: u64 = 400;

/// The number of items that the pages of a day may hold together, and the most in one page.
const ITEMS_OF_A_DAY: u64 = 8000;
const PAGE: u64 = 1000;

/// The keys of commands in the index.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) app: String,
    pub(super) commands: Vec<String>,
    /// The number of shards of a day.
    pub(super) shards: u32,
}

impl Keys {
    /// A day's keys. The keys without a shard are always among them: the deployment may have got its shards during the
    /// day, and a query without results costs only half a unit.
    fn of_day(&self, day: &str) -> Vec<String> {
        let shards = if self.shards > 1 { self.shards } else { 0 };
        let of_command = |command: &String| {
            let whole = format!("{}#{command}#{day}", self.app);
            let sharded: Vec<_> = (0..shards).map(|shard| format!("{whole}#{shard}")).collect();
            std::iter::once(whole).chain(sharded)
        };
        self.commands.iter().flat_map(of_command).collect()
    }

    fn queries_of_day(&self) -> u64 {
        let of_command = if self.shards > 1 { u64::from(self.shards) + 1 } else { 1 };
        self.commands.len() as u64 * of_command
    }

    /// The number of queries. Each costs half a read unit, even without results.
    pub(super) fn queries(&self, span: Span) -> u64 {
        let days = days(span);
        (days.end() - days.start() + 1) * self.queries_of_day()
    }

    /// Whether the results are read in order of time.
    pub(super) fn are_in_order(&self) -> bool {
        self.queries_of_day() <= MERGED
    }

    /// The events, by queries of each key. If there are too many keys, they are in no order.
    pub(super) fn events(self, table: &Table, span: Span, wanted: Wanted, order: Order) -> Items {
        let (table, days) = (table.clone(), days(span));
        let limit = (ITEMS_OF_A_DAY / self.queries_of_day()).clamp(10, PAGE);
        let (order, limit) = if self.are_in_order() { (order, limit) } else { (Order::Any, PAGE) };
        let shard = move |key: &String| shard(&table, key, span, wanted, order, limit);
        let keys = move |number: u64| self.of_day(&day(number * DAY_MILLIS));
        match order {
            Order::Any => {
                let each = stream::iter(days.flat_map(keys)).map(move |key| shard(&key));
                each.flatten_unordered(QUERIES_AT_A_TIME).boxed()
            }
            Order::Forwards => {
                let of_day = move |number| merged(keys(number).iter().map(&shard).collect());
                stream::iter(days).map(of_day).buffered(DAYS_AT_A_TIME).try_flatten().boxed()
            }
            Order::Backwards => {
                let of_day = move |number| merged_backwards(keys(number).iter().map(&shard).collect());
                stream::iter(days.rev()).map(of_day).buffered(DAYS_AT_A_TIME).try_flatten().boxed()
            }
        }
    }
}

/// The events of commands, or of all, from a scan of the index. They are in no order.
pub(super) fn scanned(
    table: &Table,
    (app, commands): (&str, Vec<String>),
    span: Span,
    wanted: Wanted,
    progress: ProgressBar,
) -> Items {
    let (since, until) = span.bounds();
    let request = table
        .client
        .scan()
        .index_name(INDEX)
        .filter_expression("begins_with(CommandDay, :CommandDay) AND sk BETWEEN :since AND :until")
        .expression_attribute_values(":CommandDay", text(format!("{app}#")))
        .expression_attribute_values(":since", text(since))
        .expression_attribute_values(":until", text(until));
    let items = table.scan(request, wanted, progress);
    items.try_filter(move |event| ready(selects(&commands, event.command()))).boxed()
}

/// The days of a span, by their number since the epoch.
fn days(span: Span) -> std::ops::RangeInclusive<u64> {
    span.since.0 / DAY_MILLIS..=(span.until.0 - 1) / DAY_MILLIS
}

fn shard(table: &Table, key: &str, span: Span, wanted: Wanted, order: Order, limit: u64) -> Items {
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
        .scan_index_forward(order != Order::Backwards)
        .limit(i32::try_from(limit).unwrap_or(i32::MAX));
    table.query(query, wanted)
}
