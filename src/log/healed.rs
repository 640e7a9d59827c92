//! The callback that a line of the redrive or of `reforward` describes.

use std::borrow::Cow;

use serde::Serialize;

use super::Level;
use crate::forward::ForwardResult;

/// The callback that a line describes.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Healed<'a> {
    Redriven {
        /// Lambda's id of the invocation that could not record the callback.
        id: &'a str,
        /// Lambda's id of the redrive's invocation.
        function_request_id: &'a str,
    },
    Reforwarded(&'a Reforwarded<'a>),
}

/// The result of an attempt to forward a callback again.
#[derive(Clone, Debug, Serialize)]
pub struct Reforwarded<'a> {
    /// The level of the line.
    #[serde(skip)]
    pub level: Level,
    /// The message of the line.
    #[serde(skip)]
    pub message: &'static str,
    /// `forwarded`, `rejected`, `gone` or `failed`.
    #[serde(skip)]
    pub outcome: &'static str,
    /// The reason of a failure.
    #[serde(skip)]
    pub reason: Option<Cow<'static, str>>,
    /// The error of a failure, in one line.
    #[serde(skip)]
    pub error: Option<&'a str>,
    /// The item's partition key, if the entry could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pk: Option<&'a str>,
    /// The item's sort key, if the entry could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sk: Option<&'a str>,
    /// The receiver's response, if the callback was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward: Option<ForwardResult>,
    /// How long it took, in milliseconds.
    #[serde(rename = "ForwardTime", skip_serializing_if = "Option::is_none")]
    pub forward_time: Option<f64>,
    /// Lambda's id of the invocation.
    pub function_request_id: &'a str,
}
