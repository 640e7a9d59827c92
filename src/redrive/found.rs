//! Finds unrecorded callbacks in a log, in the output of any AWS tool.

use std::collections::BTreeMap;

use aws_lambda_events::cloudwatch_logs::AwsLogs;

use super::{
    printed::{Csv, first_other_field},
    scan::{Part, Scan},
    text::unquote,
};
use crate::unrecorded::Unrecorded;

/// The deepest nesting of log lines: in a batch, in a queue message, in a tool's output.
const MAX_DEPTH: usize = 2;

/// The result of a search: whole callbacks and fragments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Whole callbacks, each once, however often the log has it.
    pub whole: Vec<Unrecorded<'static>>,
    /// Callbacks with missing pieces.
    pub incomplete: Vec<Incomplete>,
    /// Number of entries that are cut off or otherwise unreadable, so that not even their id is known.
    pub unreadable: usize,
}

/// Finds unrecorded callbacks in every form in which AWS shows a log line:
///
/// - lines as the function wrote them, and as `aws logs tail` prints them;
/// - results of Logs Insights and of other searches, as the AWS CLI prints them, with or without `--query`;
/// - CSV and JSON files of the console;
/// - a line that was copied as a JSON string;
/// - a message of the redrive's queue, with the batch of lines in it.
///
/// A byte that is not UTF-8 makes only the entry around it unreadable.
#[must_use]
pub fn find<T: AsRef<[u8]> + ?Sized>(log: &T) -> Found {
    let log = log.as_ref();
    let mut finder = Finder::default();
    if let Some(messages) = Csv::new(log) {
        messages.for_each(|message| finder.scan(&message, 1));
    } else {
        let (log, rest) = log.split_at(first_other_field(log));
        finder.scan(log, 0);
        finder.distrust(rest);
    }
    finder.join()
}

/// A callback with missing pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// Lambda's id of the invocation that could not record the callback.
    pub id: String,
    /// The arrival time, in milliseconds since the epoch.
    pub received_at: u64,
}

#[derive(Default)]
struct Finder {
    /// By id, then by number: so the pieces of a callback are adjacent and in order, and repeats coincide.
    pieces: BTreeMap<(String, usize), Unrecorded<'static>>,
    /// Number of entries seen, including repeats.
    entries: usize,
    unreadable: usize,
}

impl Finder {
    /// Finds pieces in a text and in the log messages in it, and nowhere else: other fields can contain a sender's
    /// text, which is not a log line.
    fn scan(&mut self, text: &[u8], depth: usize) {
        for part in Scan::new(text) {
            match part {
                Part::Entry(piece) => self.take(piece),
                Part::Batch(batch) if depth < MAX_DEPTH => self.open(batch, depth + 1),
                Part::Batch(_) | Part::CutOff => self.unreadable += 1,
                Part::Message(quoted) if depth < MAX_DEPTH => match unquote(quoted) {
                    Some(message) => self.scan(&message, depth + 1),
                    None => self.unreadable += 1,
                },
                Part::Message(_) => {}
            }
        }
    }

    fn take(&mut self, piece: &[u8]) {
        self.entries += 1;
        match serde_json::from_slice::<Unrecorded<'static>>(piece) {
            Ok(piece) => drop(self.pieces.insert((piece.id.clone().into_owned(), piece.piece), piece)),
            Err(_) => self.unreadable += 1,
        }
    }

    /// Finds pieces in the lines of a batch. A batch without any counts as unreadable: it is damaged, or not meant
    /// for the redrive.
    fn open(&mut self, batch: &[u8], depth: usize) {
        let before = self.entries;
        if let Ok(AwsLogs { data, .. }) = serde_json::from_slice(batch) {
            if data.message_type == "CONTROL_MESSAGE" {
                return;
            }
            data.log_events.iter().for_each(|line| self.scan(line.message.as_bytes(), depth));
        }
        self.unreadable += usize::from(self.entries == before);
    }

    /// Counts entries in a part of the text where a log line can't be distinguished from a sender's text.
    fn distrust(&mut self, text: &[u8]) {
        let mut other = Self::default();
        other.scan(text, 0);
        self.unreadable += other.pieces.len() + other.unreadable;
    }

    fn join(self) -> Found {
        let mut found = Found { unreadable: self.unreadable, ..Found::default() };
        let mut pieces = self.pieces.into_values().peekable();
        while let Some(mut callback) = pieces.next() {
            let mut count = 1;
            let mut in_order = callback.piece == 1;
            while let Some(next) = pieces.next_if(|next| next.id == callback.id) {
                count += 1;
                in_order &= next.piece == count;
                callback.body.to_mut().push_str(&next.body);
            }
            if in_order && count == callback.pieces {
                (callback.piece, callback.pieces) = (1, 1);
                found.whole.push(callback);
            } else {
                let received_at = callback.received_at;
                found.incomplete.push(Incomplete { id: callback.id.into_owned(), received_at });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
