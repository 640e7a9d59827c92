//! The time that is looked at.

use crate::moment::Moment;

/// How far back it looks, in milliseconds.
const SPAN: u64 = 60 * 60_000;

/// How long the API's metric may take to show a request, in milliseconds.
const DELAY: u64 = 2 * 60_000;

/// The hour of the ledger, in milliseconds since the epoch, in whole minutes as metrics have them. The logs are read
/// beyond its end, up to now.
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
}
