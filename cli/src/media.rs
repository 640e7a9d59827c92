//! Saves the pictures, voices, videos and files of messages, before Tencent deletes them.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::{
    collections::HashSet,
    future::ready,
    path::PathBuf,
    pin::pin,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use clap::{Args, value_parser};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
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

/// What became of a file.
#[derive(Debug)]
pub(crate) enum Outcome {
    Saved(Kept),
    /// Saved by an earlier run.
    There(Kept),
    /// Why it could not be downloaded.
    Failed(String),
}

/// The number of files by outcome.
#[derive(Debug, Default)]
struct Counts {
    saved: u64,
    there: u64,
    failed: u64,
    bytes: u64,
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
    save(found.try_flatten(), &folder, &args.limits, each).await?;
    output.flush()?;
    counts.print(without_body.load(Relaxed));
    Ok(ExitCode::from(u8::from(counts.failed > 0)))
}

/// Downloads each file into the folder, unless it is there. The same file is often in several events: before and after
/// sending, and in forwards.
async fn save(
    media: impl Stream<Item = Result<Medium, Fault>>,
    folder: &Folder,
    limits: &MediaFlags,
    mut each: impl FnMut(&Medium, &Outcome) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (web, max, mut seen) = (&limits.web(), limits.max_bytes(), HashSet::new());
    let downloads = media
        .try_filter(move |medium| ready(seen.insert(url_digest(&medium.url))))
        .map_ok(|medium| async move {
            let fetched = match folder.known(&medium.url) {
                Some(kept) => Ok(Fetched::Before(kept)),
                None => fetch(web, &medium.url, max, folder.path()).await?,
            };
            Ok((medium, fetched))
        })
        .try_buffer_unordered(AT_A_TIME);
    let mut downloads = pin!(downloads);
    while let Some((medium, fetched)) = downloads.try_next().await? {
        let outcome = match fetched {
            Ok(Fetched::Before(kept)) => Outcome::There(kept),
            Ok(Fetched::Now(file)) => Outcome::Saved(folder.keep(&medium, file)?),
            Err(reason) => Outcome::Failed(reason),
        };
        each(&medium, &outcome)?;
    }
    Ok(())
}

impl Outcome {
    fn name(&self) -> &'static str {
        match self {
            Self::Saved(_) => "saved",
            Self::There(_) => "there",
            Self::Failed(_) => "failed",
        }
    }

    /// The file, or the reason why there is none.
    fn kept(&self) -> Result<&Kept, &str> {
        match self {
            Self::Saved(kept) | Self::There(kept) => Ok(kept),
            Self::Failed(reason) => Err(reason),
        }
    }
}

fn print(medium: &Medium, outcome: &Outcome, output: &mut Output) -> Result<(), Fault> {
    if output.json {
        return output.json_line(&json(medium, outcome));
    }
    let (bytes, what) = match outcome.kept() {
        Ok(kept) => (format!("{:>10}", kept.bytes), kept.name()),
        Err(reason) => (String::new(), format!("{reason}: {}", medium.url)),
    };
    output.row(&COLUMNS, &[outcome.name(), medium.kind, &bytes, &what])
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

impl Counts {
    fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Saved(kept) => {
                self.saved += 1;
                self.bytes += kept.bytes;
            }
            Outcome::There(_) => self.there += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
    }

    fn print(&self, without_body: u64) {
        let Self { saved, there, failed, bytes } = self;
        note(&format!(
            "{}: {saved} saved ({bytes} bytes), {there} already there, {failed} failed",
            counted(saved + there + failed, "file"),
        ));
        if without_body > 0 {
            let events = counted(without_body, "event");
            note(&format!("{events} without a Body: parts of it are not in the table"));
        }
    }
}
