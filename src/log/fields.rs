//! The fields of a request's log line.

use std::borrow::Cow;

use serde::Serialize;

use super::level::Level;
use crate::{forward::ForwardResult, unforwarded::Unforwarded};

/// The fields of a request's log line, filled in as they become known.
///
/// Names are Tencent's if Tencent has one, or those of Powertools for AWS Lambda (`cold_start`,
/// `function_request_id`). `Sign`, tokens and credentials are in no field.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LogFields<'a> {
    /// The application that the request is for.
    #[serde(rename = "SdkAppid", skip_serializing_if = "Option::is_none")]
    pub sdk_appid: Option<&'a str>,
    /// Whether this is the console's URL check without `SdkAppid`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sdkappid_absent: bool,
    /// Position in `CALLBACK_TOKENS` of the token that made the `Sign`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<usize>,
    /// The command, if it is a valid name.
    #[serde(rename = "CallbackCommand", skip_serializing_if = "Option::is_none")]
    pub callback_command: Option<Cow<'a, str>>,
    /// The subject, the second half of `pk`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Milliseconds since the epoch.
    #[serde(rename = "EventTime", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<u64>,
    /// From `EventTime` to the arrival, in milliseconds. Clocks differ, so it can be negative.
    #[serde(rename = "Lag", skip_serializing_if = "Option::is_none")]
    pub lag: Option<i64>,
    /// How long DynamoDB took, in milliseconds.
    #[serde(rename = "StoreTime", skip_serializing_if = "Option::is_none")]
    pub store_time: Option<f64>,
    /// The result of forwarding the callback to your own receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward: Option<ForwardResult>,
    /// How long forwarding took, in milliseconds.
    #[serde(rename = "ForwardTime", skip_serializing_if = "Option::is_none")]
    pub forward_time: Option<f64>,
    /// `timeout` or `panic` if your decision gave no answer, so that the default answer was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<&'static str>,
    /// `too_large` if the answer was too large for Lambda and the plain answer was sent instead. `unusable` if your own
    /// receiver took a before-callback, but its answer could not be sent to Tencent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<&'static str>,
    /// Size of the recorded body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<usize>,
    /// The beginning of a refused body. Only if the sender was admitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Cow<'a, str>>,
    /// The item's attribute `Problem`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether this is the first request of the instance.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cold_start: bool,
    /// The function's version. Only if the callback is not recorded: deployments watch it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_version: Option<&'a str>,
    /// Lambda's id of the invocation. Only if the callback is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_request_id: Option<&'a str>,
    /// API Gateway's id of the request.
    #[serde(rename = "RequestId")]
    pub request_id: &'a str,
    /// Everything that `reforward` needs, if your own receiver did not take the callback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unforwarded: Option<Unforwarded<'a>>,
}

impl LogFields<'_> {
    /// The lowest level that these fields require, whatever the outcome.
    pub(super) fn level(&self) -> Level {
        let is_ok = self.answer.is_none()
            && self.decision.is_none()
            && self.unforwarded.is_none()
            && self.forward.is_none_or(ForwardResult::is_ok);
        if is_ok { Level::Info } else { Level::Warn }
    }
}
