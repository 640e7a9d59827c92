//! The result of a request to the receiver, for the log.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// The result of a request to the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardResult {
    /// No response in time.
    Timeout,
    /// The receiver could not be reached, or closed the connection.
    Connection,
    /// The answer exceeds 64 KB.
    TooLarge,
    /// The answer is compressed, although the request does not accept that.
    Compressed,
    /// The answer is not a JSON object.
    NotJson,
    /// The receiver responded with this HTTP status. For a before-callback, 200 means a usable answer.
    Status(u16),
}

impl ForwardResult {
    /// The name in the log.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Timeout => "timeout".into(),
            Self::Connection => "connection".into(),
            Self::TooLarge => "too_large".into(),
            Self::Compressed => "compressed".into(),
            Self::NotJson => "not_json".into(),
            Self::Status(200) => "200".into(),
            Self::Status(status) => status.to_string().into(),
        }
    }

    /// Whether nothing is wrong with the receiver. A response other than 200 has no answer that can be used, but only a
    /// before-callback needs one.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }
}

/// Always a string, so that a metric filter can compare it.
impl Serialize for ForwardResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}
