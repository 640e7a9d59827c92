//! Points in time, as people write them.

use std::str::FromStr;

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use tencent_chat_webhook::time::now_millis;

/// A point in time, in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        ago(text).or_else(|| at(text)).ok_or_else(|| {
            "expected a time as 2026-11-21T09:00:00Z or 2026-11-21, or how long ago as 90m, 12h, 7d"
                .to_owned()
        })
    }
}

/// So long before now.
fn ago(text: &str) -> Option<Moment> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    let millis = number.parse::<u64>().ok()?.checked_mul(seconds * 1000)?;
    now_millis().checked_sub(millis).map(Moment)
}

/// A time or a day.
fn at(text: &str) -> Option<Moment> {
    let parse = |text: &str| DateTime::from_str(text, DateTimeFormat::DateTimeWithOffset).ok();
    let time = parse(text).or_else(|| parse(&format!("{text}T00:00:00Z")))?;
    u64::try_from(time.to_millis().ok()?).ok().map(Moment)
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
            ("2022-12-09", 1_670_544_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Moment(millis)), "{text}");
        }
    }

    #[test]
    fn ages_count_from_now() {
        for (text, seconds) in [("0s", 0), ("90m", 5400), ("12h", 43_200), ("7d", 604_800), ("1w", 604_800)] {
            let Ok(Moment(millis)) = text.parse() else { panic!("{text}") };
            assert!((now_millis() - millis).abs_diff(seconds * 1000) < 5000, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "h", "-1h", "1y", "yesterday", "2022-13-01", "99999999999999999999d", "99999999d", "1é"]
        {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
