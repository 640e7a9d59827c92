//! A file with the status of each callback of a replay, so that another run can continue where this one stopped.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use tencent_chat_webhook::record::RecordedEvent;

use super::owner::Owner;
use crate::{
    fault::Fault,
    receiver::{Answer, is_taken},
};

/// The number of runs without an answer after which a callback is passed over.
const RUNS: u32 = 3;

/// The file. Its first line is its owner. Each further line is a callback that was read or sent.
#[derive(Debug)]
pub(super) struct Journal {
    /// Locked until the program ends.
    file: File,
    /// The latest event of an earlier run, as `sk` and `pk`.
    pub(super) latest: Option<(String, String)>,
    /// The events that are not taken, with the number of runs in which there was no answer.
    open: BTreeMap<(String, String), u32>,
}

#[derive(Deserialize, Serialize)]
struct Line {
    pk: String,
    sk: String,
    /// 0 if there is no answer. Nothing if the callback did not reach the receiver yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

impl Journal {
    /// Opens the file, or makes it. Also returns the replay of its first run.
    ///
    /// # Errors
    /// If the file belongs to another replay, or if another run uses it.
    pub(super) fn open(path: &Path, owner: Owner) -> Result<(Self, Owner), Fault> {
        let fault =
            |why: &dyn std::fmt::Display| Fault::Message(format!("can't use {}: {why}", path.display()));
        let opened = OpenOptions::new().read(true).append(true).create(true).open(path);
        let file = opened.map_err(|error| fault(&error))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => fault(&"another run uses it"),
            TryLockError::Error(error) => fault(&error),
        })?;
        let mut journal = Self { file, latest: None, open: BTreeMap::new() };
        let (first, whole) = journal.read().map_err(|error| fault(&error))?;
        // The earlier run may have been stopped in the middle of a line.
        journal.file.set_len(whole).map_err(|error| fault(&error))?;
        let Some(first) = first else {
            journal.append(&owner)?;
            return Ok((journal, owner));
        };
        match first.refuse(&owner) {
            Some(why) => Err(fault(&why)),
            None => Ok((journal, first)),
        }
    }

    /// Reads the complete lines, and returns the owner and their size in bytes.
    fn read(&mut self) -> io::Result<(Option<Owner>, u64)> {
        let (mut owner, mut whole, mut line) = (None, 0, String::new());
        self.file.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::new(self.file.try_clone()?);
        while lines.read_line(&mut line)? > 0 && line.ends_with('\n') {
            let foreign =
                |_| io::Error::new(io::ErrorKind::InvalidData, "it has a line that replay did not write");
            if owner.is_none() {
                owner = Some(serde_json::from_str(&line).map_err(foreign)?);
            } else {
                let Line { pk, sk, status } = serde_json::from_str(&line).map_err(foreign)?;
                let key = (sk, pk);
                self.latest = self.latest.take().max(Some(key.clone()));
                self.note(key, status);
            }
            whole += line.len() as u64;
            line.clear();
        }
        Ok((owner, whole))
    }

    fn note(&mut self, key: (String, String), status: Option<u16>) {
        if status.is_some_and(is_taken) {
            self.open.remove(&key);
        } else {
            *self.open.entry(key).or_default() += u32::from(status == Some(0));
        }
    }

    /// The events to send again, with their keys alone.
    pub(super) fn to_retry(&self) -> Vec<RecordedEvent> {
        let open = self.open.iter().filter(|(_, runs)| **runs < RUNS);
        open.map(|((sk, pk), _)| RecordedEvent::of_key(pk, sk)).collect()
    }

    /// The `pk` and `sk` of the events that are not sent any more.
    pub(super) fn passed_over(&self) -> impl Iterator<Item = (&str, &str)> {
        let passed_over = self.open.iter().filter(|(_, runs)| **runs >= RUNS);
        passed_over.map(|((sk, pk), _)| (pk.as_str(), sk.as_str()))
    }

    /// Writes that an event was read. If the run is stopped before its answer, the next run sends it.
    pub(super) fn begin(&mut self, event: &RecordedEvent) -> Result<(), Fault> {
        self.write(event, None)
    }

    /// Writes the result of an event.
    pub(super) fn end(&mut self, event: &RecordedEvent, answer: &Answer) -> Result<(), Fault> {
        self.write(event, answer.was_sent.then_some(answer.status))
    }

    fn write(&mut self, event: &RecordedEvent, status: Option<u16>) -> Result<(), Fault> {
        let (sk, pk) = event.order();
        self.append(&Line { pk: pk.clone(), sk: sk.clone(), status })?;
        self.note((sk, pk), status);
        Ok(())
    }

    fn append(&mut self, line: &impl Serialize) -> Result<(), Fault> {
        let line = serde_json::to_string(line).map(|line| line + "\n").map_err(io::Error::from);
        let written = line.and_then(|line| self.file.write_all(line.as_bytes()));
        written.map_err(|error| Fault::Message(format!("can't write the file of --resume: {error}")))
    }
}
