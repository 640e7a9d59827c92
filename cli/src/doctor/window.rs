//! The time that `doctor` checks.

use crate::moment::{Moment, Period};

/// The time until the API's metric shows a request, in milliseconds.
const DELAY: u64 = 2 * MINUTE;

/// The longest time from the API's count of a request to its line in the log, in milliseconds: the function's
/// `Timeout`, and a cold start.
const LAG: u64 = 4_000;

const MINUTE: u64 = 60_000;

/// A span of time, in milliseconds since the epoch, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Window {
    /// The span of the ledger: so long, until the API's metric is complete. It has whole minutes, as metrics have.
    pub(super) fn of_ledger(Period(length): Period) -> Self {
        let to = (Moment::now().0 - DELAY) / MINUTE * MINUTE;
        Self { from: to.saturating_sub(length) / MINUTE * MINUTE, to }
    }

    /// The same span, up to now.
    pub(super) fn up_to_now(self) -> Self {
        Self { to: Moment::now().0, ..self }
    }

    /// The start, where the API may have counted requests before the span that the function logged in it.
    pub(super) fn at_start(self) -> Self {
        Self { to: self.from + LAG, ..self }
    }

    /// The time after the end, where the function may have logged requests that the API counted in the span.
    pub(super) fn just_after(self) -> Self {
        Self { from: self.to, to: self.to + LAG }
    }
}
