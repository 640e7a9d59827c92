//! One log line per request. The template's metric filters count these lines, so their field names and values are a
//! contract between this module and the template.

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

mod fields;
mod healed;
mod level;
pub use fields::LogFields;
use healed::Healed;
pub use healed::Reforwarded;
pub use level::Level;

/// The log: writes JSON lines.
pub struct Log {
    level: Level,
    to: Mutex<Box<dyn Write + Send>>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("level", &self.level).finish_non_exhaustive()
    }
}

/// A line. If a log level is set, Lambda drops lines without `timestamp` and `level`.
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
    fields: Option<&'a LogFields<'a>>,
    #[serde(flatten)]
    healed: Option<Healed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unrecorded: Option<&'a Unrecorded<'a>>,
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
    /// A log that hides lines below a level.
    pub fn new(level: Level, to: impl Write + Send + 'static) -> Self {
        Self { level, to: Mutex::new(Box::new(to)) }
    }

    /// The log that Lambda reads: standard output, at the level of `AWS_LAMBDA_LOG_LEVEL`.
    #[must_use]
    pub fn from_env() -> Self {
        let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
        Self::new(Level::from_setting(&level), std::io::stdout())
    }

    /// Logs a line that belongs to no callback.
    pub fn note(&self, level: Level, message: &str, error: Option<&str>) {
        self.write(level, || Line { error, ..Line::new(level, message) });
    }

    /// Logs the line of a request. `error` is for an outcome without its own error.
    pub fn request(&self, outcome: &Outcome, error: Option<&str>, fields: &LogFields<'_>) {
        let level = level(outcome).max(fields.level());
        self.write(level, || {
            let line = Line::of(outcome, level);
            Line { error: line.error.or(error), fields: Some(fields), ..line }
        });
    }

    /// Logs a callback that could not be stored, with everything that a redrive needs. The first line is like any
    /// callback's line; if the body is too long for it, the body continues in more lines.
    pub fn unrecorded(&self, outcome: &Outcome, fields: &LogFields<'_>, pieces: &[Unrecorded<'_>]) {
        let (first, more) = match pieces {
            [first, more @ ..] => (Some(first), more),
            [] => (None, pieces),
        };
        let level = level(outcome);
        self.write(level, || Line { fields: Some(fields), unrecorded: first, ..Line::of(outcome, level) });
        for piece in more {
            let line = Line::new(level, "not recorded, continued");
            self.write(level, || Line { unrecorded: Some(piece), ..line });
        }
    }

    /// Logs the result of a redrive for one callback. The line has no `unrecorded` field, so no redrive processes it
    /// again.
    pub fn redriven(&self, id: &str, outcome: &Outcome, context: &Context) {
        let level = level(outcome);
        let healed = Healed::Redriven { id, function_request_id: &context.request_id };
        self.write(level, || Line { healed: Some(healed), ..Line::of(outcome, level) });
    }

    /// Logs the result of an attempt to forward a callback again. The line has no `unforwarded` field.
    pub fn reforwarded(&self, result: &Reforwarded<'_>) {
        let Reforwarded { level, message, outcome, ref reason, error, .. } = *result;
        self.write(level, || Line {
            outcome: Some(outcome),
            reason: reason.as_deref(),
            error,
            healed: Some(Healed::Reforwarded(result)),
            ..Line::new(level, message)
        });
    }

    /// Writes a line. The line is built only if its level is not hidden.
    fn write<'a>(&self, level: Level, line: impl FnOnce() -> Line<'a>) {
        if level < self.level {
            return;
        }
        let mut bytes = Vec::with_capacity(1024);
        if serde_json::to_writer(&mut bytes, &line()).is_ok() {
            bytes.push(b'\n');
            // One write per line keeps lines whole. If the log can't be written, there is nowhere to report that.
            let _ = self.to.lock().unwrap_or_else(PoisonError::into_inner).write_all(&bytes);
        }
    }
}

/// The message of an outcome.
const fn message(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Stored(Stored::New) => "recorded",
        Outcome::Stored(Stored::Duplicate) => "duplicate",
        Outcome::Probe => "URL check answered",
        Outcome::Health => "health check answered",
        Outcome::Refused(_) => "refused",
        Outcome::Failed(_) => "not recorded",
    }
}

/// The level of an outcome.
const fn level(outcome: &Outcome) -> Level {
    match outcome {
        Outcome::Stored(_) | Outcome::Probe | Outcome::Health => Level::Info,
        Outcome::Refused(_) => Level::Warn,
        Outcome::Failed(_) => Level::Error,
    }
}

/// Logs each panic as one line, in requests and in the SDK's tasks. The standard library would print several lines
/// that are not JSON.
pub fn log_panics() {
    let log = Log::new(Level::Error, std::io::stdout());
    std::panic::set_hook(Box::new(move |panic| {
        log.note(Level::Error, "panicked", Some(&panic.to_string()));
    }));
}
