//! The fields of a request's log line.

use std::borrow::Cow;

use serde::Serialize;

use super::level::Level;
use crate::forward::ForwardResult;

/// The fields of a request's log line, filled in as they become known.
///
/// Names are Tencent's for what Tencent names, and Powertools' where it has one (`cold_start`,
/// `function_request_id`, `xray_trace_id`). `Sign`, tokens and credentials are in no field.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts<'a> {
    /// Application that admitted it.
    #[serde(rename = "SdkAppid", skip_serializing_if = "Option::is_none")]
    pub sdk_appid: Option<&'a str>,
    /// Whether it is the console's check of the URL, and the URL had no `SdkAppid`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sdkappid_absent: bool,
    /// Position of the token that admitted it, in the setting `CALLBACK_TOKENS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<usize>,
    /// The command, if it is a name.
    #[serde(rename = "CallbackCommand", skip_serializing_if = "Option::is_none")]
    pub callback_command: Option<Cow<'a, str>>,
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
    /// The result of forwarding it to your own receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward: Option<ForwardResult>,
    /// How long that took, in milliseconds.
    #[serde(rename = "ForwardTime", skip_serializing_if = "Option::is_none")]
    pub forward_time: Option<f64>,
    /// `too_large`, where the answer was too large for Lambda and the plain one was sent instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<&'static str>,
    /// Size of the body as it is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<usize>,
    /// The beginning of a body that was refused although its sender was admitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Cow<'a, str>>,
    /// The item's attribute `Problem`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Whether it is the first request of this instance.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cold_start: bool,
    /// The function's version, of a callback that is not recorded: what a deployment watches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_version: Option<&'a str>,
    /// Lambda's id of the invocation, of a callback that is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_request_id: Option<&'a str>,
    /// X-Ray's id of the trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xray_trace_id: Option<&'a str>,
    /// API Gateway's id of the request.
    #[serde(rename = "RequestId")]
    pub request_id: &'a str,
}

impl Facts<'_> {
    /// The severity, apart from the outcome.
    pub(super) fn level(&self) -> Level {
        let is_well = self.answer.is_none() && self.forward.is_none_or(ForwardResult::is_well);
        if is_well { Level::Info } else { Level::Warn }
    }
}
