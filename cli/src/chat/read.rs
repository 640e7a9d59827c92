//! How far users have read.

use std::collections::HashMap;

use super::message::{Read, Sent};

/// The read marks of users, in order of time.
#[derive(Debug, Default)]
pub(super) struct ReadMarks(HashMap<String, Vec<ReadMark>>);

/// A user has read all messages sent until then.
#[derive(Debug)]
struct ReadMark {
    seconds: i64,
    time: u64,
    event: usize,
}

impl ReadMarks {
    /// A mark is kept only if it goes further than those before.
    pub(super) fn push(&mut self, reader: String, seconds: i64, time: u64, event: usize) {
        let marks = self.0.entry(reader).or_default();
        if marks.last().is_none_or(|last| last.seconds < seconds) {
            marks.push(ReadMark { seconds, time, event });
        }
    }

    /// The first mark of the recipient that includes the message. A message that was not delivered has none.
    pub(super) fn of(&self, sent: &Sent) -> Option<Read> {
        if sent.undelivered.is_some() {
            return None;
        }
        let marks = self.0.get(sent.to.as_ref()?)?;
        let first = marks.partition_point(|mark| mark.seconds < sent.seconds);
        marks.get(first).map(|mark| Read { time: mark.time, readers: None, events: [mark.event; 2] })
    }
}
