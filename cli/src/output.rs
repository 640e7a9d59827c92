//! Standard output: a table for people, JSON lines for programs.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use serde_json::Value;
use tencent_chat_webhook::record::RecordedEvent;

use crate::{
    event::{detail, json, time_text},
    fault::Fault,
    plain::{escaped, plain},
};

pub(crate) mod columns;
use columns::{Column, Cut, line};

/// The width of a table without a terminal, and the least width.
const WIDTH: usize = 100;

const TIME: Column = Column::new("TIME", 24, Cut::End);
const COMMAND: Column = Column::new("COMMAND", 31, Cut::Middle);
const SUBJECT: Column = Column::new("SUBJECT", 18, Cut::Middle);
const DETAIL: Column = Column::new("WHAT", 0, Cut::End);

/// The events of a table. A value that they all share has no column.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Columns {
    Subject,
    Command,
    All,
}

/// Standard output.
#[derive(Debug)]
pub(crate) struct Output {
    to: BufWriter<Stdout>,
    pub(crate) json: bool,
    is_terminal: bool,
    width: usize,
    has_head: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let terminal = io::stdout().is_terminal().then(console::Term::stdout);
        let width = terminal.and_then(|terminal| terminal.size_checked());
        let width = width.map_or(WIDTH, |(_, columns)| usize::from(columns).max(WIDTH));
        Self {
            to: BufWriter::new(io::stdout()),
            json,
            is_terminal: io::stdout().is_terminal(),
            width,
            has_head: false,
        }
    }

    /// An event. The first one has the table's head before it.
    pub(crate) fn event(&mut self, columns: Columns, event: &RecordedEvent) -> Result<(), Fault> {
        if self.json {
            return self.text(&json(event));
        }
        let (time, command, detail) = (time_text(event), event.command(), detail(event));
        let subject = event.subject();
        match columns {
            Columns::Subject => self.row(&[TIME, COMMAND, DETAIL], &[&time, command, &detail]),
            Columns::Command => self.row(&[TIME, SUBJECT, DETAIL], &[&time, subject, &detail]),
            Columns::All => self.row(&[TIME, COMMAND, SUBJECT, DETAIL], &[&time, command, subject, &detail]),
        }
    }

    /// A line of a table. The first one has the table's head before it.
    pub(crate) fn row(&mut self, columns: &[Column], texts: &[&str]) -> Result<(), Fault> {
        if !self.has_head {
            self.has_head = true;
            let titles: Vec<&str> = columns.iter().map(|column| column.title).collect();
            self.text(&line(columns, &titles, self.width))?;
        }
        self.text(&line(columns, texts, self.width))
    }

    /// An unchanged line.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Fault> {
        Ok(writeln!(self.to, "{text}")?)
    }

    /// A JSON object on a line.
    pub(crate) fn json_line(&mut self, object: &Value) -> Result<(), Fault> {
        self.raw_json_line(&object.to_string())
    }

    /// A line of somebody else's JSON.
    pub(crate) fn raw_json_line(&mut self, json: &str) -> Result<(), Fault> {
        self.text(&escaped(json))
    }

    /// A body byte for byte. A terminal gets the same JSON, with escapes for control characters.
    pub(crate) fn body(&mut self, body: &str) -> Result<(), Fault> {
        if self.is_terminal { self.text(&escaped(body)) } else { self.bytes(body.as_bytes()) }
    }

    /// Unchanged bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        Ok(self.to.write_all(bytes)?)
    }

    pub(crate) fn flush(&mut self) -> Result<(), Fault> {
        Ok(self.to.flush()?)
    }
}

/// A line for the user, on standard error.
pub(crate) fn note(text: &str) {
    // A closed standard error is not an error: the output has everything.
    let _ = writeln!(io::stderr(), "{}", plain(text));
}
