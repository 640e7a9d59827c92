//! Downloads files into the folder.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::{collections::HashSet, future::ready, pin::pin};

use clap::{Args, value_parser};
use futures_util::{Stream, TryStreamExt};

use super::{
    download::{Fetched, copy, fetch},
    folder::{Earlier, Folder, Kept, url_digest},
    medium::Medium,
};
use crate::{
    fault::Fault,
    output::note,
    plain::counted,
    web::{Hosts, NamedHost, Web},
};

/// The number of downloads at the same time.
const AT_A_TIME: usize = 4;

const MEGABYTE: u64 = 1024 * 1024;

/// The limits of downloads.
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

/// The outcome of a file.
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
pub(crate) struct Counts {
    saved: u64,
    there: u64,
    pub(crate) failed: u64,
    bytes: u64,
}

/// Downloads each file into the folder, unless it is there or in the folder of earlier runs. The same file is often in
/// several events: before and after sending, and in forwards.
pub(crate) async fn save(
    media: impl Stream<Item = Result<Medium, Fault>>,
    (folder, earlier): (&Folder, Option<&Earlier>),
    limits: &MediaFlags,
    mut each: impl FnMut(&Medium, &Outcome) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (web, max, mut seen) = (&limits.web(), limits.max_bytes(), HashSet::new());
    let downloads = media
        .try_filter(move |medium| ready(seen.insert(url_digest(&medium.url))))
        .map_ok(|medium| async move {
            let mut there = folder.known(&medium.url).map(Fetched::Before);
            if let (None, Some(earlier)) = (&there, earlier) {
                there = copy(earlier, &medium.url, folder.path())?;
            }
            let fetched = match there {
                Some(there) => Ok(there),
                None => fetch(web, &medium.url, max, folder.path()).await?,
            };
            Ok((medium, fetched))
        })
        .try_buffer_unordered(AT_A_TIME);
    let mut downloads = pin!(downloads);
    while let Some((medium, fetched)) = downloads.try_next().await? {
        let outcome = match fetched {
            Ok(Fetched::Before(kept)) => Outcome::There(kept),
            Ok(Fetched::Copied(file)) => Outcome::There(folder.keep(&medium, file)?),
            Ok(Fetched::Now(file)) => Outcome::Saved(folder.keep(&medium, file)?),
            Err(reason) => Outcome::Failed(reason),
        };
        each(&medium, &outcome)?;
    }
    Ok(())
}

impl Outcome {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Saved(_) => "saved",
            Self::There(_) => "there",
            Self::Failed(_) => "failed",
        }
    }

    /// The file, or the reason why there is none.
    pub(crate) fn kept(&self) -> Result<&Kept, &str> {
        match self {
            Self::Saved(kept) | Self::There(kept) => Ok(kept),
            Self::Failed(reason) => Err(reason),
        }
    }
}

impl Counts {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Saved(kept) => {
                self.saved += 1;
                self.bytes += kept.bytes;
            }
            Outcome::There(_) => self.there += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
    }

    pub(crate) fn print(&self) {
        let Self { saved, there, failed, bytes } = self;
        note(&format!(
            "{}: {saved} saved ({bytes} bytes), {there} already there, {failed} failed",
            counted(saved + there + failed, "file"),
        ));
    }
}
