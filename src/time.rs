//! The clock, and the formats of times.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};

/// The end of the year 9999, in seconds since the epoch. The format has no later time.
const LAST_SECOND: u64 = 253_402_300_799;

/// The current time, in milliseconds since the epoch.
#[must_use]
pub fn now_millis() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

/// A time in milliseconds as `YYYY-MM-DDThh:mm:ss.mmmZ`. It always has three digits after the point, so that log
/// lines sort by their text. A time after the year 9999 becomes its last second.
#[must_use]
pub fn rfc3339(millis: u64) -> String {
    format!("{}.{:03}Z", whole_seconds(millis).trim_end_matches('Z'), millis % 1000)
}

/// The UTC day of a time in milliseconds: `YYYY-MM-DD`.
#[must_use]
pub fn day(millis: u64) -> String {
    let mut day = whole_seconds(millis);
    day.truncate("YYYY-MM-DD".len());
    day
}

/// A duration in milliseconds, with three digits after the point.
#[must_use]
pub fn milliseconds(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}

fn whole_seconds(millis: u64) -> String {
    let seconds = (millis / 1000).min(LAST_SECOND);
    DateTime::from_secs(seconds.cast_signed()).fmt(DateTimeFormat::DateTime).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_show_milliseconds_and_days_only_the_date() {
        for (millis, time, date) in [
            (0, "1970-01-01T00:00:00.000Z", "1970-01-01"),
            (1_670_574_414_007, "2022-12-09T08:26:54.007Z", "2022-12-09"),
            (1_670_630_399_999, "2022-12-09T23:59:59.999Z", "2022-12-09"),
            (1_670_630_400_000, "2022-12-10T00:00:00.000Z", "2022-12-10"),
            (u64::MAX, "9999-12-31T23:59:59.615Z", "9999-12-31"),
        ] {
            assert_eq!((rfc3339(millis).as_str(), day(millis).as_str()), (time, date));
        }
    }
}
