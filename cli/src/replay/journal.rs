//! A file with the status of each callback of a replay, so that another run can continue where this one stopped.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::Path,
};

use serde::Deserialize;
use serde_json::json;
use tencent_chat_webhook::{forward::Delivery, record::RecordedEvent};

use crate::fault::Fault;

/// The file: a line for each callback that was sent.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    /// The latest event that was sent, as `sk` and `pk`.
    pub(crate) latest: Option<(String, String)>,
    /// The events that the receiver did not take the last time.
    pub(crate) failed: BTreeSet<(String, String)>,
}

#[derive(Deserialize)]
struct Line {
    pk: String,
    sk: String,
    status: u16,
}

impl Journal {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let fault = |error: io::Error| Fault::Message(format!("can't use {}: {error}", path.display()));
        let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(fault)?;
        let mut journal = Self { file, latest: None, failed: BTreeSet::new() };
        let whole = journal.read().map_err(fault)?;
        // The earlier run may have been stopped in the middle of a line.
        journal.file.set_len(whole).map_err(fault)?;
        Ok(journal)
    }

    /// Reads the complete lines, and returns their size in bytes.
    fn read(&mut self) -> io::Result<u64> {
        let (mut whole, mut line) = (0, String::new());
        self.file.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::new(self.file.try_clone()?);
        while lines.read_line(&mut line)? > 0 && line.ends_with('\n') {
            let Line { pk, sk, status } = serde_json::from_str(&line).map_err(|_| {
                io::Error::new(io::ErrorKind::InvalidData, "it has a line that replay did not write")
            })?;
            self.note((sk, pk), status);
            whole += line.len() as u64;
            line.clear();
        }
        Ok(whole)
    }

    fn note(&mut self, key: (String, String), status: u16) {
        if Delivery::of(Some(status)) == Delivery::Taken {
            self.failed.remove(&key);
        } else {
            self.failed.insert(key.clone());
        }
        self.latest = self.latest.take().max(Some(key));
    }

    /// Whether an event was already sent or skipped.
    pub(crate) fn has(&self, event: &RecordedEvent) -> bool {
        self.latest.as_ref().is_some_and(|latest| event.order() <= *latest)
    }

    /// The failed events, with their keys alone.
    pub(crate) fn failed(&self) -> Vec<RecordedEvent> {
        self.failed.iter().map(|(sk, pk)| RecordedEvent::of_key(pk, sk)).collect()
    }

    /// Writes the status of an event.
    pub(crate) fn write(&mut self, event: &RecordedEvent, status: u16) -> Result<(), Fault> {
        let (sk, pk) = event.order();
        let line = format!("{}\n", json!({ "pk": pk, "sk": sk, "status": status }));
        let written = self.file.write_all(line.as_bytes());
        self.note((sk, pk), status);
        written.map_err(|error| Fault::Message(format!("can't write the file of --resume: {error}")))
    }
}
