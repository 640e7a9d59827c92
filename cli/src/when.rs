//! A WHEN of the command line: a point in time, or a day or a month.

use std::{ops::RangeInclusive, str::FromStr};

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
};

use crate::{
    fault::Fault,
    moment::{Moment, length},
    zone,
};

/// The expected form, for an error.
const EXPECTED: &str = "expected a time such as 2026-11-21T09:00:00Z, a day such as 2026-11-21, today or yesterday, \
    a month such as 2026-11, an age such as 90m, 12h or 7d, or milliseconds since the epoch";

/// The number of digits of milliseconds since the epoch.
const MILLIS_DIGITS: usize = 13;

/// The years with events. With a zone, other years may have times that no clock shows.
const YEARS: RangeInclusive<i16> = 1970..=9998;

/// A point in time, or a day or a month of the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    At(Moment),
    /// A length of time before now, and the time that it stood for when it was read.
    Ago(SignedDuration, Moment),
    /// A time without a zone.
    Civil(DateTime),
    Day(Date),
    /// The first day of a month.
    Month(Date),
    Today,
    Yesterday,
}

impl From<Moment> for When {
    fn from(moment: Moment) -> Self {
        Self::At(moment)
    }
}

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "today" => Some(Self::Today),
            "yesterday" => Some(Self::Yesterday),
            _ => millis(text).or_else(|| ago(text)).or_else(|| at(text)).or_else(|| civil(text)),
        }
        .ok_or(EXPECTED)
    }
}

/// The end of a span, now by default.
///
/// # Errors
/// If it is not after the beginning.
pub(crate) fn end(since: Option<Moment>, until: Option<When>) -> Result<Moment, Fault> {
    let until = until.map_or_else(Moment::now, When::end);
    if since.is_some_and(|since| until <= since) {
        return Err(Fault::usage("--until is not after --since"));
    }
    Ok(until)
}

impl When {
    /// The time itself, or the beginning of the day or month.
    pub(crate) fn start(self) -> Moment {
        match self {
            Self::At(moment) | Self::Ago(_, moment) => moment,
            Self::Civil(civil) => first(civil),
            Self::Day(date) | Self::Month(date) => start_of(date),
            Self::Today => start_of(today()),
            Self::Yesterday => start_of(today().yesterday().unwrap_or(Date::MIN)),
        }
    }

    /// The time itself, or the end of the day or month, which is the start of the next one.
    pub(crate) fn end(self) -> Moment {
        let next = |date: Date| start_of(date.tomorrow().unwrap_or(Date::MAX));
        match self {
            Self::At(_) | Self::Ago(..) | Self::Civil(_) => self.start(),
            Self::Day(date) => next(date),
            Self::Month(date) => next(date.last_of_month()),
            Self::Today => next(today()),
            Self::Yesterday => start_of(today()),
        }
    }

    /// The text, if it stands for another time in a later run.
    pub(crate) fn relative(self) -> Option<String> {
        match self {
            Self::Ago(length, _) => Some(format!("{length:#}")),
            Self::Today => Some("today".to_owned()),
            Self::Yesterday => Some("yesterday".to_owned()),
            _ => None,
        }
    }
}

fn millis(text: &str) -> Option<When> {
    let is_millis = text.len() == MILLIS_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    is_millis.then(|| text.parse().ok().map(|millis| When::At(Moment(millis))))?
}

/// The time one length before now.
fn ago(text: &str) -> Option<When> {
    let length = length(text)?;
    let time = moment(Timestamp::now().checked_sub(length).ok()?)?;
    Some(When::Ago(length, time))
}

/// A time with its zone.
fn at(text: &str) -> Option<When> {
    moment(text.parse().ok()?).map(When::At)
}

/// A time, a day or a month without a zone.
fn civil(text: &str) -> Option<When> {
    let has_time = text.contains(['T', 't', ' ']);
    let is_month = text.len() == "YYYY-MM".len();
    let (when, year) = if has_time {
        let civil: DateTime = text.parse().ok()?;
        (When::Civil(civil), civil.year())
    } else {
        let date: Date = if is_month { format!("{text}-01").parse() } else { text.parse() }.ok()?;
        (if is_month { When::Month(date) } else { When::Day(date) }, date.year())
    };
    YEARS.contains(&year).then_some(when)
}

fn moment(time: Timestamp) -> Option<Moment> {
    u64::try_from(time.as_millisecond()).ok().map(Moment)
}

fn start_of(date: Date) -> Moment {
    first(date.to_datetime(Time::midnight()))
}

fn first(civil: DateTime) -> Moment {
    zone::moment(civil).map_or(Moment::LAST, Moment)
}

fn today() -> Date {
    zone::civil(Moment::now().0).map_or(Date::MAX, DateTime::date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_read_with_and_without_optional_parts() {
        for (text, start, end) in [
            ("2022-12-09T08:26:54.007Z", 1_670_574_414_007, 1_670_574_414_007),
            ("2022-12-09T08:26:54Z", 1_670_574_414_000, 1_670_574_414_000),
            ("2022-12-09T16:26:54+08:00", 1_670_574_414_000, 1_670_574_414_000),
            ("2022-12-09T08:26:54", 1_670_574_414_000, 1_670_574_414_000),
            ("1670574414007", 1_670_574_414_007, 1_670_574_414_007),
            ("2022-12-09", 1_670_544_000_000, 1_670_630_400_000),
            ("2022-12", 1_669_852_800_000, 1_672_531_200_000),
        ] {
            let when: When = text.parse().expect(text);
            assert_eq!((when.start(), when.end()), (Moment(start), Moment(end)), "{text}");
        }
    }

    #[test]
    fn age_counts_back_from_now() {
        for (text, seconds) in [("0s", 0), ("90m", 5400), ("12h", 43_200), ("7d", 604_800), ("1w", 604_800)] {
            let when: When = text.parse().expect(text);
            assert!((Moment::now().0 - when.start().0).abs_diff(seconds * 1000) < 5000, "{text}");
            assert_eq!(when.start(), when.end(), "{text}");
        }
    }

    #[test]
    fn relative_time_is_read_again_from_its_text() {
        for (text, expected) in [
            ("90m", Some("1h 30m")),
            ("7d", Some("168h")),
            ("today", Some("today")),
            ("yesterday", Some("yesterday")),
            ("2022-12-09", None),
            ("1670574414007", None),
        ] {
            let when: When = text.parse().expect(text);
            assert_eq!(when.relative().as_deref(), expected, "{text}");
            assert!(expected.is_none_or(|again| again.parse::<When>().is_ok()), "{text}");
        }
    }

    #[test]
    fn yesterday_ends_where_today_begins() {
        let day = 86_400_000;
        let now = Moment::now().0;
        assert_eq!(When::Yesterday.end(), When::Today.start());
        assert_eq!(When::Today.end().0 - When::Yesterday.start().0, 2 * day);
        assert!(When::Today.start().0.abs_diff(now / day * day) <= day, "{now}");
    }

    #[test]
    fn other_text_is_an_error() {
        for text in [
            "",
            "h",
            "-1h",
            "1y",
            "tomorrow",
            "2022-13-01",
            "2022-13",
            "1969-12-31",
            "9999-12",
            "99999999999999999999d",
            "99999999d",
            "167057441400",
            "16705744140071",
            "1é",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
