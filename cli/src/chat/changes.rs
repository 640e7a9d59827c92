//! Edits, recalls and read marks of messages, by the key of the message.

use std::collections::HashMap;

use super::{
    message::{Change, Message, Missing, Read, Readers, Sent},
    read::ReadMarks,
};
use crate::{
    fault::Fault,
    spool::{Spool, Spooled},
};

/// The changes of one message. Edits and recall are positions in the file.
#[derive(Debug, Default)]
struct MessageChanges {
    edits: Vec<u64>,
    recall: Option<u64>,
    read: Option<Read>,
    has_message: bool,
}

/// The changes while they are read, in order of time.
#[derive(Debug)]
pub(super) struct Changes {
    spool: Spool,
    by_message: HashMap<String, MessageChanges>,
    read_up_to: ReadMarks,
}

/// All changes.
#[derive(Debug)]
pub(super) struct Changed {
    spooled: Spooled,
    by_message: HashMap<String, MessageChanges>,
    read_up_to: ReadMarks,
}

impl Changes {
    pub(super) fn new() -> Result<Self, Fault> {
        Ok(Self { spool: Spool::new()?, by_message: HashMap::new(), read_up_to: ReadMarks::default() })
    }

    pub(super) fn edit(&mut self, key: String, change: &Change) -> Result<(), Fault> {
        let at = self.spool.push(change)?;
        self.by_message.entry(key).or_default().edits.push(at);
        Ok(())
    }

    /// The first recall of a message counts.
    pub(super) fn recall(&mut self, keys: Vec<String>, change: &Change) -> Result<(), Fault> {
        let at = self.spool.push(change)?;
        for key in keys {
            self.by_message.entry(key).or_default().recall.get_or_insert(at);
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
        let Self { spool, by_message, read_up_to } = self;
        Ok(Changed { spooled: spool.read()?, by_message, read_up_to })
    }
}

impl Changed {
    /// The message with its changes.
    pub(super) fn apply(&mut self, n: u64, missing: Option<Missing>, sent: Sent) -> Result<Message, Fault> {
        let mut message =
            Message { n, missing, read: self.read_up_to.of(&sent), sent, edits: Vec::new(), recall: None };
        if let Some(changes) = message.sent.key.as_ref().and_then(|key| self.by_message.get_mut(key)) {
            changes.has_message = true;
            for at in &changes.edits {
                message.edits.extend(self.spooled.at::<Change>(*at)?);
            }
            if let Some(at) = changes.recall {
                message.recall = self.spooled.at(at)?;
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
            !changes.has_message && (!changes.edits.is_empty() || changes.recall.is_some())
        };
        self.by_message.values().filter(is_left).count() as u64
    }
}
