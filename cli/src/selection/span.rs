//! A span of time, as the sort key has it.

use crate::moment::Moment;

/// From `since`, before `until`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) since: Moment,
    pub(super) until: Moment,
}

impl Span {
    /// The smallest `sk` in the span, and a text between its `sk`s and all later ones.
    pub(super) fn bounds(self) -> (String, String) {
        (format!("{:013}", self.since.0), format!("{:013}", self.until.0))
    }
}
