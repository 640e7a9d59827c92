//! A temporary file of records, one line of JSON each. A table or a conversation may be larger than memory.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::fault::Fault;

/// The longest line that is read. The body of a callback has at most 6 MB, and its quotation marks double in JSON.
const MAX_LINE: u64 = 16 << 20;

/// The file while it is written.
#[derive(Debug)]
pub(crate) struct Spool {
    file: BufWriter<File>,
    end: u64,
}

/// The file while it is read, from its beginning.
#[derive(Debug)]
pub(crate) struct Spooled {
    file: BufReader<File>,
    at: u64,
}

impl Spool {
    pub(crate) fn new() -> Result<Self, Fault> {
        let file = tempfile::tempfile().map_err(|error| fault(&error))?;
        Ok(Self { file: BufWriter::new(file), end: 0 })
    }

    /// Writes a record, and returns its position.
    pub(crate) fn push(&mut self, record: &impl Serialize) -> Result<u64, Fault> {
        let mut line = serde_json::to_vec(record).map_err(|error| fault(&error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(|error| fault(&error))?;
        let at = self.end;
        self.end += line.len() as u64;
        Ok(at)
    }

    pub(crate) fn read(self) -> Result<Spooled, Fault> {
        let file = self.file.into_inner().map_err(|error| fault(error.error()))?;
        let mut file = BufReader::new(file);
        file.rewind().map_err(|error| fault(&error))?;
        Ok(Spooled { file, at: 0 })
    }
}

/// Copies lines of JSON from elsewhere.
impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.end += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Spooled {
    /// Begins again.
    pub(crate) fn rewind(&mut self) -> Result<(), Fault> {
        self.at = 0;
        self.file.rewind().map_err(|error| fault(&error))
    }

    /// The next record.
    pub(crate) fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Fault> {
        let mut line = String::new();
        let mut reader = self.file.by_ref().take(MAX_LINE);
        let length = reader.read_line(&mut line).map_err(|error| fault(&error))?;
        self.at += length as u64;
        if length == 0 {
            return Ok(None);
        }
        serde_json::from_str(&line).map(Some).map_err(|error| fault(&error.into()))
    }

    /// The record at a position.
    pub(crate) fn at<T: DeserializeOwned>(&mut self, position: u64) -> Result<Option<T>, Fault> {
        // To seek discards what was read in advance, and mostly the next record is wanted.
        if position != self.at {
            self.file.seek(SeekFrom::Start(position)).map_err(|error| fault(&error))?;
            self.at = position;
        }
        self.next()
    }
}

/// The error if a temporary file can't be used.
pub(crate) fn fault(error: &io::Error) -> Fault {
    Fault::Message(format!("can't use a temporary file: {error}; set TMPDIR to a folder with more space"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_too_long_for_an_event_is_refused() {
        let mut spool = Spool::new().expect("a file");
        spool
            .push(&"x".repeat(1 << 20))
            .and_then(|_| spool.push(&"x".repeat(17 << 20)))
            .expect("it is written");
        let mut spooled = spool.read().expect("a file");
        assert_eq!(spooled.next::<String>().expect("a text").map(|text| text.len()), Some(1 << 20));
        assert!(spooled.next::<String>().is_err());
    }
}
