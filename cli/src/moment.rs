//! Points in time and lengths of time on the command line.

use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use tencent_chat_webhook::time::now_millis;

/// A point in time, in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// The last time that has 13 digits, as in each sort key.
    pub(crate) const LAST: Self = Self(9_999_999_999_999);

    pub(crate) fn now() -> Self {
        Self(now_millis())
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

/// A length of time that is not negative.
pub(crate) fn length(text: &str) -> Option<SignedDuration> {
    let length = text.parse::<Span>().ok()?.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (!length.is_negative()).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn period_is_a_positive_length_of_time() {
        for (text, hours) in [("12h", 12), ("30d", 720), ("1w", 168), ("1d 12h", 36)] {
            assert_eq!(text.parse(), Ok(Period(hours * 3_600_000)), "{text}");
        }
        for text in ["", "30", "0d", "-30d", "1mo", "2026-11-21", "99999999999999999999d"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
