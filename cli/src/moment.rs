//! Points in time, as people write them.

use std::str::FromStr;

use jiff::{Span, SpanRelativeTo, Timestamp, civil, tz::TimeZone};
use tencent_chat_webhook::time::now_millis;

/// A point in time, in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(now_millis())
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        ago(text).or_else(|| at(text)).and_then(millis).ok_or_else(|| {
            "expected a time as 2026-11-21T09:00:00Z or 2026-11-21, or how long ago as 90m, 12h, 7d"
                .to_owned()
        })
    }
}

/// So long before now.
fn ago(text: &str) -> Option<Timestamp> {
    let long = text.parse::<Span>().ok()?.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    if long.is_negative() { None } else { Timestamp::now().checked_sub(long).ok() }
}

/// A time, or a time or day in UTC.
fn at(text: &str) -> Option<Timestamp> {
    let utc = |text: &str| text.parse::<civil::DateTime>().ok()?.to_zoned_datetime(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| utc(text).map(|time| time.timestamp()))
}

fn millis(time: Timestamp) -> Option<Moment> {
    u64::try_from(time.as_millisecond()).ok().map(Moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_parts() {
        for (text, millis) in [
            ("2022-12-09T08:26:54.007Z", 1_670_574_414_007),
            ("2022-12-09T08:26:54Z", 1_670_574_414_000),
            ("2022-12-09T16:26:54+08:00", 1_670_574_414_000),
            ("2022-12-09T08:26:54", 1_670_574_414_000),
            ("2022-12-09", 1_670_544_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Moment(millis)), "{text}");
        }
    }

    #[test]
    fn ages_count_from_now() {
        for (text, seconds) in [("0s", 0), ("90m", 5400), ("12h", 43_200), ("7d", 604_800), ("1w", 604_800)] {
            let Ok(Moment(millis)) = text.parse() else { panic!("{text}") };
            assert!((Moment::now().0 - millis).abs_diff(seconds * 1000) < 5000, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "h",
            "-1h",
            "1y",
            "yesterday",
            "2022-13-01",
            "1969-12-31",
            "99999999999999999999d",
            "99999999d",
            "1é",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
