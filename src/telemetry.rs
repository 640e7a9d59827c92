//! One line a callback, which is its log entry and, in CloudWatch's embedded metric format, its metrics.
//!
//! Names are Tencent's for what Tencent names, and Powertools' where it has one (`cold_start`,
//! `function_request_id`, `xray_trace_id`). `Sign`, tokens and credentials are in no field.

use std::{
    fmt,
    io::Write,
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use serde::Serialize;

use crate::{command, redrive::Unrecorded, refusal::Refusal};

mod metrics;
use metrics::EmbeddedMetrics;
pub use metrics::NAMESPACE;

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
    pub fn of_setting(value: &str) -> Self {
        match value.to_ascii_uppercase().as_str() {
            "TRACE" | "DEBUG" => Self::Debug,
            "WARN" => Self::Warn,
            "ERROR" | "FATAL" => Self::Error,
            _ => Self::Info,
        }
    }
}

/// What became of a request: the dimension of the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// In the table now.
    Recorded,
    /// In the table before.
    Duplicate,
    /// The console's check of the URL.
    Probe,
    /// Turned away, for the reason given.
    Refused,
    /// Not known to be in the table, for the reason given.
    Failed,
}

impl Outcome {
    const fn level_and_message(self) -> (Level, &'static str) {
        match self {
            Self::Recorded => (Level::Info, "recorded"),
            Self::Duplicate => (Level::Info, "recorded before"),
            Self::Probe => (Level::Info, "check of the URL answered"),
            Self::Refused => (Level::Warn, "refused"),
            Self::Failed => (Level::Error, "not recorded"),
        }
    }
}

/// What is known of a request, filled in on its way.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts<'a> {
    /// Application that admitted it.
    #[serde(rename = "SdkAppid", skip_serializing_if = "Option::is_none")]
    pub sdk_appid: Option<&'a str>,
    /// Position of the token that admitted it, in the setting `CALLBACK_TOKENS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<usize>,
    /// The command, if it is a name.
    #[serde(rename = "CallbackCommand", skip_serializing_if = "Option::is_none")]
    pub callback_command: Option<String>,
    /// The second half of `pk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Milliseconds since the epoch.
    #[serde(rename = "EventTime", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<u64>,
    /// From `EventTime` to receipt, in milliseconds. Clocks differ: it may be negative.
    #[serde(rename = "Lag", skip_serializing_if = "Option::is_none")]
    pub lag: Option<i64>,
    /// How long DynamoDB took, in milliseconds.
    #[serde(rename = "StoreTime", skip_serializing_if = "Option::is_none")]
    pub store_time: Option<f64>,
    /// Size of the body as it is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<usize>,
    /// The item's attribute `Problem`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether it is the first request of this instance.
    pub cold_start: bool,
    /// The function's name: a dimension of the metrics, so that two stacks of one account stay apart.
    pub function_name: &'a str,
    /// Lambda's id of the invocation.
    pub function_request_id: &'a str,
    /// X-Ray's id of the trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xray_trace_id: Option<&'a str>,
    /// API Gateway's id of the request.
    #[serde(rename = "RequestId")]
    pub request_id: &'a str,
}

/// Why an outcome is what it is.
#[derive(Clone, Debug, Serialize)]
pub struct Reason {
    /// A short name: a [`Refusal`]'s, or a [`StoreError`](crate::store::StoreError)'s.
    pub reason: String,
    /// The cause in a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Self {
        Self { reason: refusal.name().to_owned(), error: None }
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

#[derive(Serialize)]
struct CallbackLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    outcome: Outcome,
    #[serde(flatten)]
    reason: Option<&'a Reason>,
    #[serde(flatten)]
    facts: &'a Facts<'a>,
    /// The dimension: documented commands by name, all others as one.
    command: &'static str,
    #[serde(rename = "Callbacks")]
    callbacks: u8,
    _aws: EmbeddedMetrics,
    #[serde(skip_serializing_if = "Option::is_none")]
    unrecorded: Option<&'a Unrecorded<'a>>,
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
        Self::new(Level::of_setting(&level), std::io::stdout())
    }

    /// A line that belongs to no callback.
    pub fn note(&self, now: u64, level: Level, message: &str) {
        self.write(level, || Head { timestamp: rfc3339(now), level, message });
    }

    /// The line of a callback, at `now` (milliseconds since the epoch).
    pub fn callback(&self, now: u64, outcome: Outcome, reason: Option<&Reason>, facts: &Facts<'_>) {
        self.callback_line(now, outcome, reason, facts, None);
    }

    /// The lines of a callback that is not known to be in the table, with all that a redrive needs. The first
    /// one is like any callback's line; the body goes on in more lines where one is not enough.
    pub fn unrecorded(&self, now: u64, reason: &Reason, facts: &Facts<'_>, pieces: &[Unrecorded<'_>]) {
        let (first, others) =
            pieces.split_first().map_or((None, pieces), |(first, others)| (Some(first), others));
        self.callback_line(now, Outcome::Failed, Some(reason), facts, first);
        for piece in others {
            self.write(Level::Error, || {
                serde_json::json!({
                    "timestamp": rfc3339(now),
                    "level": Level::Error,
                    "message": "not recorded, continued",
                    "function_request_id": facts.function_request_id,
                    "unrecorded": piece,
                })
            });
        }
    }

    fn callback_line(
        &self,
        now: u64,
        outcome: Outcome,
        reason: Option<&Reason>,
        facts: &Facts<'_>,
        unrecorded: Option<&Unrecorded<'_>>,
    ) {
        let (level, message) = outcome.level_and_message();
        let documented = facts.callback_command.as_deref().and_then(command::documented);
        self.write(level, || CallbackLine {
            head: Head { timestamp: rfc3339(now), level, message },
            outcome,
            reason,
            facts,
            command: documented.map_or("other", |command| command.name),
            callbacks: 1,
            _aws: EmbeddedMetrics::of(now, reason.is_some(), facts),
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
            // One write a line keeps lines whole. A log that can't be written has nobody to tell.
            let _ = self.to.lock().unwrap_or_else(PoisonError::into_inner).write_all(&bytes);
        }
    }
}

/// The time, in milliseconds since the epoch.
#[must_use]
pub fn now_millis() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

fn rfc3339(millis: u64) -> String {
    let seconds = i64::try_from(millis / 1000).unwrap_or(i64::MAX);
    let whole = DateTime::from_secs(seconds).fmt(DateTimeFormat::DateTime).unwrap_or_default();
    // Always three digits, so that lines sort by their text.
    format!("{}.{:03}Z", whole.trim_end_matches('Z'), millis % 1000)
}
