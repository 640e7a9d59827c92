//! Tencent's hours, which are those of Beijing.

use std::fmt;

use jiff::{
    Timestamp,
    tz::{self, TimeZone},
};

use crate::{moment::Moment, zone::zone};

pub(super) const HOUR_MILLIS: u64 = 3_600_000;

/// Tencent begins with a file when its hour is over, and usually needs an hour.
const LATE_MILLIS: u64 = 2 * HOUR_MILLIS;

/// An hour, by its number since the epoch. Beijing is eight whole hours ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hour(u64);

/// The hours that are over. The first one begins at `since` or before it.
pub(super) fn hours(since: Moment, until: Moment) -> impl Iterator<Item = Hour> + use<> {
    let over = Moment::now().0 / HOUR_MILLIS;
    (since.0 / HOUR_MILLIS..until.0.div_ceil(HOUR_MILLIS).min(over)).map(Hour)
}

impl Hour {
    pub(super) fn start(self) -> u64 {
        self.0 * HOUR_MILLIS
    }

    /// Whether it contains a time in seconds.
    pub(super) fn contains(self, seconds: i64) -> bool {
        u64::try_from(seconds).is_ok_and(|seconds| seconds / 3600 == self.0)
    }

    /// Whether Tencent may still be working on its file.
    pub(super) fn may_be_late(self, now: Moment) -> bool {
        now.0 < self.start() + HOUR_MILLIS + LATE_MILLIS
    }

    /// `MsgTime` of Tencent's API: `YYYYMMDDHH` in Beijing.
    pub(super) fn msg_time(self) -> String {
        tz::offset(8).to_datetime(self.timestamp()).strftime("%Y%m%d%H").to_string()
    }

    fn timestamp(self) -> Timestamp {
        let seconds = i64::try_from(self.0 * 3600).unwrap_or(i64::MAX);
        Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
    }
}

/// In the zone of this run.
impl fmt::Display for Hour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if *zone() == TimeZone::UTC { "%Y-%m-%dT%H:%MZ" } else { "%Y-%m-%dT%H:%M%:z" };
        write!(formatter, "{}", self.timestamp().to_zoned_datetime(zone().clone()).strftime(format))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hour_is_told_in_utc_and_asked_for_in_beijing() {
        let hour = Hour(1_670_574_414_000 / HOUR_MILLIS);
        assert_eq!(
            (hour.to_string().as_str(), hour.msg_time().as_str()),
            ("2022-12-09T08:00Z", "2022120916")
        );
        let late = Hour(1_670_630_399_000 / HOUR_MILLIS);
        assert_eq!(late.msg_time(), "2022121007");
        assert!(
            hour.contains(1_670_572_800) && hour.contains(1_670_576_399) && !hour.contains(1_670_576_400)
        );
    }

    #[test]
    fn hours_begin_before_the_span_and_end_before_now() {
        let at = |hours: u64| Moment(hours * HOUR_MILLIS);
        let numbers = |since, until| hours(since, until).map(|hour| hour.0).collect::<Vec<_>>();
        assert_eq!(numbers(Moment(at(5).0 + 1), Moment(at(7).0 + 1)), [5, 6, 7]);
        assert_eq!(numbers(at(5), at(6)), [5]);
        let now = Moment::now();
        assert!(numbers(now, Moment(now.0 + 1)).is_empty());
    }
}
