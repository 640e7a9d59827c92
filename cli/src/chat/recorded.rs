//! A recorded conversation.
//!
//! A message's edits, recalls and read marks are recorded after it. So all events are read once: the messages are kept
//! in a temporary file, and only their changes in memory.

use std::collections::VecDeque;

use futures_util::TryStreamExt;

use super::{
    changes::{Changed, Changes},
    conversation::Conversation,
    message::{Message, Sent},
    step::Step,
};
use crate::{
    deployment::Deployment,
    fault::Fault,
    merged::merged,
    moment::Moment,
    selection::Selection,
    spool::{Spool, Spooled},
    table::{Items, Wanted},
    when::When,
};

/// A conversation, with its messages in order.
#[derive(Debug)]
pub(super) struct Recorded {
    messages: Spooled,
    changed: Changed,
    pub(super) counts: Counts,
    /// The messages of one second, in their order.
    second: VecDeque<Sent>,
    /// The first message after them.
    ahead: Option<Sent>,
    until: Moment,
}

/// The numbers of messages before the end of the span.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) messages: u64,
    pub(super) not_sent: u64,
    pub(super) unreadable: u64,
}

/// The events of the conversation while they are read.
struct Reading {
    messages: Spool,
    changes: Changes,
    counts: Counts,
    /// The number of groups with this id that were destroyed.
    generation: u32,
    until: Moment,
}

impl Recorded {
    /// Reads the events of a conversation. Events after `until` count too: they may change the messages.
    pub(super) async fn read(
        deployment: &Deployment,
        conversation: &Conversation,
        since: Option<Moment>,
        until: Moment,
    ) -> Result<Self, Fault> {
        let mut reading = Reading {
            messages: Spool::new()?,
            changes: Changes::new()?,
            counts: Counts::default(),
            generation: 0,
            until,
        };
        let until_now = When::At(until.max(Moment::now()));
        let since = since.map(When::At);
        let selection = Selection { since, until: Some(until_now), ..Selection::default() };
        let mut events = events(deployment, conversation, &selection).await?;
        while let Some(event) = events.try_next().await? {
            if let Some(step) = conversation.step(&event) {
                reading.step(event.time().unwrap_or(0), step)?;
            }
        }
        let Reading { messages, changes, counts, .. } = reading;
        let (mut messages, changed) = (messages.read()?, changes.done()?);
        let ahead = messages.next()?;
        Ok(Self { messages, changed, counts, second: VecDeque::new(), ahead, until })
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Fault> {
        if self.second.is_empty() {
            self.read_second()?;
        }
        self.second.pop_front().map(|sent| self.changed.apply(sent)).transpose()
    }

    fn read_second(&mut self) -> Result<(), Fault> {
        while let Some(next) = self.ahead.take() {
            if self.second.front().is_some_and(|first| first.time / 1000 != next.time / 1000) {
                self.ahead = Some(next);
                break;
            }
            if next.time < self.until.0 {
                self.second.push_back(next);
            } else {
                self.changed.mark_recorded(&next);
            }
            self.ahead = self.messages.next()?;
        }
        // One-to-one messages have times in seconds, and the times of group messages are not exact. So within a second,
        // messages are in the order of their numbers (pages 34365 and 34375). Each topic has its own numbers.
        let is_counted_on = |a: &Sent, b: &Sent| {
            a.seq.is_some() && b.seq.is_some() && a.topic == b.topic && a.generation == b.generation
        };
        for counted in self.second.make_contiguous().chunk_by_mut(is_counted_on) {
            counted.sort_by_key(|sent| sent.seq);
        }
        Ok(())
    }

    /// The number of edited or recalled messages that are not in the span. It is right only after the last message.
    pub(super) fn without_message(&self) -> usize {
        self.changed.without_message()
    }
}

impl Reading {
    fn step(&mut self, time: u64, step: Step) -> Result<(), Fault> {
        match step {
            Step::Sent(sent) => self.message(sent)?,
            Step::NotSent => self.counts.not_sent += u64::from(time < self.until.0),
            Step::Edited(key, change) => self.changes.edit(self.key_in_generation(&key), &change)?,
            Step::Recalled(keys, change) => {
                let keys = keys.iter().map(|key| self.key_in_generation(key)).collect();
                self.changes.recall(keys, &change)?;
            }
            Step::Read(messages) => {
                for (key, readers) in messages {
                    self.changes.read(self.key_in_generation(&key), time, readers);
                }
            }
            Step::ReadUpTo(reader, seconds) => self.changes.read_up_to(reader, seconds, time),
            Step::Destroyed => self.generation += 1,
            Step::Unreadable(message) => {
                self.counts.unreadable += 1;
                if let Some(sent) = message {
                    self.message(sent)?;
                }
            }
        }
        Ok(())
    }

    fn message(&mut self, mut sent: Sent) -> Result<(), Fault> {
        self.counts.messages += u64::from(sent.time < self.until.0);
        sent.generation = self.generation;
        sent.key = sent.key.map(|key| self.key_in_generation(&key));
        self.messages.push(&sent).map(|_| ())
    }

    /// The key of a message, distinct from those of earlier groups with the same id.
    fn key_in_generation(&self, key: &str) -> String {
        format!("{} {key}", self.generation)
    }
}

/// All events of the subjects, in order of time.
async fn events(
    deployment: &Deployment,
    conversation: &Conversation,
    selection: &Selection,
) -> Result<Items, Fault> {
    let mut all = Vec::new();
    for subject in conversation.subjects() {
        let selection = Selection { subject: Some(subject.to_owned()), ..selection.clone() };
        all.push(selection.find(deployment, Wanted::Whole).await?.sorted().await?);
    }
    merged(all).await
}
