//! One line per request. The template's metric filters count these lines, so their names and values are part of
//! the contract between both.

use std::{
    fmt,
    io::Write,
    sync::{Mutex, PoisonError},
};

use lambda_runtime::Context;
use serde::Serialize;

use crate::{
    outcome::Outcome,
    time::{now_millis, rfc3339},
    unrecorded::Unrecorded,
};

mod facts;
pub use facts::Facts;

/// How bad it is. The order matters: a level hides those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// A step on the way.
    Debug,
    /// All is well.
    Info,
    /// Someone else's fault, or one that mends itself.
    Warn,
    /// A callback is not in the table, or the function can't start.
    Error,
}

impl Level {
    /// The level that a value of `AWS_LAMBDA_LOG_LEVEL` asks for; `Info` where it says nothing known.
    /// Errors are never hidden: they hold what a redrive needs.
    #[must_use]
    pub fn from_setting(value: &str) -> Self {
        match value.to_ascii_uppercase().as_str() {
            "TRACE" | "DEBUG" => Self::Debug,
            "WARN" => Self::Warn,
            "ERROR" | "FATAL" => Self::Error,
            _ => Self::Info,
        }
    }
}

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

/// What every line begins with: Lambda drops lines without these two where a level is set.
#[derive(Serialize)]
struct Head<'a> {
    timestamp: String,
    level: Level,
    message: &'a str,
}

impl<'a> Head<'a> {
    fn now(level: Level, message: &'a str) -> Self {
        Self { timestamp: rfc3339(now_millis()), level, message }
    }
}

#[derive(Serialize)]
struct Note<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct CallbackLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(flatten)]
    facts: &'a Facts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unrecorded: Option<&'a Unrecorded<'a>>,
}

#[derive(Serialize)]
struct PieceLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    unrecorded: &'a Unrecorded<'a>,
}

#[derive(Serialize)]
struct RedrivenLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    /// Lambda's id of the invocation that could not record it.
    id: &'a str,
    function_request_id: &'a str,
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
        self.write(level, || Note { head: Head::now(level, message), error });
    }

    /// The line of a request. `error` is the cause of its outcome.
    pub fn request(&self, outcome: &Outcome, error: Option<&str>, facts: &Facts<'_>) {
        self.request_line(outcome, error, facts, None);
    }

    /// The lines of a callback that is not known to be in the table, with all that a redrive needs. The first
    /// one is like any callback's line; the body goes on in more lines where one is not enough.
    pub fn unrecorded(&self, outcome: &Outcome, facts: &Facts<'_>, pieces: &[Unrecorded<'_>]) {
        let mut pieces = pieces.iter();
        self.request_line(outcome, outcome.error(), facts, pieces.next());
        for unrecorded in pieces {
            self.write(Level::Error, || PieceLine {
                head: Head::now(Level::Error, "not recorded, continued"),
                unrecorded,
            });
        }
    }

    /// The line of a callback that a redrive has brought in, or could not. It holds nothing that another redrive
    /// would take for its own.
    pub fn redriven(&self, id: &str, outcome: &Outcome, context: &Context) {
        let level = outcome.level();
        self.write(level, || RedrivenLine {
            head: Head::now(level, outcome.message()),
            outcome: outcome.name(),
            reason: outcome.reason(),
            error: outcome.error(),
            id,
            function_request_id: &context.request_id,
        });
    }

    fn request_line(
        &self,
        outcome: &Outcome,
        error: Option<&str>,
        facts: &Facts<'_>,
        unrecorded: Option<&Unrecorded<'_>>,
    ) {
        let level = outcome.level().max(facts.level());
        self.write(level, || CallbackLine {
            head: Head::now(level, outcome.message()),
            outcome: outcome.name(),
            reason: outcome.reason(),
            error,
            facts,
            unrecorded,
        });
    }

    /// Writes a line, and makes it only if its level is not hidden.
    fn write<L: Serialize>(&self, level: Level, line: impl FnOnce() -> L) {
        if level < self.level {
            return;
        }
        let mut bytes = Vec::with_capacity(1024);
        if serde_json::to_writer(&mut bytes, &line()).is_ok() {
            bytes.push(b'\n');
            // One write per line keeps lines whole. A log that can't be written has nobody to tell.
            let _ = self.to.lock().unwrap_or_else(PoisonError::into_inner).write_all(&bytes);
        }
    }
}

/// Makes each panic one line of the log, be it in a request or in a task of the SDK's: what the standard
/// library prints would stand beside the log, in many lines.
pub fn log_panics() {
    let log = Log::new(Level::Error, std::io::stdout());
    std::panic::set_hook(Box::new(move |panic| {
        log.note(Level::Error, "panicked", Some(&panic.to_string()));
    }));
}
