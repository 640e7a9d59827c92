//! A running replay.

use std::time::Instant;

use futures_util::{TryStreamExt, stream::LocalBoxStream};
use indicatif::HumanCount;
use tencent_chat_webhook::record::RecordedEvent;
use tokio::{task::JoinSet, time::Interval};

use super::{beside, journal::Journal, lanes::Lanes, progress::Progress, silence::Silence};
use crate::{
    event::time_text,
    fault::Fault,
    output::{Output, note},
    plain::counted,
    receiver::Answer,
    sender::{Line, Sender},
};

/// How many callbacks that are passed over are named.
const NAMED: usize = 20;

/// A running replay.
pub(super) struct Run<'a> {
    sender: Sender,
    pub(super) journal: Option<Journal>,
    concurrency: usize,
    ticks: Option<Interval>,
    progress: Progress,
    output: &'a mut Output,
    lanes: Lanes,
    under_way: JoinSet<(RecordedEvent, Answer)>,
    silence: Silence,
    sent: u64,
    not_taken: u64,
    pub(super) left_out: u64,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        sender: Sender,
        journal: Option<Journal>,
        concurrency: usize,
        ticks: Option<Interval>,
        progress: Progress,
        output: &'a mut Output,
    ) -> Self {
        Self {
            sender,
            journal,
            concurrency,
            ticks,
            progress,
            output,
            lanes: Lanes::default(),
            under_way: JoinSet::new(),
            silence: Silence::default(),
            sent: 0,
            not_taken: 0,
            left_out: 0,
        }
    }

    /// Sends events, and waits for all answers. A subject has one callback under way at a time.
    pub(super) async fn all(
        &mut self,
        mut events: LocalBoxStream<'_, Result<RecordedEvent, Fault>>,
    ) -> Result<(), Fault> {
        let mut is_read = false;
        loop {
            let may_read = !is_read && self.under_way.len() < self.concurrency && !self.lanes.is_full();
            tokio::select! {
                Some(ended) = self.under_way.join_next() => {
                    let (event, answer) = ended.map_err(|error| Fault::Message(error.to_string()))?;
                    self.end_one(&event, &answer)?;
                    if let Some(next) = self.lanes.leave(event.pk()) {
                        self.start(next).await?;
                    }
                }
                event = events.try_next(), if may_read => match event? {
                    Some(event) => self.enter(event).await?,
                    None => is_read = true,
                },
                else => return Ok(()),
            }
        }
    }

    async fn enter(&mut self, event: RecordedEvent) -> Result<(), Fault> {
        if self.concurrency > 1
            && let Some(journal) = &mut self.journal
        {
            journal.begin(&event)?;
        }
        match self.lanes.enter(event) {
            Some(event) => self.start(event).await,
            None => Ok(()),
        }
    }

    async fn start(&mut self, event: RecordedEvent) -> Result<(), Fault> {
        self.silence.wait().await;
        if let Some(ticks) = &mut self.ticks {
            ticks.tick().await;
        }
        let answer = self.sender.send(&event)?;
        self.under_way.spawn(async move { (event, answer.await) });
        Ok(())
    }

    fn end_one(&mut self, event: &RecordedEvent, answer: &Answer) -> Result<(), Fault> {
        self.sent += 1;
        self.not_taken += u64::from(!answer.is_taken());
        if let Some(journal) = &mut self.journal {
            journal.end(event, answer)?;
        }
        self.print(event, answer)?;
        self.progress.at(event, self.sent);
        // Without its body, a callback says nothing about the receiver.
        if event.body().is_none() {
            return Ok(());
        }
        match self.silence.note(answer, Instant::now()) {
            Some(why) => Err(Fault::Message(format!("stopped: {why}; {}", self.again("to continue")))),
            None => Ok(()),
        }
    }

    /// A line for a program, or a note for a person if the receiver did not take the callback.
    fn print(&mut self, event: &RecordedEvent, answer: &Answer) -> Result<(), Fault> {
        if self.output.json {
            let line = Line::of(event, answer).json();
            return self.progress.suspend(|| {
                self.output.text(&line)?;
                self.output.flush()
            });
        }
        if !answer.is_taken() {
            let (time, command, subject) = (time_text(event), event.command(), event.subject());
            let what = format!("{time} {command} {subject}: {} {}", answer.status, answer.text);
            self.progress.suspend(|| note(&what));
        }
        Ok(())
    }

    /// Prints the summary.
    pub(super) fn end(self, result: Result<(), Fault>) -> Result<(), Fault> {
        self.progress.end();
        // Otherwise the summary can stand between lines of the output.
        let result = result.and(self.output.flush());
        let Self { sent, not_taken, left_out, .. } = self;
        note(&format!("sent {}, not taken: {}{}", HumanCount(sent), HumanCount(not_taken), beside(left_out)));
        let passed_over = self.name_passed_over();
        match result {
            Err(Fault::Closed) => Err(Fault::Message(format!(
                "the output was closed after {}; the rest was not sent; {}",
                counted(sent, "callback"),
                self.again("to send them")
            ))),
            Err(fault) => Err(fault),
            Ok(()) if not_taken > 0 => {
                let again = self.journal.as_ref().map(|_| "; run it again to retry").unwrap_or_default();
                Err(Fault::Message(format!("{} not taken{again}", counted(not_taken, "callback"))))
            }
            Ok(()) if passed_over > 0 => {
                Err(Fault::Message(format!("{} passed over", counted(passed_over, "callback"))))
            }
            Ok(()) => Ok(()),
        }
    }

    /// Names the callbacks that are not sent any more, and returns their number.
    fn name_passed_over(&self) -> usize {
        let passed_over: Vec<_> = self.journal.iter().flat_map(Journal::passed_over).collect();
        for (pk, sk) in passed_over.iter().take(NAMED) {
            note(&format!("passed over, without an answer in three runs: {pk} {sk}"));
        }
        if passed_over.len() > NAMED {
            note(&format!("and {} more", passed_over.len() - NAMED));
        }
        passed_over.len()
    }

    fn again(&self, purpose: &str) -> String {
        match self.journal {
            Some(_) => format!("run it again {purpose}"),
            None => format!("use --resume FILE, so that you can run it again {purpose}"),
        }
    }
}
