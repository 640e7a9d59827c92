//! Finds unrecorded callbacks in a log, whatever tool has printed it.

use std::collections::BTreeMap;

use aws_lambda_events::cloudwatch_logs::AwsLogs;

use super::{
    printed::{Csv, first_other_field},
    scan::{Part, Scan},
    text::unquote,
};
use crate::unrecorded::Unrecorded;

/// How deep log lines may be wrapped: lines in a batch in a message of a reply.
const MAX_DEPTH: usize = 2;

/// What is in a log: whole callbacks, and what is left of others.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Callbacks to record, each once however often the log has it.
    pub whole: Vec<Unrecorded<'static>>,
    /// Callbacks of which the log has only some pieces.
    pub incomplete: Vec<Incomplete>,
    /// How many entries are cut off or otherwise unreadable, so that not even their id is known.
    pub unreadable: usize,
}

/// Looks for unrecorded callbacks in every form in which AWS shows a log line:
///
/// - the lines as the function wrote them, and as `aws logs tail` prints them;
/// - the results of Logs Insights and of other searches, as the AWS CLI prints them, or chosen from them by `--query`;
/// - the CSV and JSON files of the console;
/// - a line that was copied as a JSON string;
/// - a message of the redrive's queue, with the batch of lines in it.
///
/// A byte that is not UTF-8 makes the entry unreadable that has it, and no other.
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

/// A callback of which some pieces are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// Lambda's id of the invocation that could not record it.
    pub id: String,
    /// When it was received: milliseconds since the epoch.
    pub received_at: u64,
}

#[derive(Default)]
struct Finder {
    /// By id, then by number: so pieces of one callback come together and in order, and repeats fall together.
    pieces: BTreeMap<(String, usize), Unrecorded<'static>>,
    /// How many entries were seen, repeats too.
    entries: usize,
    unreadable: usize,
}

impl Finder {
    /// Looks for pieces in a text, and in the messages in it. Nowhere else: a text that a sender wrote into some other
    /// field is not a log line.
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

    /// Looks for pieces in the lines of a batch. One without any is not the redrive's, or is damaged.
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

    /// Counts the entries of a text in which a sender's text can't be told from a log line.
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
