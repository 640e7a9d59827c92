//! The levels of log lines.

use serde::Serialize;

/// The level of a line. The order matters: a log level hides lower ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// A detail for debugging.
    Debug,
    /// Success.
    #[default]
    Info,
    /// A refused request, or a failure that loses nothing.
    Warn,
    /// A callback is not in the table, or the function can't start.
    Error,
}

impl Level {
    /// The level for a value of `AWS_LAMBDA_LOG_LEVEL`; `Info` for an unknown value. Errors are never hidden: a
    /// redrive needs them.
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
