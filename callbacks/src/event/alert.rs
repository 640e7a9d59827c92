//! Alarms about the application itself.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Millis, Number, Text};

/// Requests to one of Tencent's interfaces exceed 80 % of its limit (page 60256; 269/105418). It can't be switched
/// off: every application with a callback URL gets it.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct RequestOverLimit<'a> {
    /// Tencent's service behind the interface.
    pub service_name: Text<'a>,
    /// The interface's command.
    pub command: Text<'a>,
    /// The current number of requests per second.
    pub request: Option<Number>,
    /// The allowed number of requests per second.
    pub limit: Option<Number>,
    /// When it happened. Not on the page.
    pub event_time: Option<Millis>,
}
