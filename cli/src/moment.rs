//! Points in time and lengths of time on the command line.

use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp, civil, tz::TimeZone};
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
            "expected a time such as 2026-11-21T09:00:00Z or 2026-11-21, or an age such as 90m, 12h, 7d"
                .to_owned()
        })
    }
}

/// A length of time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period(pub(crate) u64);

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let millis = length(text).and_then(|length| u64::try_from(length.as_millis()).ok());
        let millis = millis.filter(|millis| *millis > 0);
        millis.map(Self).ok_or_else(|| "expected a length of time such as 90m, 12h, 30d".to_owned())
    }
}

/// The time one length before now.
fn ago(text: &str) -> Option<Timestamp> {
    Timestamp::now().checked_sub(length(text)?).ok()
}

/// A length of time that is not negative.
fn length(text: &str) -> Option<SignedDuration> {
    let length = text.parse::<Span>().ok()?.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (!length.is_negative()).then_some(length)
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
    fn time_is_read_with_and_without_optional_parts() {
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
    fn age_counts_back_from_now() {
        for (text, seconds) in [("0s", 0), ("90m", 5400), ("12h", 43_200), ("7d", 604_800), ("1w", 604_800)] {
            let Ok(Moment(millis)) = text.parse() else { panic!("{text}") };
            assert!((Moment::now().0 - millis).abs_diff(seconds * 1000) < 5000, "{text}");
        }
    }

    #[test]
    fn period_is_a_positive_length_of_time() {
        for (text, hours) in [("12h", 12), ("30d", 720), ("1w", 168), ("1d 12h", 36)] {
            assert_eq!(text.parse(), Ok(Period(hours * 3_600_000)), "{text}");
        }
        for text in ["", "30", "0d", "-30d", "1mo", "2026-11-21", "99999999999999999999d"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn other_text_is_an_error() {
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
