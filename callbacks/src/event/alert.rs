//! Alarms about the application itself.

use serde::Deserialize;

use crate::value::{Millis, Number, Text};

/// Requests come close to the limit of one of Tencent's interfaces: above 80 % (page 60256; 269/105418). It
/// has no switch, and comes to whoever has set a URL.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct RequestOverLimit<'a> {
    /// Tencent's service behind the interface.
    pub service_name: Text<'a>,
    /// The interface's command.
    pub command: Text<'a>,
    /// Requests a second, as they are.
    pub request: Option<Number>,
    /// Requests a second, as they may be.
    pub limit: Option<Number>,
    /// When it happened. Not on the page.
    pub event_time: Option<Millis>,
}
