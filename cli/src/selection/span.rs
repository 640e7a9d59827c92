//! A span of time, in the form of the sort key.

use crate::moment::Moment;

/// From `since`, before `until`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) since: Moment,
    pub(super) until: Moment,
}

impl Span {
    /// The smallest `sk` in the span, and a text after each `sk` in the span and before each later one.
    pub(super) fn bounds(self) -> (String, String) {
        let until = format!("{:013}", self.until.0);
        // No time is after the last one. A colon is the character after 9.
        let until = if self.until < Moment::LAST { until } else { ":".to_owned() };
        (format!("{:013}", self.since.0), until)
    }
}
