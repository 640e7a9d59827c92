//! Saves the pictures, voices, videos and files of messages, before Tencent deletes them.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::{
    deployment::Deployment,
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut},
        note_without_body,
    },
    selection::Selection,
    table::Wanted,
};

mod download;
mod folder;
mod medium;
mod save;
pub(crate) use folder::{Earlier, Folder, file_name};
pub(crate) use medium::Medium;
use medium::media;
pub(crate) use save::{Counts, MediaFlags, Outcome, save};

const COLUMNS: [Column; 4] = [
    Column::new("OUTCOME", 7, Cut::End),
    Column::new("KIND", 6, Cut::End),
    Column::new("     BYTES", 10, Cut::End),
    Column::new("FILE, OR WHY NOT", 0, Cut::End),
];

#[derive(Args, Debug)]
pub(crate) struct Media {
    #[command(flatten)]
    selection: Selection,
    /// The folder for the files, and for their list index.jsonl
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    #[command(flatten)]
    limits: MediaFlags,
}

/// Saves the media of the selected events.
pub(crate) async fn run(
    deployment: &Deployment,
    args: &Media,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    let folder = Folder::open(&args.to)?;
    let events = args.selection.find(deployment, Wanted::Whole).await?.unsorted().await?;
    let (mut counts, without_body) = (Counts::default(), AtomicU64::new(0));
    let found = events.map_ok(|event| {
        without_body.fetch_add(u64::from(event.body().is_none()), Relaxed);
        stream::iter(media(&event)).map(Ok::<_, Fault>)
    });
    let each = |medium: &Medium, outcome: &Outcome| {
        counts.add(outcome);
        print(medium, outcome, output)
    };
    save(found.try_flatten(), (&folder, None), &args.limits, each).await?;
    output.flush()?;
    counts.print();
    note_without_body(without_body.load(Relaxed));
    Ok(ExitCode::from(u8::from(counts.failed > 0)))
}

fn print(medium: &Medium, outcome: &Outcome, output: &mut Output) -> Result<(), Fault> {
    if output.json {
        return output.json_line(&json(medium, outcome));
    }
    let (bytes, what) = match outcome.kept() {
        Ok(kept) => (format!("{:>10}", kept.bytes), kept.name()),
        Err(reason) => (String::new(), format!("{reason}: {}", medium.url)),
    };
    output.row(&COLUMNS, &[outcome.name(), &medium.kind, &bytes, &what])
}

fn json(medium: &Medium, outcome: &Outcome) -> Value {
    let mut line = json!({
        "pk": medium.pk, "sk": medium.sk, "kind": medium.kind, "url": medium.url, "outcome": outcome.name(),
    });
    if let Some(name) = &medium.name {
        line["name"] = name.as_str().into();
    }
    match outcome.kept() {
        Ok(kept) => {
            line["file"] = kept.name().into();
            line["sha256"] = kept.sha256().into();
            line["bytes"] = kept.bytes.into();
        }
        Err(reason) => line["error"] = reason.into(),
    }
    line
}
