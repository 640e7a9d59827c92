//! Edits, recalls and read marks of messages, by the key of the message.

use std::collections::HashMap;

use super::message::{Change, Message, Read, Readers, Sent};
use crate::{
    fault::Fault,
    spool::{Spool, Spooled},
};

/// The changes of one message. Edit and recall are positions in the file.
#[derive(Debug, Default)]
struct MessageChanges {
    edit: Option<u64>,
    edits: u32,
    recall: Option<u64>,
    read: Option<Read>,
    has_message: bool,
}

/// The changes while they are read, in order of time.
#[derive(Debug)]
pub(super) struct Changes {
    spool: Spool,
    by_message: HashMap<String, MessageChanges>,
    read_up_to: HashMap<String, Vec<UpTo>>,
}

/// A user has read all messages sent until then.
#[derive(Debug)]
struct UpTo {
    seconds: i64,
    time: u64,
}

/// All changes.
#[derive(Debug)]
pub(super) struct Changed {
    spooled: Spooled,
    by_message: HashMap<String, MessageChanges>,
    read_up_to: HashMap<String, Vec<UpTo>>,
}

impl Changes {
    pub(super) fn new() -> Result<Self, Fault> {
        Ok(Self { spool: Spool::new()?, by_message: HashMap::new(), read_up_to: HashMap::new() })
    }

    pub(super) fn edit(&mut self, key: String, change: &Change) -> Result<(), Fault> {
        let at = self.spool.push(change)?;
        let changes = self.by_message.entry(key).or_default();
        changes.edit = Some(at);
        changes.edits += 1;
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

    pub(super) fn read(&mut self, key: String, time: u64, readers: Option<Readers>) {
        let read = &mut self.by_message.entry(key).or_default().read;
        *read = Some(Read { time: read.map_or(time, |read| read.time), readers });
    }

    /// A mark is kept only if it goes further than those before.
    pub(super) fn read_up_to(&mut self, reader: String, seconds: i64, time: u64) {
        let marks = self.read_up_to.entry(reader).or_default();
        if marks.last().is_none_or(|last| last.seconds < seconds) {
            marks.push(UpTo { seconds, time });
        }
    }

    pub(super) fn done(self) -> Result<Changed, Fault> {
        let Self { spool, by_message, read_up_to } = self;
        Ok(Changed { spooled: spool.read()?, by_message, read_up_to })
    }
}

impl Changed {
    /// The message with its changes.
    pub(super) fn apply(&mut self, sent: Sent) -> Result<Message, Fault> {
        let mut read = self.up_to(&sent);
        let (mut edit, mut edits, mut recall) = (None, 0, None);
        if let Some(changes) = sent.key.as_ref().and_then(|key| self.by_message.get_mut(key)) {
            changes.has_message = true;
            edits = changes.edits;
            edit = changes.edit.map(|at| self.spooled.at(at)).transpose()?.flatten();
            recall = changes.recall.map(|at| self.spooled.at(at)).transpose()?.flatten();
            read = [read, changes.read].into_iter().flatten().min_by_key(|read| read.time);
        }
        Ok(Message { sent, edit, edits, recall, read })
    }

    /// Notes that a message is recorded, although it is not shown.
    pub(super) fn mark_recorded(&mut self, sent: &Sent) {
        if let Some(changes) = sent.key.as_ref().and_then(|key| self.by_message.get_mut(key)) {
            changes.has_message = true;
        }
    }

    fn up_to(&self, sent: &Sent) -> Option<Read> {
        let marks = self.read_up_to.get(sent.to.as_ref()?)?;
        let first = marks.partition_point(|mark| mark.seconds < sent.seconds);
        marks.get(first).map(|mark| Read { time: mark.time, readers: None })
    }

    /// The number of edited or recalled messages that are not recorded.
    pub(super) fn without_message(&self) -> usize {
        let is_left = |changes: &&MessageChanges| {
            !changes.has_message && (changes.edit.is_some() || changes.recall.is_some())
        };
        self.by_message.values().filter(is_left).count()
    }
}
