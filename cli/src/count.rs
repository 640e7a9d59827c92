//! Counts of events.

use std::{cmp::Reverse, collections::BTreeMap};

use clap::{Args, ValueEnum};
use futures_util::TryStreamExt;
use serde_json::json;
use tencent_chat_webhook::record::RecordedEvent;

use crate::{
    deployment::Deployment,
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut},
        note,
    },
    selection::Selection,
    table::Wanted,
    zone,
};

mod gaps;
use gaps::with_gaps;

/// The longest bar, in cells of a terminal.
const LONGEST_BAR: usize = 40;

const COLUMNS: [Column; 3] =
    [Column::new("KEY", 42, Cut::Middle), Column::new("COUNT", 10, Cut::End), Column::new("", 0, Cut::End)];

#[derive(Args, Debug)]
pub(crate) struct Count {
    #[command(flatten)]
    selection: Selection,
    /// Count separately by command, day, hour (both of --tz) or subject
    #[arg(long, value_name = "WHAT")]
    by: Option<By>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Command,
    Day,
    Hour,
    Subject,
}

/// Prints the counts.
pub(crate) async fn run(deployment: &Deployment, count: &Count, output: &mut Output) -> Result<(), Fault> {
    let mut counts = BTreeMap::new();
    let mut events = count.selection.find(deployment, Wanted::Keys).await?.unsorted().await?;
    while let Some(event) = events.try_next().await? {
        let key = count.by.map_or_else(|| "all".to_owned(), |by| by.key(&event));
        *counts.entry(key).or_insert(0_u64) += 1;
    }
    if counts.is_empty() {
        count.selection.none(deployment).iter().skip(1).for_each(|advice| note(advice));
    }
    match count.by {
        None => {
            let count = counts.get("all").copied().unwrap_or(0);
            if output.json { print_json("all", count, output) } else { output.text(&count.to_string()) }
        }
        Some(by) => by.print(counts, output),
    }
}

impl By {
    fn key(self, event: &RecordedEvent) -> String {
        let time = |length| {
            let mut time = event.time().map(zone::time_text).unwrap_or_default();
            time.truncate(length);
            time
        };
        match self {
            Self::Command => event.command().to_owned(),
            Self::Day => time("YYYY-MM-DD".len()),
            Self::Hour => time("YYYY-MM-DDThh".len()),
            Self::Subject => event.subject().to_owned(),
        }
    }

    fn print(self, counts: BTreeMap<String, u64>, output: &mut Output) -> Result<(), Fault> {
        let total: u64 = counts.values().sum();
        let has_gaps = !output.json && matches!(self, Self::Day | Self::Hour);
        let mut counts = if has_gaps { with_gaps(counts) } else { counts.into_iter().collect() };
        if self == Self::Subject {
            counts.sort_by_key(|(_, count)| Reverse(*count));
        }
        if output.json {
            return counts.iter().try_for_each(|(key, count)| print_json(key, *count, output));
        }
        let longest = output.last_width(&COLUMNS).map_or(LONGEST_BAR, |width| width.min(LONGEST_BAR)) as u64;
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        for (key, count) in &counts {
            // Even the smallest count has a bar.
            let cells = usize::try_from((count * longest).div_ceil(most)).unwrap_or(0);
            output.row(&COLUMNS, &[key, &format!("{count:>10}"), &"█".repeat(cells)])?;
        }
        output.row(&COLUMNS, &["total", &format!("{total:>10}"), ""])
    }
}

fn print_json(key: &str, count: u64, output: &mut Output) -> Result<(), Fault> {
    output.json_line(&json!({ "key": key, "count": count }))
}
