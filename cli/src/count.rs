//! Counts of events.

use std::{cmp::Reverse, collections::BTreeMap};

use clap::{Args, ValueEnum};
use futures_util::TryStreamExt;
use serde_json::json;
use tencent_chat_webhook::{record::RecordedEvent, time::rfc3339};

use crate::{
    deployment::Deployment,
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut},
    },
    selection::Selection,
    table::Wanted,
};

/// The longest bar, in cells of a terminal.
const LONGEST_BAR: u64 = 40;

const COLUMNS: [Column; 3] =
    [Column::new("KEY", 42, Cut::Middle), Column::new("COUNT", 10, Cut::End), Column::new("", 0, Cut::End)];

#[derive(Args, Debug)]
pub(crate) struct Count {
    #[command(flatten)]
    selection: Selection,
    /// Count separately by command, day, hour (both UTC) or subject
    #[arg(long, value_name = "WHAT")]
    by: Option<By>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Command,
    Day,
    Hour,
    Subject,
}

/// Prints the counts.
pub(crate) async fn run(deployment: &Deployment, count: &Count, output: &mut Output) -> Result<(), Fault> {
    let mut counts = BTreeMap::new();
    let mut events = count.selection.find(deployment, Wanted::Keys).await?.unsorted();
    while let Some(event) = events.try_next().await? {
        let key = count.by.map_or_else(|| "all".to_owned(), |by| by.key(&event));
        *counts.entry(key).or_insert(0_u64) += 1;
    }
    if count.by.is_none() && counts.is_empty() {
        counts.insert("all".to_owned(), 0);
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    if matches!(count.by, Some(By::Subject)) {
        counts.sort_by_key(|(_, count)| Reverse(*count));
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    for (key, number) in &counts {
        if output.json {
            output.json_line(&json!({ "key": key, "count": number }))?;
        } else if count.by.is_none() {
            output.text(&number.to_string())?;
        } else {
            // Even the smallest count has a bar.
            let cells = usize::try_from((number * LONGEST_BAR).div_ceil(most)).unwrap_or(0);
            let bar = "█".repeat(cells);
            output.row(&COLUMNS, &[key, &format!("{number:>10}"), &bar])?;
        }
    }
    Ok(())
}

impl By {
    fn key(self, event: &RecordedEvent) -> String {
        let time = |length| {
            let mut time = event.time().map(rfc3339).unwrap_or_default();
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
}
