//! Saves the pictures, voices, videos and files of messages, before Tencent deletes them.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::{collections::HashSet, future::ready, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Args, value_parser};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::{
    deployment::Deployment,
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut},
        note,
    },
    plain::counted,
    selection::Selection,
    table::Wanted,
    web::{Hosts, NamedHost, Web},
};

mod download;
mod element;
mod folder;
use download::{Fetched, fetch};
use element::{Medium, media};
use folder::{Folder, Kept, url_digest};

/// The number of downloads at the same time.
const AT_A_TIME: usize = 4;

const MEGABYTE: u64 = 1024 * 1024;

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

/// What may be downloaded.
#[derive(Args, Clone, Debug)]
pub(crate) struct MediaFlags {
    /// Also download from this host, for example cdn.example.com; for an address of this machine, such as 127.0.0.1:8080,
    /// by http too
    #[arg(long, value_name = "HOST")]
    media_host: Vec<NamedHost>,
    /// The largest file that is downloaded, in megabytes
    #[arg(long, value_name = "MB", default_value = "100", value_parser = value_parser!(u64).range(1..=10_000))]
    media_max: u64,
}

impl MediaFlags {
    fn web(&self) -> Web {
        Web::new(Hosts::tencent_and(self.media_host.clone()))
    }

    fn max_bytes(&self) -> u64 {
        self.media_max * MEGABYTE
    }
}

/// The number of files by outcome.
#[derive(Debug, Default)]
struct Counts {
    saved: u64,
    there: u64,
    failed: u64,
    bytes: u64,
    /// Events whose body lacks parts.
    without_body: u64,
}

/// Saves the media of the selected events.
pub(crate) async fn run(
    deployment: &Deployment,
    args: &Media,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    let mut folder = Folder::open(&args.to)?;
    let events = args.selection.find(deployment, Wanted::Whole).await?.unsorted();
    let (mut counts, mut seen) = (Counts::default(), HashSet::new());
    let (web, path, max) = (Arc::new(args.limits.web()), folder.path().to_owned(), args.limits.max_bytes());
    let without_body = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let missing = Arc::clone(&without_body);
    let found = events.map_ok(move |event| {
        if event.body().is_none() {
            missing.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        stream::iter(media(&event)).map(Ok::<_, Fault>)
    });
    // The same file is often in several events: before and after sending, and in forwards.
    let found = found.try_flatten().try_filter(move |medium| ready(seen.insert(url_digest(&medium.url))));
    let known = folder.known();
    let outcomes = found.map_ok(|medium| {
        let (web, path, kept) = (Arc::clone(&web), path.clone(), known.get(&medium.url));
        async move {
            let fetched = match kept {
                Some(kept) => Ok(Ok(Fetched::Before(kept))),
                None => fetch(&web, &medium.url, max, &path).await,
            };
            fetched.map(|fetched| (medium, fetched))
        }
    });
    let mut outcomes = Box::pin(outcomes.try_buffer_unordered(AT_A_TIME));
    while let Some((medium, fetched)) = outcomes.try_next().await? {
        let line = match fetched {
            Ok(Fetched::Before(kept)) => {
                counts.there += 1;
                Line::kept("there", kept)
            }
            Ok(Fetched::Now(file)) => {
                let kept = folder.keep(&medium, file)?;
                counts.saved += 1;
                counts.bytes += kept.bytes;
                Line::kept("saved", kept)
            }
            Err(reason) => {
                counts.failed += 1;
                Line { outcome: "failed", kept: None, reason }
            }
        };
        line.print(&medium, output)?;
    }
    output.flush()?;
    counts.without_body = without_body.load(std::sync::atomic::Ordering::Relaxed);
    counts.print();
    Ok(ExitCode::from(u8::from(counts.failed > 0)))
}

/// A line of output.
struct Line {
    outcome: &'static str,
    kept: Option<Kept>,
    reason: String,
}

impl Line {
    fn kept(outcome: &'static str, kept: Kept) -> Self {
        Self { outcome, kept: Some(kept), reason: String::new() }
    }

    fn print(&self, medium: &Medium, output: &mut Output) -> Result<(), Fault> {
        if output.json {
            return output.json_line(&self.json(medium));
        }
        let bytes = self.kept.as_ref().map(|kept| format!("{:>10}", kept.bytes)).unwrap_or_default();
        let what = match &self.kept {
            Some(kept) => kept.name(),
            None => format!("{}: {}", self.reason, medium.url),
        };
        output.row(&COLUMNS, &[self.outcome, medium.kind, &bytes, &what])
    }

    fn json(&self, medium: &Medium) -> Value {
        let mut line = json!({
            "pk": medium.pk, "sk": medium.sk, "kind": medium.kind, "url": medium.url, "outcome": self.outcome,
        });
        if let Some(name) = &medium.name {
            line["name"] = name.as_str().into();
        }
        match &self.kept {
            Some(kept) => {
                line["file"] = kept.name().into();
                line["sha256"] = kept.sha256().into();
                line["bytes"] = kept.bytes.into();
            }
            None => line["error"] = self.reason.as_str().into(),
        }
        line
    }
}

impl Counts {
    fn print(&self) {
        let Self { saved, there, failed, bytes, without_body } = self;
        note(&format!(
            "{}: {saved} saved ({bytes} bytes), {there} already there, {failed} failed",
            counted(saved + there + failed, "file"),
        ));
        if *without_body > 0 {
            note(&format!(
                "{} without a Body: parts of it are not in the table",
                counted(*without_body, "event")
            ));
        }
    }
}
