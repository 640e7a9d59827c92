//! The outcome of a request, with the names that log and metrics share.

use std::borrow::Cow;

use crate::refused::Refused;

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The callback is in the table.
    Stored(Stored),
    /// It was the console's URL check.
    Probe,
    /// It was a health check.
    Health,
    /// The request was refused.
    Refused(Refused),
    /// The callback could not be stored, or it is unknown whether it was.
    Failed(Failure),
}

/// Which write put a callback into the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// This write.
    New,
    /// An earlier write.
    Duplicate,
}

/// The reason of a failure that a bug of this crate causes.
pub(crate) const PANIC: &str = "panic";

/// Why a callback is not known to be in the table. It may be there, if only DynamoDB's response was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `timeout`, `connection`, `response`, `request`, `panic`, or DynamoDB's error code.
    pub reason: Cow<'static, str>,
    /// The underlying error, in one line.
    pub error: String,
}

impl Failure {
    /// A failure, with its error in one line of at most 300 bytes. Only the first line is kept: DynamoDB's message
    /// about a wrong signature has the session token in a later line.
    pub(crate) fn new(reason: impl Into<Cow<'static, str>>, error: &str) -> Self {
        let line = error.lines().next().unwrap_or_default();
        let error = line[..line.floor_char_boundary(300)].to_owned();
        Self { reason: reason.into(), error }
    }

    /// The deadline passed before any attempt failed.
    pub(crate) fn late() -> Self {
        Self::new("timeout", "DynamoDB did not answer in time")
    }

    /// A bug in this crate. The panic has its own log line.
    pub(crate) fn panic() -> Self {
        Self::new(PANIC, "see the previous log line for the panic")
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.reason, self.error)
    }
}

impl std::error::Error for Failure {}

impl From<Result<Stored, Failure>> for Outcome {
    fn from(stored: Result<Stored, Failure>) -> Self {
        stored.map_or_else(Self::Failed, Self::Stored)
    }
}

impl Outcome {
    /// The name in log and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Stored(Stored::New) => "recorded",
            Self::Stored(Stored::Duplicate) => "duplicate",
            Self::Probe => "probe",
            Self::Health => "health",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }

    /// The reason of a refusal or failure.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Stored(_) | Self::Probe | Self::Health => None,
            Self::Refused(refusal) => Some(refusal.name()),
            Self::Failed(failure) => Some(&failure.reason),
        }
    }

    /// The error of a failure, in one line.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Failed(failure) => Some(&failure.error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use tencent_chat_callbacks::Refusal;

    use super::*;

    #[test]
    fn refusals_have_a_reason_and_failures_a_reason_and_an_error() {
        let (refused, failed) =
            (Refusal::SignWrong.into(), Failure::new("timeout", "No answer.\nA second line."));
        for (outcome, name, reason, error) in [
            (Outcome::Stored(Stored::New), "recorded", None, None),
            (Outcome::Stored(Stored::Duplicate), "duplicate", None, None),
            (Outcome::Probe, "probe", None, None),
            (Outcome::Health, "health", None, None),
            (Outcome::Refused(refused), "refused", Some("sign_wrong"), None),
            (Outcome::Failed(failed), "failed", Some("timeout"), Some("No answer.")),
        ] {
            assert_eq!((outcome.name(), outcome.reason(), outcome.error()), (name, reason, error));
        }
    }
}
