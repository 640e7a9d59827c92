//! One line per request. The template's metric filters count these lines, so their names and values are part of the
//! contract between both.

use std::{
    fmt,
    io::Write,
    sync::{Mutex, PoisonError},
};

use lambda_runtime::Context;
use serde::Serialize;

use crate::{
    outcome::{Outcome, Stored},
    time::{now_millis, rfc3339},
    unrecorded::Unrecorded,
};

mod facts;
mod level;
pub use facts::Facts;
pub use level::Level;

/// The log: JSON lines to a writer.
pub struct Log {
    level: Level,
    to: Mutex<Box<dyn Write + Send>>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("level", &self.level).finish_non_exhaustive()
    }
}

/// A line. Lambda drops lines without `timestamp` and `level` where a log level is set.
#[derive(Default, Serialize)]
struct Line<'a> {
    timestamp: String,
    level: Level,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(flatten)]
    facts: Option<&'a Facts<'a>>,
    #[serde(flatten)]
    redriven: Option<Redriven<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unrecorded: Option<&'a Unrecorded<'a>>,
}

/// The callback that a redrive's line is about.
#[derive(Serialize)]
struct Redriven<'a> {
    /// Lambda's id of the invocation that could not record it.
    id: &'a str,
    /// Lambda's id of the redrive's invocation.
    function_request_id: &'a str,
}

impl<'a> Line<'a> {
    fn new(level: Level, message: &'a str) -> Self {
        Self { timestamp: rfc3339(now_millis()), level, message, ..Self::default() }
    }

    fn of(outcome: &'a Outcome, level: Level) -> Self {
        let (name, reason, error) = (Some(outcome.name()), outcome.reason(), outcome.error());
        Self { outcome: name, reason, error, ..Self::new(level, message(outcome)) }
    }
}

impl Log {
    /// A log that leaves out lines below a level.
    pub fn new(level: Level, to: impl Write + Send + 'static) -> Self {
        Self { level, to: Mutex::new(Box::new(to)) }
    }

    /// The log that Lambda reads: standard output, at the level of `AWS_LAMBDA_LOG_LEVEL`.
    #[must_use]
    pub fn from_env() -> Self {
        let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
        Self::new(Level::from_setting(&level), std::io::stdout())
    }

    /// A line that belongs to no callback.
    pub fn note(&self, level: Level, message: &str, error: Option<&str>) {
        self.write(level, || Line { error, ..Line::new(level, message) });
    }

    /// The line of a request. `fault` is the cause of an outcome that has none of its own.
    pub fn request(&self, outcome: &Outcome, fault: Option<&str>, facts: &Facts<'_>) {
        let level = level(outcome).max(facts.level());
        self.write(level, || {
            let line = Line::of(outcome, level);
            Line { error: line.error.or(fault), facts: Some(facts), ..line }
        });
    }

    /// The lines of a callback that is not known to be in the table, with all that a redrive needs. The first one is
    /// like any callback's line; the body continues in more lines where one is not enough.
    pub fn unrecorded(&self, outcome: &Outcome, facts: &Facts<'_>, pieces: &[Unrecorded<'_>]) {
        let (first, more) = match pieces {
            [first, more @ ..] => (Some(first), more),
            [] => (None, pieces),
        };
        let level = level(outcome);
        self.write(level, || Line { facts: Some(facts), unrecorded: first, ..Line::of(outcome, level) });
        for piece in more {
            let line = Line::new(level, "not recorded, continued");
            self.write(level, || Line { unrecorded: Some(piece), ..line });
        }
    }

    /// The line of a callback that a redrive has recorded, or could not. It holds nothing that another redrive would
    /// take for its own.
    pub fn redriven(&self, id: &str, outcome: &Outcome, context: &Context) {
        let level = level(outcome);
        let redriven = Redriven { id, function_request_id: &context.request_id };
        self.write(level, || Line { redriven: Some(redriven), ..Line::of(outcome, level) });
    }

    /// Writes a line, and makes it only if its level is not hidden.
    fn write<'a>(&self, level: Level, line: impl FnOnce() -> Line<'a>) {
        if level < self.level {
            return;
        }
        let mut bytes = Vec::with_capacity(1024);
        if serde_json::to_writer(&mut bytes, &line()).is_ok() {
            bytes.push(b'\n');
            // One write per line keeps lines whole. If the log can't be written, there is nowhere to report it.
            let _ = self.to.lock().unwrap_or_else(PoisonError::into_inner).write_all(&bytes);
        }
    }
}

/// The text of an outcome.
const fn message(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Stored(Stored::New) => "recorded",
        Outcome::Stored(Stored::Duplicate) => "recorded before",
        Outcome::Probe => "URL check answered",
        Outcome::Refused(_) => "refused",
        Outcome::Failed(_) => "not recorded",
    }
}

/// The severity of an outcome.
const fn level(outcome: &Outcome) -> Level {
    match outcome {
        Outcome::Stored(_) | Outcome::Probe => Level::Info,
        Outcome::Refused(_) => Level::Warn,
        Outcome::Failed(_) => Level::Error,
    }
}

/// Makes each panic one line of the log, whether it happens in a request or in a task of the SDK. The standard
/// library would print several lines, which are no JSON.
pub fn log_panics() {
    let log = Log::new(Level::Error, std::io::stdout());
    std::panic::set_hook(Box::new(move |panic| {
        log.note(Level::Error, "panicked", Some(&panic.to_string()));
    }));
}
