//! When a callback happened.

use std::ops::RangeInclusive;

use crate::{
    object::{Field, Object},
    query::Query,
    value::{Millis, Seconds},
};

/// The fields with a time in seconds that count in a body without `EventTime`, in this order.
pub const TIMES_IN_SECONDS: [&str; 3] = ["MsgTime", "LastReadTime", "Events[0].EventTime"];

/// A time in milliseconds is plausible if it has 13 digits: from September 2001 to November 2286.
const PLAUSIBLE_MILLIS: RangeInclusive<i64> = 1_000_000_000_000..=9_999_999_999_999;

/// A time in seconds is plausible if it has 10 digits: the same years.
const PLAUSIBLE_SECONDS: RangeInclusive<i64> = 1_000_000_000..=9_999_999_999;

/// `EventTime`, as a string or a number, in milliseconds or in seconds.
pub(super) fn event_time(object: &Object<'_>, problems: &mut Vec<String>) -> Option<Millis> {
    let field = object.get("EventTime").filter(|field| *field != Field::Null)?;
    let time = whole_number(&field);
    if let Some(millis) = time.filter(|time| PLAUSIBLE_MILLIS.contains(time)) {
        return Some(Millis(millis));
    }
    let millis = time.and_then(plausible_seconds);
    let problem = if millis.is_some() { "EventTime is in seconds" } else { "EventTime is not a time" };
    problems.push(problem.to_owned());
    millis
}

/// The first plausible one of [`TIMES_IN_SECONDS`].
pub(super) fn time_in_seconds(object: &Object<'_>, problems: &mut Vec<String>) -> Option<Millis> {
    TIMES_IN_SECONDS.into_iter().find_map(|path| {
        let field = object.at(path).filter(|field| *field != Field::Null)?;
        let millis = whole_number(&field).and_then(plausible_seconds);
        if millis.is_none() {
            problems.push(format!("{path} is not a time in seconds"));
        }
        millis
    })
}

/// The URL's `RequestTime`, if it is plausible.
pub(super) fn request_time(query: &Query<'_>) -> Option<Millis> {
    plausible_seconds(i64::try_from(query.request_time_seconds()?).ok()?)
}

fn whole_number(field: &Field<'_>) -> Option<i64> {
    match field {
        // `parse` alone would accept a leading plus.
        Field::String(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        Field::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}

fn plausible_seconds(seconds: i64) -> Option<Millis> {
    PLAUSIBLE_SECONDS.contains(&seconds).then(|| Seconds(seconds).into())
}

#[cfg(test)]
mod tests {
    use crate::{callback::Callback, query::Query, value::Millis};

    /// Time, `EventTime` and problems of a body that came with a query string.
    fn times(query: &str, body: &str) -> (Option<i64>, Option<i64>, String) {
        let callback = Callback::parse(&Query::parse(query), body.as_bytes());
        let callback = callback.expect("an object").expect("a callback");
        let millis = |time: Option<Millis>| time.map(|Millis(millis)| millis);
        (millis(callback.time()), millis(callback.event_time()), callback.problems().join("; "))
    }

    #[test]
    fn the_first_plausible_time_counts() {
        const MILLIS: i64 = 1_670_574_414_123;
        const SECONDS: i64 = 1_670_574_414_000;
        const REQUEST: i64 = 1_670_574_999_000;
        for (body, time, event_time, problem) in [
            (r#"{"EventTime":1670574414123,"MsgTime":1670574415}"#, MILLIS, Some(MILLIS), ""),
            (r#"{"EventTime":"1670574414123"}"#, MILLIS, Some(MILLIS), ""),
            (r#"{"EventTime":1670574414}"#, SECONDS, Some(SECONDS), "EventTime is in seconds"),
            (r#"{"EventTime":"1670574414"}"#, SECONDS, Some(SECONDS), "EventTime is in seconds"),
            (r#"{"EventTime":null,"MsgTime":1670574414}"#, SECONDS, None, ""),
            (r#"{"MsgTime":"1670574414","LastReadTime":1670574415}"#, SECONDS, None, ""),
            (r#"{"LastReadTime":1670574414}"#, SECONDS, None, ""),
            (r#"{"Events":[{"EventTime":1670574414},{"EventTime":1}]}"#, SECONDS, None, ""),
            (r#"{"MsgTime":1670574414123}"#, REQUEST, None, "MsgTime is not a time in seconds"),
            (r#"{"EventTime":0,"MsgTime":1670574414}"#, SECONDS, None, "EventTime is not a time"),
            (r#"{"a":1}"#, REQUEST, None, ""),
        ] {
            let (found, own, problems) = times("RequestTime=1670574999", body);
            assert_eq!((found, own, problems.as_str()), (Some(time), event_time, problem), "{body}");
        }
        for implausible in ["0", "999999999", "10000000000", "1670574999000", "+1670574999", "x"] {
            let query = format!("RequestTime={implausible}");
            assert_eq!(times(&query, r#"{"a":1}"#).0, None, "{implausible}");
        }
    }

    #[test]
    fn an_implausible_event_time_counts_as_absent() {
        for event_time in [
            "-1",
            "0",
            "167057441",
            "16705744141",
            "1670574414123000",
            "99999999999999999999",
            "1e400",
            "1.5",
            "\"\"",
            "\"abc\"",
            "\"+1670574414123\"",
            "\" 1670574414123\"",
            "true",
            "[]",
            "{\"a\":1}",
        ] {
            let body = format!(r#"{{"EventTime":{event_time}}}"#);
            let expected = (Some(1_670_574_999_000), None, "EventTime is not a time".to_owned());
            assert_eq!(times("RequestTime=1670574999", &body), expected, "{body}");
        }
    }
}
