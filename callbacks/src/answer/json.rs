//! The answer as JSON.

use std::borrow::Cow;

use serde::Serialize;

use super::message::NewMessage;
use crate::refusal::Refusal;

/// The body of the response to Tencent (page 34354).
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
    further: Option<Further>,
}

/// The fields that only some commands have.
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

/// The decision on one friend.
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

    /// The plain answer, which allows.
    #[must_use]
    pub const fn plain() -> Self {
        Self::code(0, Cow::Borrowed(""))
    }

    /// `FAIL`: the callback was not processed. `status` is the HTTP status of the reply; Tencent treats any status
    /// except 200 as a failure.
    #[must_use]
    pub fn fail(status: u16, error_info: impl Into<Cow<'static, str>>) -> Self {
        let (error_code, error_info) = (status.into(), error_info.into());
        Self { action_status: "FAIL", error_info, error_code, further: None }
    }

    pub(super) const fn code(error_code: u32, error_info: Cow<'static, str>) -> Self {
        Self { action_status: "OK", error_info, error_code, further: None }
    }

    pub(super) fn with(mut self, further: Further) -> Self {
        self.further = Some(further);
        self
    }

    /// The decision on one friend, as an entry of the answer.
    pub(super) fn about(self, to_account: String) -> ResultItem {
        ResultItem { to_account, code: self.error_code, info: self.error_info }
    }

    /// The answer as JSON.
    #[must_use]
    pub fn json(&self) -> Cow<'static, str> {
        if *self == Self::plain() {
            return Cow::Borrowed(Self::PLAIN);
        }
        // Serializing an answer can't fail. If it did, the chat should go on.
        serde_json::to_string(self).map_or(Cow::Borrowed(Self::PLAIN), Cow::Owned)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::fail(refusal.status(), refusal.error_info())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_constant_equals_the_plain_answer() {
        assert!(matches!(Answer::plain().json(), Cow::Borrowed(Answer::PLAIN)));
        assert_eq!(serde_json::to_string(&Answer::plain()).expect("an answer"), Answer::PLAIN);
    }

    #[test]
    fn texts_are_escaped_and_a_refusal_gives_fail() {
        let answer = Answer::code(1, "\"\n群".into());
        assert_eq!(answer.json(), r#"{"ActionStatus":"OK","ErrorInfo":"\"\n群","ErrorCode":1}"#);
        let refused = Answer::from(Refusal::BodyNotJson).json().into_owned();
        assert_eq!(refused, r#"{"ActionStatus":"FAIL","ErrorInfo":"The body is not JSON.","ErrorCode":400}"#);
    }
}
