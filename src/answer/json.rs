//! The answer as JSON.

use std::borrow::Cow;

use serde::Serialize;

use super::message::NewMessage;

/// What Tencent is told: that all is well with the callback, and what was decided (page 34354).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Answer {
    // `FAIL` would say that the receiver failed, not that it decided against something.
    action_status: &'static str,
    error_info: Cow<'static, str>,
    error_code: u32,
    #[serde(flatten)]
    further: Option<Further>,
}

/// The field, or fields, that only some commands know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) enum Further {
    #[serde(rename = "RefusedMembers_Account")]
    RefusedMembers(Vec<String>),
    #[serde(rename = "RefusedSubscribers_Account")]
    RefusedSubscribers(Vec<String>),
    ResultItem(Vec<ResultItem>),
    RspData(Cow<'static, str>),
    #[serde(untagged)]
    NewMessage(NewMessage),
}

/// What is decided on one friend.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct ResultItem {
    #[serde(rename = "To_Account")]
    to_account: String,
    #[serde(rename = "ResultCode")]
    code: u32,
    #[serde(rename = "ResultInfo")]
    info: Cow<'static, str>,
}

impl Answer {
    /// The JSON of the plain answer.
    pub const PLAIN: &'static str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;

    /// The plain answer, which allows what was asked for.
    pub(super) const fn plain() -> Self {
        Self::code(0, Cow::Borrowed(""))
    }

    pub(super) const fn code(error_code: u32, error_info: Cow<'static, str>) -> Self {
        Self { action_status: "OK", error_info, error_code, further: None }
    }

    pub(super) fn with(mut self, further: Further) -> Self {
        self.further = Some(further);
        self
    }

    /// One friend's part of an answer; this is the whole of it for that friend.
    pub(super) fn about(self, to_account: String) -> ResultItem {
        ResultItem { to_account, code: self.error_code, info: self.error_info }
    }

    /// The body of the reply.
    #[must_use]
    pub fn json(&self) -> Cow<'static, str> {
        if *self == Self::plain() {
            return Cow::Borrowed(Self::PLAIN);
        }
        // Nothing in an answer can fail to be written; were it otherwise, the chat should go on.
        serde_json::to_string(self).map_or(Cow::Borrowed(Self::PLAIN), Cow::Owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_answer_is_written_without_a_serializer_to_the_same_effect() {
        assert!(matches!(Answer::plain().json(), Cow::Borrowed(Answer::PLAIN)));
        assert_eq!(serde_json::to_string(&Answer::plain()).expect("an answer"), Answer::PLAIN);
    }

    #[test]
    fn texts_are_escaped() {
        let answer = Answer::code(1, "\"\n群".into());
        assert_eq!(answer.json(), r#"{"ActionStatus":"OK","ErrorInfo":"\"\n群","ErrorCode":1}"#);
    }
}
