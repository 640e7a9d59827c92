//! The answer to a callback (page 34354).

use std::borrow::Cow;

use serde::Serialize;

mod check;
mod default;
mod message;
pub(crate) mod rule;
pub use check::AnswerError;
pub use message::Element;
pub(crate) use message::NewMessage;

/// The body of the response to Tencent. Only an [`Ask`](crate::Ask) and the default give one, so it always fits its
/// command.
///
/// `ActionStatus` is `OK` even for a denial: `FAIL` means that the receiver failed, not that it decided against
/// something.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    action_status: &'static str,
    error_info: Cow<'static, str>,
    error_code: u32,
    #[serde(flatten)]
    extra: Option<Extra>,
}

/// The fields that only some commands have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) enum Extra {
    #[serde(rename = "RefusedMembers_Account")]
    RefusedMembers(Vec<String>),
    #[serde(rename = "RefusedSubscribers_Account")]
    RefusedSubscribers(Vec<String>),
    ResultItem(Vec<ResultItem>),
    RspData(Cow<'static, str>),
    #[serde(untagged)]
    NewMessage(NewMessage),
}

/// The decision on one friend.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ResultItem {
    #[serde(rename = "To_Account")]
    pub(crate) to_account: String,
    #[serde(rename = "ResultCode")]
    pub(crate) code: u32,
    #[serde(rename = "ResultInfo")]
    pub(crate) info: Cow<'static, str>,
}

impl Answer {
    /// The JSON of the plain answer, which allows.
    pub const PLAIN: &'static str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;

    pub(crate) const fn ok() -> Self {
        Self::code(0, Cow::Borrowed(""))
    }

    pub(crate) const fn code(error_code: u32, error_info: Cow<'static, str>) -> Self {
        Self { action_status: "OK", error_info, error_code, extra: None }
    }

    pub(crate) fn with(mut self, extra: Extra) -> Self {
        self.extra = Some(extra);
        self
    }

    /// `ErrorCode`: 0 allows, unless other fields say more.
    #[must_use]
    pub fn error_code(&self) -> u32 {
        self.error_code
    }

    /// `ErrorInfo`: the text of a denial.
    #[must_use]
    pub fn error_info(&self) -> &str {
        &self.error_info
    }

    /// The body to send, in JSON.
    #[must_use]
    pub fn json(&self) -> Cow<'static, str> {
        if *self == Self::ok() {
            return Cow::Borrowed(Self::PLAIN);
        }
        // Serializing an answer can't fail. If it did, the chat should go on.
        serde_json::to_string(self).map_or(Cow::Borrowed(Self::PLAIN), Cow::Owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_constant_equals_the_plain_answer() {
        assert!(matches!(Answer::ok().json(), Cow::Borrowed(Answer::PLAIN)));
        assert_eq!(serde_json::to_string(&Answer::ok()).expect("an answer"), Answer::PLAIN);
    }

    #[test]
    fn texts_are_escaped() {
        let answer = Answer::code(1, "\"\n群".into());
        assert_eq!(answer.json(), r#"{"ActionStatus":"OK","ErrorInfo":"\"\n群","ErrorCode":1}"#);
    }
}
