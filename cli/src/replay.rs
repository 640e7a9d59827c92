//! Sends recorded callbacks again, to a receiver.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::HumanCount;
use serde_json::json;
use tencent_chat_callbacks::event::is_before_callback;
use tencent_chat_webhook::record::RecordedEvent;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::{
    deployment::Deployment,
    fault::Fault,
    moment::Moment,
    output::{Columns, Output, note},
    plain::counted,
    receiver::ConnectionFlags,
    selection::Selection,
    sender::Sender,
    table::{Items, Table, Wanted},
};

mod journal;
mod lanes;
mod owner;
mod progress;
mod run;
mod silence;
use journal::Journal;
use owner::Owner;
use progress::Progress;
use run::Run;

#[derive(Args, Debug)]
pub(crate) struct Replay {
    #[command(flatten)]
    selection: Selection,
    /// The URL of the receiver, or an address such as localhost:8080
    #[arg(long, value_name = "URL", required_unless_present = "dry_run")]
    to: Option<String>,
    #[command(flatten)]
    connection: ConnectionFlags,
    /// Send up to N callbacks at a time, those of a subject still one after the other
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u16).range(1..=256))]
    concurrency: u16,
    /// Send at most N callbacks per second [default: as fast as the receiver answers]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,
    /// Write the sent callbacks to this file; with the file of an earlier run, continue where it stopped
    ///
    /// The callbacks that the receiver did not take are sent first. One without any answer in three runs is passed over
    /// and named. The file belongs to one selection, one receiver, and one run at a time.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Only print what would be sent
    #[arg(long, conflicts_with = "resume")]
    pub(crate) dry_run: bool,
    /// Also send before-callbacks; by default they are left out, because Tencent no longer waits for the answer
    #[arg(long)]
    before_callbacks: bool,
}

/// Sends the selected callbacks.
pub(crate) async fn run(deployment: &Deployment, replay: &Replay, output: &mut Output) -> Result<(), Fault> {
    let mut selection = replay.selection.clone();
    if replay.dry_run {
        return dry_run(deployment, replay, &selection, output).await;
    }
    let to = replay.to.as_deref().unwrap_or_default();
    let sender = Sender::new(to, &replay.connection, true)?;
    let journal = match &replay.resume {
        Some(file) => {
            let owner = Owner::new(deployment, &selection, replay.before_callbacks, to)?;
            let (journal, first) = Journal::open(file, owner)?;
            first.span(&mut selection);
            Some(journal)
        }
        None => None,
    };
    let ticks = replay.rate.map(ticks);
    let progress = Progress::new(&selection);
    let mut run = Run::new(sender, journal, usize::from(replay.concurrency), ticks, progress, output);
    let result = send(&mut run, deployment, replay, selection).await;
    run.end(result)
}

/// First sends what an earlier run left, then the rest of the selection.
async fn send(
    run: &mut Run<'_>,
    deployment: &Deployment,
    replay: &Replay,
    selection: Selection,
) -> Result<(), Fault> {
    let keys = run.journal.as_ref().map(Journal::to_retry).unwrap_or_default();
    let table = Table::of(deployment)?;
    run.all(table.with_bodies(table.by_keys(stream::iter(keys).map(Ok).boxed()))).await?;
    let latest = run.journal.as_ref().and_then(|journal| journal.latest.clone());
    let time = latest.as_ref().and_then(|(sk, _)| sk.split('#').next()?.parse().ok());
    let selection = selection.from(Moment(time.unwrap_or(0)));
    let events = selection.find(deployment, Wanted::Whole).await?.sorted().await?;
    let is_new = move |event: &RecordedEvent| latest.as_ref().is_none_or(|latest| event.order() > *latest);
    let mut left_out = 0;
    let events = events.try_filter(|event| {
        let (is_new, sends) = (is_new(event), sends(replay, event));
        left_out += u64::from(is_new && !sends);
        std::future::ready(is_new && sends)
    });
    let result = run.all(events.boxed_local()).await;
    run.left_out = left_out;
    result
}

fn sends(replay: &Replay, event: &RecordedEvent) -> bool {
    replay.before_callbacks || !is_before_callback(event.command())
}

/// Prints what would be sent.
async fn dry_run(
    deployment: &Deployment,
    replay: &Replay,
    selection: &Selection,
    output: &mut Output,
) -> Result<(), Fault> {
    let wanted = if output.json { Wanted::Keys } else { Wanted::Columns };
    let mut events: Items = selection.find(deployment, wanted).await?.sorted().await?;
    let (mut count, mut left_out) = (0, 0);
    while let Some(event) = events.try_next().await? {
        if !sends(replay, &event) {
            left_out += 1;
            continue;
        }
        count += 1;
        if output.json {
            let key = |name| event.attribute(name);
            let line = json!({ "pk": key("pk"), "sk": key("sk"), "CallbackCommand": key("CallbackCommand") });
            output.json_line(&line)?;
        } else {
            output.event(Columns::All, &event)?;
        }
    }
    output.flush()?;
    note(&format!("{} to send{}; nothing was sent", HumanCount(count), beside(left_out)));
    Ok(())
}

/// The part of a summary about before-callbacks.
fn beside(left_out: u64) -> String {
    if left_out == 0 { String::new() } else { format!("; {} left out", counted(left_out, "before-callback")) }
}

fn ticks(rate: u32) -> Interval {
    let mut ticks = interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
