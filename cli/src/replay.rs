//! Sends recorded callbacks again, to a receiver.

use std::{path::PathBuf, time::Duration};

use clap::{Args, value_parser};
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde_json::json;
use tencent_chat_callbacks::event::is_before_callback;
use tencent_chat_webhook::record::RecordedEvent;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::{
    deployment::Deployment,
    event::time_text,
    fault::Fault,
    moment::Moment,
    output::{Columns, Output, note},
    plain::counted,
    receiver::Answer,
    selection::Selection,
    sender::{Sender, line},
    table::{Items, Table, Wanted},
};

mod journal;
use journal::Journal;

/// After this many callbacks in a row without an answer, the run stops: the receiver is down.
const UNANSWERED: u32 = 5;

#[derive(Args, Debug)]
pub(crate) struct Replay {
    #[command(flatten)]
    selection: Selection,
    /// The URL of the receiver
    #[arg(long, value_name = "URL", required_unless_present = "dry_run")]
    to: Option<String>,
    /// Send at most N callbacks per second [default: as fast as the receiver answers]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=1_000_000))]
    rate: Option<u32>,
    /// Write the sent callbacks to this file; with the file of an earlier run, continue where it stopped
    ///
    /// The callbacks that the earlier run sent without success are sent first. Each line of the file is a callback that
    /// was sent.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Only print what would be sent
    #[arg(long)]
    dry_run: bool,
    /// Also send before-callbacks; by default they are left out, because Tencent no longer waits for the answer
    #[arg(long)]
    before_callbacks: bool,
}

/// A running replay.
struct Run<'a> {
    sender: Option<Sender>,
    journal: Option<Journal>,
    ticks: Option<Interval>,
    progress: Progress,
    output: &'a mut Output,
    counts: Counts,
}

/// The number of callbacks by result.
#[derive(Debug, Default)]
struct Counts {
    sent: u64,
    failed: u64,
    left_out: u64,
    unanswered_in_a_row: u32,
}

/// Sends the selected callbacks.
pub(crate) async fn run(deployment: &Deployment, replay: &Replay, output: &mut Output) -> Result<(), Fault> {
    let to = replay.to.as_deref().filter(|_| !replay.dry_run);
    let journal = replay.resume.as_deref().map(Journal::open).transpose()?;
    let ticks = replay.rate.map(|rate| {
        let mut ticks = interval(Duration::from_secs(1) / rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    });
    let progress = Progress::new(&replay.selection);
    let mut run = Run {
        sender: to.map(|to| Sender::new(to, true)).transpose()?,
        journal,
        ticks,
        progress,
        output,
        counts: Counts::default(),
    };
    let mut failed = run.failed(deployment)?;
    while let Some(event) = failed.try_next().await? {
        run.one(&event).await?;
    }
    let mut events = run.selected(deployment, replay).await?;
    while let Some(event) = events.try_next().await? {
        if run.journal.as_ref().is_some_and(|journal| journal.has(&event)) {
            continue;
        }
        if !replay.before_callbacks && is_before_callback(event.command()) {
            run.counts.left_out += 1;
            continue;
        }
        run.one(&event).await?;
    }
    run.end(replay)
}

impl Run<'_> {
    /// Events that an earlier run sent, but that the receiver did not take.
    fn failed(&self, deployment: &Deployment) -> Result<Items, Fault> {
        let keys = self.journal.as_ref().map(Journal::failed).unwrap_or_default();
        let table = Table::of(deployment)?;
        Ok(table.with_bodies(table.by_keys(stream::iter(keys).map(Ok).boxed())))
    }

    async fn selected(&self, deployment: &Deployment, replay: &Replay) -> Result<Items, Fault> {
        let wanted = match (replay.dry_run, self.output.json) {
            (true, true) => Wanted::Keys,
            (true, false) => Wanted::Columns,
            (false, _) => Wanted::Whole,
        };
        let latest = self.journal.as_ref().and_then(|journal| journal.latest.as_ref());
        let latest = latest.and_then(|(sk, _)| sk.split('#').next()?.parse().ok()).map(Moment);
        let selection = replay.selection.clone().from(latest.unwrap_or(Moment(0)));
        selection.find(deployment, wanted).await?.sorted().await
    }

    /// Sends one event.
    async fn one(&mut self, event: &RecordedEvent) -> Result<(), Fault> {
        self.counts.sent += 1;
        let Some(sender) = &mut self.sender else {
            return self.print_found(event);
        };
        if let Some(ticks) = &mut self.ticks {
            ticks.tick().await;
        }
        let answer = sender.send(event).await?;
        if let Some(journal) = &mut self.journal {
            journal.write(event, answer.status)?;
        }
        self.print(event, &answer)?;
        self.progress.at(event, self.counts.sent);
        self.counts.failed += u64::from(!answer.is_taken());
        self.counts.unanswered_in_a_row =
            if answer.status == 0 { self.counts.unanswered_in_a_row + 1 } else { 0 };
        if self.counts.unanswered_in_a_row == UNANSWERED {
            return Err(self.stopped(&answer));
        }
        Ok(())
    }

    fn print_found(&mut self, event: &RecordedEvent) -> Result<(), Fault> {
        if !self.output.json {
            return self.output.event(Columns::All, event);
        }
        let key = |name| event.attribute(name);
        self.output.json_line(
            &json!({ "pk": key("pk"), "sk": key("sk"), "CallbackCommand": key("CallbackCommand") }),
        )
    }

    /// A line for a program, or a note for a person if sending failed.
    fn print(&mut self, event: &RecordedEvent, answer: &Answer) -> Result<(), Fault> {
        if self.output.json {
            let line = line(event, answer);
            return self.progress.suspend(|| {
                self.output.json_line(&line)?;
                self.output.flush()
            });
        }
        if !answer.is_taken() {
            let command = event.command();
            let what = format!(
                "{} {command} {}: {} {}",
                time_text(event),
                event.subject(),
                answer.status,
                answer.text
            );
            self.progress.suspend(|| note(&what));
        }
        Ok(())
    }

    fn stopped(&self, answer: &Answer) -> Fault {
        let again = if self.journal.is_some() {
            "run it again to continue"
        } else {
            "with --resume FILE, another run can continue"
        };
        Fault::Message(format!(
            "stopped after {UNANSWERED} callbacks in a row without an answer ({}); {again}",
            answer.text
        ))
    }

    fn end(self, replay: &Replay) -> Result<(), Fault> {
        self.progress.end();
        let Counts { sent, failed, left_out, .. } = self.counts;
        let beside = match left_out {
            0 => String::new(),
            _ => format!("; {} left out", counted(left_out, "before-callback")),
        };
        let unsuccessful = counted(failed, "callback");
        if replay.dry_run {
            note(&format!("{} to send{beside}; nothing was sent", HumanCount(sent)));
        } else {
            note(&format!("sent {}, not answered 200: {}{beside}", HumanCount(sent), HumanCount(failed)));
        }
        self.output.flush()?;
        match (failed, self.journal.is_some()) {
            (0, _) => Ok(()),
            (_, true) => {
                Err(Fault::Message(format!("{unsuccessful} not answered 200; run it again to retry")))
            }
            (_, false) => Err(Fault::Message(format!("{unsuccessful} not answered 200"))),
        }
    }
}

/// A progress bar over the time span of the events. Their number is not known.
struct Progress {
    bar: ProgressBar,
    since: Option<u64>,
    until: u64,
}

impl Progress {
    fn new(selection: &Selection) -> Self {
        let until = selection.until.unwrap_or_else(Moment::now).0;
        let style = ProgressStyle::with_template("{bar:40} {msg}, {elapsed} elapsed");
        let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, since: selection.since.map(|since| since.0), until }
    }

    fn at(&mut self, event: &RecordedEvent, sent: u64) {
        if self.bar.is_hidden() {
            return;
        }
        let at = event.time().unwrap_or(0);
        let since = *self.since.get_or_insert(at);
        self.bar.set_length(self.until.saturating_sub(since));
        self.bar.set_position(at.saturating_sub(since));
        self.bar.set_message(format!("{} sent, at {}", HumanCount(sent), time_text(event)));
    }

    fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}
