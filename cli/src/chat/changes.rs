//! Edits, recalls and read marks of messages, by the key of the message.
//!
//! If messages share a key, a change is that of the last message before it. So the time stays linear: no change is read
//! for several messages.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    ops::Range,
};

use super::{
    message::{Change, Message, Missing, Read, Readers, Sent},
    read::ReadMarks,
};
use crate::{
    fault::Fault,
    spool::{Spool, Spooled},
};

/// The changes with one key, in order of time.
#[derive(Debug, Default)]
struct MessageChanges {
    edits: Vec<Place>,
    recalls: Vec<Place>,
    read: Option<Read>,
    has_message: bool,
}

/// The number of a change's event, and the position in the file.
#[derive(Clone, Copy, Debug)]
struct Place {
    event: usize,
    at: u64,
}

/// Messages with the key of an earlier message, by the number of the event.
#[derive(Debug, Default)]
struct Repeats {
    hasher: RandomState,
    /// The hashes of all keys.
    keys: HashSet<u64>,
    events: HashMap<String, Vec<usize>>,
}

/// The changes while they are read, in order of time.
#[derive(Debug)]
pub(super) struct Changes {
    spool: Spool,
    by_message: HashMap<String, MessageChanges>,
    repeats: Repeats,
    read_up_to: ReadMarks,
}

/// All changes.
#[derive(Debug)]
pub(super) struct Changed {
    spooled: Spooled,
    by_message: HashMap<String, MessageChanges>,
    repeats: Repeats,
    read_up_to: ReadMarks,
}

impl Changes {
    pub(super) fn new() -> Result<Self, Fault> {
        Ok(Self {
            spool: Spool::new()?,
            by_message: HashMap::new(),
            repeats: Repeats::default(),
            read_up_to: ReadMarks::default(),
        })
    }

    pub(super) fn message(&mut self, key: &str, event: usize) {
        let Repeats { hasher, keys, events } = &mut self.repeats;
        if !keys.insert(hasher.hash_one(key)) {
            events.entry(key.to_owned()).or_default().push(event);
        }
    }

    pub(super) fn edit(&mut self, key: String, change: &Change) -> Result<(), Fault> {
        let place = Place { event: change.source.event, at: self.spool.push(change)? };
        self.by_message.entry(key).or_default().edits.push(place);
        Ok(())
    }

    pub(super) fn recall(&mut self, keys: Vec<String>, change: &Change) -> Result<(), Fault> {
        let place = Place { event: change.source.event, at: self.spool.push(change)? };
        for key in keys {
            self.by_message.entry(key).or_default().recalls.push(place);
        }
        Ok(())
    }

    pub(super) fn read(&mut self, key: String, time: u64, event: usize, readers: Option<Readers>) {
        let read = &mut self.by_message.entry(key).or_default().read;
        let (time, first) = read.map_or((time, event), |read| (read.time, read.events[0]));
        *read = Some(Read { time, readers, events: [first, event] });
    }

    pub(super) fn read_up_to(&mut self, reader: String, seconds: i64, time: u64, event: usize) {
        self.read_up_to.push(reader, seconds, time, event);
    }

    pub(super) fn done(self) -> Result<Changed, Fault> {
        let Self { spool, by_message, repeats, read_up_to } = self;
        Ok(Changed { spooled: spool.read()?, by_message, repeats, read_up_to })
    }
}

impl Repeats {
    /// The events whose changes are those of a message.
    fn span(&self, key: &str, event: usize) -> Range<usize> {
        let repeats = self.events.get(key).map_or(&[][..], Vec::as_slice);
        let after = repeats.partition_point(|repeat| *repeat <= event);
        Range {
            start: if after == 0 { 0 } else { event },
            end: repeats.get(after).copied().unwrap_or(usize::MAX),
        }
    }
}

/// The changes of some events.
fn within<'a>(changes: &'a [Place], events: &Range<usize>) -> &'a [Place] {
    let before = |event: usize| changes.partition_point(|change| change.event < event);
    &changes[before(events.start)..before(events.end)]
}

impl Changed {
    /// The message with its changes.
    pub(super) fn apply(&mut self, n: u64, missing: Option<Missing>, sent: Sent) -> Result<Message, Fault> {
        let mut message =
            Message { n, missing, read: self.read_up_to.of(&sent), sent, edits: Vec::new(), recall: None };
        if let Some(key) = &message.sent.key
            && let Some(changes) = self.by_message.get_mut(key)
        {
            changes.has_message = true;
            let events = self.repeats.span(key, message.sent.source.event);
            for edit in within(&changes.edits, &events) {
                message.edits.extend(self.spooled.at::<Change>(edit.at)?);
            }
            // The first recall of a message counts.
            if let Some(recall) = within(&changes.recalls, &events).first() {
                message.recall = self.spooled.at(recall.at)?;
            }
            message.read = [message.read, changes.read].into_iter().flatten().min_by_key(|read| read.time);
        }
        Ok(message)
    }

    /// Notes that a message is recorded, although it is not shown.
    pub(super) fn mark_recorded(&mut self, key: &str) {
        if let Some(changes) = self.by_message.get_mut(key) {
            changes.has_message = true;
        }
    }

    /// The number of edited or recalled messages that are not recorded.
    pub(super) fn without_message(&self) -> u64 {
        let is_left = |changes: &&MessageChanges| {
            !changes.has_message && (!changes.edits.is_empty() || !changes.recalls.is_empty())
        };
        self.by_message.values().filter(is_left).count() as u64
    }
}
