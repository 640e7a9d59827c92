//! What became of a request, in the words that log and metrics share.

use std::borrow::Cow;

use crate::{log::Level, refusal::Refusal};

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In the table now.
    Recorded,
    /// In the table before.
    Duplicate,
    /// The console's check of the URL.
    Probe,
    /// Turned away.
    Refused(Refusal),
    /// Not known to be in the table.
    Failed(Failure),
}

/// Why a callback is not known to be in the table. It may be there all the same, where only the answer of
/// DynamoDB was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `timeout`, `connection`, `response`, `request`, `panic`, or DynamoDB's error code.
    pub reason: Cow<'static, str>,
    /// The cause in a line.
    pub error: String,
}

impl Failure {
    /// A failure, and its cause in a line of at most 300 bytes. One line only: what DynamoDB says of a wrong
    /// signature goes on with the session token.
    pub(crate) fn new(reason: impl Into<Cow<'static, str>>, error: &str) -> Self {
        let line = error.lines().next().unwrap_or_default();
        let error = line[..line.floor_char_boundary(300)].to_owned();
        Self { reason: reason.into(), error }
    }

    /// The time was up, and no attempt had failed by then.
    pub(crate) fn late() -> Self {
        Self::new("timeout", "DynamoDB did not answer in time")
    }

    /// A bug of our own. What it is stands in the log line of the panic.
    pub(crate) fn panic() -> Self {
        Self::new("panic", "the log line before this one has its message and place")
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.reason, self.error)
    }
}

impl std::error::Error for Failure {}

impl Outcome {
    /// The name in log and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Duplicate => "duplicate",
            Self::Probe => "probe",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }

    /// What the log says.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Duplicate => "recorded before",
            Self::Probe => "check of the URL answered",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "not recorded",
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Recorded | Self::Duplicate | Self::Probe => Level::Info,
            Self::Refused(_) => Level::Warn,
            Self::Failed(_) => Level::Error,
        }
    }

    /// Why, where it is not well.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Recorded | Self::Duplicate | Self::Probe => None,
            Self::Refused(refusal) => Some(refusal.name()),
            Self::Failed(failure) => Some(&failure.reason),
        }
    }

    /// The cause of a failure, in a line.
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
    use super::*;

    #[test]
    fn each_outcome_has_its_words_and_only_a_failure_an_error() {
        let (refused, failed) = (Refusal::SignWrong, Failure::new("timeout", "No answer.\nA second line."));
        for (outcome, name, message, reason, error) in [
            (Outcome::Recorded, "recorded", "recorded", None, None),
            (Outcome::Duplicate, "duplicate", "recorded before", None, None),
            (Outcome::Probe, "probe", "check of the URL answered", None, None),
            (Outcome::Refused(refused), "refused", "refused", Some("sign_wrong"), None),
            (Outcome::Failed(failed), "failed", "not recorded", Some("timeout"), Some("No answer.")),
        ] {
            assert_eq!((outcome.name(), outcome.message()), (name, message));
            assert_eq!((outcome.reason(), outcome.error()), (reason, error), "{name}");
        }
    }
}
