//! The events of a conversation while they are read.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
};

use tencent_chat_webhook::record::RecordedEvent;

use super::{
    changes::{Changed, Changes},
    kept::{Kept, KeptSpool},
    message::{Change, Sent},
    order::{Next, Numbering, Order},
    step::Step,
};
use crate::{
    evidence::manifest::{Counts, Gap},
    fault::Fault,
    moment::Moment,
    spool::{Spool, Spooled},
};

/// How a conversation is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadOptions {
    /// Messages from then on are left out; later changes count.
    pub(super) until: Moment,
    /// Shows messages that were not delivered too.
    pub(super) undelivered: bool,
    /// Keeps the whole events.
    pub(super) keep: bool,
}

/// The events that were read so far.
pub(super) struct Reading {
    options: ReadOptions,
    messages: Spool,
    order: Order,
    changes: Changes,
    /// The keys of messages after the span: their changes are not without a message.
    later: Spool,
    counts: Counts,
    /// The number of groups with this id that were destroyed.
    generation: u32,
    asked: BeforeCallbacks,
    kept: Option<KeptSpool>,
    /// The number of the event.
    event: usize,
}

/// The result: the messages with their order, and their changes.
pub(super) struct Done {
    pub(super) messages: Spooled,
    pub(super) order: Vec<Next>,
    pub(super) changed: Changed,
    pub(super) counts: Counts,
    pub(super) gaps: Vec<Gap>,
    pub(super) kept: Option<Kept>,
}

/// The before-callbacks, and the messages that after-callbacks report. Only hashes of their names are in memory.
#[derive(Default)]
struct BeforeCallbacks {
    hasher: RandomState,
    /// By their places in the order.
    places: Vec<(usize, u64)>,
    reported: HashSet<u64>,
}

impl Reading {
    pub(super) fn new(numbering: Numbering, options: ReadOptions) -> Result<Self, Fault> {
        Ok(Self {
            options,
            messages: Spool::new()?,
            order: Order::new(numbering),
            changes: Changes::new()?,
            later: Spool::new()?,
            counts: Counts::default(),
            generation: 0,
            asked: BeforeCallbacks::default(),
            kept: options.keep.then(KeptSpool::new).transpose()?,
            event: 0,
        })
    }

    pub(super) fn step(&mut self, event: &RecordedEvent, step: Step) -> Result<(), Fault> {
        let time = event.time().unwrap_or(0);
        let is_in_span = time < self.options.until.0;
        if let Some(kept) = &mut self.kept {
            let always = match step {
                Step::Destroyed | Step::Unreadable(None) => is_in_span,
                _ => false,
            };
            kept.push(event, always)?;
        }
        match step {
            Step::Sent(sent, name) => {
                self.report(name);
                self.message(*sent)?;
            }
            Step::NotSent(mut sent, name) => {
                self.report(name);
                if self.options.undelivered {
                    // Changes with its key are those of a delivered message.
                    sent.key = None;
                    self.message(*sent)?;
                } else {
                    self.counts.not_delivered += u64::from(is_in_span);
                }
            }
            Step::Asked(sent, name) => {
                if let (Some(place), Some(name)) = (self.message(*sent)?, name) {
                    let hash = self.asked.hasher.hash_one(name);
                    self.asked.places.push((place, hash));
                }
            }
            Step::Edited(key, change) => {
                self.changes.edit(self.key_in_generation(&key), &self.numbered(change))?;
            }
            Step::Recalled(keys, change) => {
                let keys = keys.iter().map(|key| self.key_in_generation(key)).collect();
                self.changes.recall(keys, &self.numbered(change))?;
            }
            Step::Read(messages) => {
                for (key, readers) in messages {
                    self.changes.read(self.key_in_generation(&key), time, self.event, readers);
                }
            }
            Step::ReadUpTo(reader, seconds) => {
                self.changes.read_up_to(reader, seconds, time, self.event);
            }
            Step::Destroyed => self.generation += 1,
            Step::Unreadable(message) => {
                self.counts.unreadable += u64::from(is_in_span);
                if let Some(sent) = message {
                    self.message(*sent)?;
                }
            }
        }
        self.event += 1;
        Ok(())
    }

    pub(super) fn done(self) -> Result<Done, Fault> {
        let Self { messages, order, changes, later, mut counts, asked, kept, .. } = self;
        let mut changed = changes.done()?;
        let mut later = later.read()?;
        while let Some(key) = later.next::<String>()? {
            changed.mark_recorded(&key);
        }
        let is_reported = |(_, hash): &&(usize, u64)| asked.reported.contains(hash);
        let left_out: HashSet<usize> =
            asked.places.iter().filter(is_reported).map(|(place, _)| *place).collect();
        let (order, gaps) = order.done(|place| left_out.contains(&place));
        counts.messages = order.len() as u64;
        if order.is_empty() {
            counts.without_message = changed.without_message();
        }
        let kept = kept.map(KeptSpool::done).transpose()?;
        Ok(Done { messages: messages.read()?, order, changed, counts, gaps, kept })
    }

    /// Adds a message, and returns its place if it is in the span.
    fn message(&mut self, mut sent: Sent) -> Result<Option<usize>, Fault> {
        sent.source.event = self.event;
        sent.generation = self.generation;
        sent.key = sent.key.map(|key| self.key_in_generation(&key));
        if let Some(key) = &sent.key {
            self.changes.message(key, self.event);
        }
        if sent.time >= self.options.until.0 {
            if let Some(key) = &sent.key {
                self.later.push(key)?;
            }
            return Ok(None);
        }
        let at = self.messages.push(&sent)?;
        Ok(Some(self.order.push(&sent, at)))
    }

    /// Notes that an after-callback reports the message.
    fn report(&mut self, name: Option<String>) {
        if let Some(name) = name.filter(|_| self.options.undelivered) {
            let hash = self.asked.hasher.hash_one(name);
            self.asked.reported.insert(hash);
        }
    }

    fn numbered(&self, mut change: Change) -> Change {
        change.source.event = self.event;
        change
    }

    /// The key of a message, distinct from those of earlier groups with the same id.
    fn key_in_generation(&self, key: &str) -> String {
        format!("{} {key}", self.generation)
    }
}
