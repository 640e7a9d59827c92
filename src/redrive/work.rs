//! The callbacks in batches of log entries, and which batches still wait for one.

use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::cloudwatch_logs::LogData;

use super::search::LogStream;
use crate::{
    batch::is_control,
    unrecorded::{Incomplete, LogEntries, Unrecorded},
};

/// The callbacks in some batches.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Whole callbacks, each once.
    pub(super) whole: Vec<Unrecorded<'static>>,
    /// Callbacks whose other pieces are elsewhere in the log.
    pub(super) incomplete: Vec<(Incomplete, LogStream)>,
    /// Entries that can't be read, with the reason.
    pub(super) unreadable: Vec<&'static str>,
    /// By the id of a callback that is not recorded: the batches that contain it.
    waiting: BTreeMap<String, BTreeSet<usize>>,
    /// The batches with an entry that can't be read.
    damaged: BTreeSet<usize>,
}

impl Work {
    /// Reads the entries in batches. A batch that can't be read is `None`.
    pub(super) fn read(batches: impl IntoIterator<Item = Option<LogData>>) -> Self {
        let mut work = Self::default();
        for (index, batch) in batches.into_iter().enumerate() {
            match batch {
                Some(batch) if is_control(&batch) => {}
                Some(batch) => work.open(index, batch),
                None => work.damaged(index, "the message is not a batch of log entries"),
            }
        }
        work
    }

    fn open(&mut self, index: usize, batch: LogData) {
        let LogData { log_group, log_stream, log_events, .. } = batch;
        let entries = LogEntries::of_lines(log_events.into_iter().map(|event| event.message));
        if entries.is_empty() {
            self.damaged(index, "the batch has no entry of an unrecorded callback");
        }
        for _ in 0..entries.unreadable {
            self.damaged(index, "the entry is cut off");
        }
        for callback in entries.whole {
            if self.waits(&callback.id, index) {
                self.whole.push(callback);
            } else if let Some(index) = self.incomplete.iter().position(|(known, _)| known.id == callback.id)
            {
                // An earlier batch has only some of its pieces.
                self.incomplete.swap_remove(index);
                self.whole.push(callback);
            } else if let Some(known) = self.whole.iter_mut().find(|known| known.id == callback.id)
                && !known.is_intact()
            {
                // One batch may be masked and the other not.
                *known = callback;
            }
        }
        let stream = LogStream { log_group, log_stream };
        for incomplete in entries.incomplete {
            if self.waits(&incomplete.id, index) {
                self.incomplete.push((incomplete, stream.clone()));
            }
        }
    }

    /// Notes that a batch waits for a callback. Returns whether it is the first one.
    fn waits(&mut self, id: &str, index: usize) -> bool {
        let batches = self.waiting.entry(id.to_owned()).or_default();
        batches.insert(index);
        batches.len() == 1
    }

    fn damaged(&mut self, index: usize, error: &'static str) {
        self.unreadable.push(error);
        self.damaged.insert(index);
    }

    /// Notes that a callback is recorded.
    pub(super) fn is_recorded(&mut self, id: &str) {
        self.waiting.remove(id);
    }

    /// The batches with a callback that is not recorded.
    pub(super) fn left(&self) -> BTreeSet<usize> {
        self.waiting.values().chain([&self.damaged]).flatten().copied().collect()
    }
}
