//! Standard output: a table for people, JSON lines for programs.

use std::{
    borrow::Cow,
    io::{self, BufWriter, IsTerminal, Stdout, Write},
};

use clap::ColorChoice;
use serde_json::Value;
use tencent_chat_webhook::record::RecordedEvent;

use crate::{
    event::{json, time_text},
    fault::Fault,
    plain::{counted, escaped, plain},
    what::what,
    zone,
};

pub(crate) mod columns;
use columns::{Column, Cut, Tone, head, last_width, line};

/// The width of a terminal that does not say it.
const WIDTH: usize = 80;

const COMMAND: Column = Column::new("COMMAND", 31, Cut::Middle).tone(Tone::Name);
const SUBJECT: Column = Column::new("SUBJECT", 18, Cut::Middle);
const WHAT: Column = Column::new("WHAT", 0, Cut::End);

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
    /// The width of the terminal, if it is one.
    width: Option<usize>,
    has_head: bool,
}

impl Output {
    /// Colour is for a terminal, unless the user or `NO_COLOR` says otherwise.
    pub(crate) fn new(json: bool, color: ColorChoice) -> Self {
        match color {
            ColorChoice::Auto => {}
            ColorChoice::Always => console::set_colors_enabled(true),
            ColorChoice::Never => console::set_colors_enabled(false),
        }
        let size = || console::Term::stdout().size_checked();
        let width = io::stdout().is_terminal().then(|| size().map_or(WIDTH, |(_, columns)| columns.into()));
        Self { to: BufWriter::new(io::stdout()), json, width, has_head: false }
    }

    /// An event. The first one has the table's head before it.
    pub(crate) fn event(&mut self, columns: Columns, event: &RecordedEvent) -> Result<(), Fault> {
        if self.json {
            return self.text(&json(event));
        }
        let (time, command, what) = (time_text(event), event.command(), what(event));
        let subject = event.subject();
        match columns {
            Columns::Subject => self.row(&[time_column(), COMMAND, WHAT], &[&time, command, &what]),
            Columns::Command => self.row(&[time_column(), SUBJECT, WHAT], &[&time, subject, &what]),
            Columns::All => {
                self.row(&[time_column(), COMMAND, SUBJECT, WHAT], &[&time, command, subject, &what])
            }
        }
    }

    /// The lines of a text for the last of these columns. At a terminal, they are wrapped to its width.
    pub(crate) fn wrapped(&self, columns: &[Column], text: &str) -> Vec<String> {
        let wrapped = |line| match self.last_width(columns) {
            Some(width) => {
                textwrap::wrap(&plain(line), width.max(1)).into_iter().map(Cow::into_owned).collect()
            }
            None => vec![plain(line)],
        };
        text.lines().flat_map(wrapped).collect()
    }

    /// The width of the last of these columns. In a pipe, there is no limit.
    pub(crate) fn last_width(&self, columns: &[Column]) -> Option<usize> {
        self.width.map(|width| last_width(columns, width))
    }

    /// A line of a table. The first one has the table's head before it.
    pub(crate) fn row(&mut self, columns: &[Column], texts: &[&str]) -> Result<(), Fault> {
        if !self.has_head {
            self.has_head = true;
            self.text(&head(columns, self.width))?;
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
        if self.width.is_some() { self.text(&escaped(body)) } else { self.bytes(body.as_bytes()) }
    }

    /// Unchanged bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        Ok(self.to.write_all(bytes)?)
    }

    /// Takes a file for standard output.
    pub(crate) fn writer(&mut self) -> &mut dyn Write {
        &mut self.to
    }

    pub(crate) fn flush(&mut self) -> Result<(), Fault> {
        Ok(self.to.flush()?)
    }
}

/// The column of times. Its width depends on the zone.
pub(crate) fn time_column() -> Column {
    Column::new("TIME", zone::time_width(), Cut::End).tone(Tone::Faint)
}

/// Notes how many events have an incomplete body, if there are any.
pub(crate) fn note_without_body(events: u64) {
    if events > 0 {
        note(&format!("{} without a Body: parts of it are not in the table", counted(events, "event")));
    }
}

/// A line for the user, on standard error.
pub(crate) fn note(text: &str) {
    // A closed standard error is not an error: the output has everything.
    let _ = writeln!(io::stderr(), "{}", plain(text));
}
