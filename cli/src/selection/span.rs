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
        (format!("{:013}", self.since.0), format!("{:013}", self.until.0))
    }
}
