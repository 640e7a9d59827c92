//! The hour that `doctor` checks.

use crate::moment::Moment;

/// The length of the hour, in milliseconds.
const SPAN: u64 = 60 * 60_000;

/// The time until the API's metric shows a request, in milliseconds.
const DELAY: u64 = 2 * 60_000;

/// The longest time from the API's count of a request to its line in the log, in milliseconds: the function's
/// `Timeout`, and a cold start.
const LAG: u64 = 4_000;

/// The hour of the ledger, in milliseconds since the epoch. It has whole minutes, as metrics have. The logs are read
/// up to now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hour {
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Hour {
    pub(super) fn last() -> Self {
        let to = (Moment::now().0 - DELAY) / 60_000 * 60_000;
        Self { from: to - SPAN, to }
    }

    /// The part of the time to which a line of the log belongs.
    pub(super) fn part(self, millis: u64) -> Part {
        match millis {
            _ if millis < self.from => Part::Outside,
            _ if millis < self.from + LAG => Part::Start,
            _ if millis < self.to => Part::Inside,
            _ if millis < self.to + LAG => Part::JustAfter,
            _ => Part::Outside,
        }
    }
}

/// A part of the time. The API counts a request when it arrives, and the function logs it later, so the two can be on
/// different sides of the hour's start or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// In the hour, but the API may have counted the request before it.
    Start,
    /// In the hour.
    Inside,
    /// After the hour, but the API may have counted the request in it.
    JustAfter,
    /// Before the hour, or later than all of these.
    Outside,
}
