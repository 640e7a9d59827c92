//! When a callback happened.

use crate::{
    object::{Field, Object},
    query::Query,
    value::{Millis, Seconds, decimal},
};

/// The fields that can hold the time of a body without `EventTime`, in this order. The pages give the first three in
/// seconds; the last one is the end of a call: Tencent's Call product uses the same protocol (page 68938).
pub const OTHER_TIMES: &[&str] = &["MsgTime", "LastReadTime", "Events[0].EventTime", "CallRecord.EndTime"];

/// A plausible time. The number of digits before the decimal point decides the unit.
enum Time {
    /// 13 digits: milliseconds, from September 2001 to November 2286.
    InMillis(Millis),
    /// 10 digits: seconds, in the same years.
    InSeconds(Millis),
}

/// `EventTime`, as a string or a number, in milliseconds or in seconds.
pub(super) fn event_time(object: &Object<'_>, problems: &mut Vec<String>) -> Option<Millis> {
    match time(&given(object, "EventTime")?) {
        Some(Time::InMillis(millis)) => Some(millis),
        Some(Time::InSeconds(millis)) => {
            problems.push("EventTime is in seconds".to_owned());
            Some(millis)
        }
        None => {
            problems.push("EventTime is not a time".to_owned());
            None
        }
    }
}

/// The first plausible time among [`OTHER_TIMES`], in milliseconds or in seconds.
pub(super) fn other_time(object: &Object<'_>, problems: &mut Vec<String>) -> Option<Millis> {
    OTHER_TIMES.iter().find_map(|path| match time(&given(object, path)?) {
        Some(Time::InMillis(millis) | Time::InSeconds(millis)) => Some(millis),
        None => {
            problems.push(format!("{path} is not a time"));
            None
        }
    })
}

/// The URL's `RequestTime`, if it is plausible.
pub(super) fn request_time(query: &Query<'_>) -> Option<Millis> {
    let seconds = i64::try_from(query.request_time_seconds()?).ok()?;
    (1_000_000_000..10_000_000_000).contains(&seconds).then(|| Seconds(seconds).into())
}

/// The field at a path, unless it is `null`.
fn given<'a>(object: &Object<'a>, path: &str) -> Option<Field<'a>> {
    object.at(path).filter(|field| *field != Field::Null)
}

fn time(field: &Field<'_>) -> Option<Time> {
    let number = match field {
        Field::String(text) => decimal::decimal(text)?,
        Field::Number(digits) => decimal::decimal(digits)?,
        _ => return None,
    };
    if (1e12..1e13).contains(&number) {
        return Some(Time::InMillis(Millis(decimal::integer(number.trunc())?)));
    }
    let is_in_seconds = (1e9..1e10).contains(&number);
    // Rounded, because a float can't hold most fractions exactly.
    is_in_seconds.then(|| Some(Time::InSeconds(Millis(decimal::integer((number * 1000.0).round())?))))?
}

#[cfg(test)]
mod tests {
    use super::OTHER_TIMES;
    use crate::{
        callback::{Callback, tests::nested},
        query::Query,
        value::Millis,
    };

    /// Time, `EventTime` and problems of a body and a query string.
    fn times(query: &str, body: &str) -> (Option<i64>, Option<i64>, String) {
        let callback = Callback::read(Query::parse(query), body.as_bytes());
        let callback = callback.expect("an object").expect("a callback");
        let millis = |time: Option<Millis>| time.map(|Millis(millis)| millis);
        (millis(callback.time()), millis(callback.event_time()), callback.problems().join("; "))
    }

    #[test]
    fn first_plausible_time_wins() {
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
            (r#"{"MsgTime":1670574414123}"#, MILLIS, None, ""),
            (r#"{"LastReadTime":"1670574414123"}"#, MILLIS, None, ""),
            (r#"{"Events":[{"EventTime":1670574414123}]}"#, MILLIS, None, ""),
            (r#"{"MsgTime":16705744141}"#, REQUEST, None, "MsgTime is not a time"),
            (r#"{"EventTime":0,"MsgTime":1670574414}"#, SECONDS, None, "EventTime is not a time"),
            (r#"{"EventTime":1670574414123.0}"#, MILLIS, Some(MILLIS), ""),
            (r#"{"EventTime":1670574414123.9}"#, MILLIS, Some(MILLIS), ""),
            (r#"{"EventTime":1.670574414123E12}"#, MILLIS, Some(MILLIS), ""),
            (r#"{"EventTime":"1670574414123.0"}"#, MILLIS, Some(MILLIS), ""),
            (r#"{"EventTime":"1.670574414123e+12"}"#, MILLIS, Some(MILLIS), ""),
            (r#"{"EventTime":1.670574414E9}"#, SECONDS, Some(SECONDS), "EventTime is in seconds"),
            (r#"{"EventTime":1670574414.123}"#, MILLIS, Some(MILLIS), "EventTime is in seconds"),
            (r#"{"MsgTime":1670574414.0}"#, SECONDS, None, ""),
            (r#"{"LastReadTime":"1.670574414E9"}"#, SECONDS, None, ""),
            (r#"{"Events":[{"EventTime":167057441400e-2}]}"#, SECONDS, None, ""),
            (r#"{"CallRecord":{"EndTime":1670574414123}}"#, MILLIS, None, ""),
            (r#"{"CallRecord":{"EndTime":"1670574414"}}"#, SECONDS, None, ""),
            (r#"{"CallRecord":{"EndTime":1.670574414E9},"MsgTime":1670574414}"#, SECONDS, None, ""),
            (r#"{"CallRecord":{"EndTime":5}}"#, REQUEST, None, "CallRecord.EndTime is not a time"),
            (r#"{"CallRecord":{"EndTime":null}}"#, REQUEST, None, ""),
            (r#"{"a":1}"#, REQUEST, None, ""),
        ] {
            let (found, own, problems) = times("RequestTime=1670574999", body);
            assert_eq!((found, own, problems.as_str()), (Some(time), event_time, problem), "{body}");
        }
        for path in OTHER_TIMES.iter().chain(&["EventTime"]) {
            let found = times("RequestTime=1670574999", &nested(path, "1670574414123")).0;
            assert_eq!(found, Some(MILLIS), "{path} after a thousand fields");
        }
        for implausible in ["0", "999999999", "10000000000", "1670574999000", "+1670574999", "x"] {
            let query = format!("RequestTime={implausible}");
            assert_eq!(times(&query, r#"{"a":1}"#).0, None, "{implausible}");
        }
    }

    #[test]
    fn implausible_event_time_counts_as_absent() {
        for event_time in [
            "-1",
            "0",
            "167057441",
            "16705744141",
            "1670574414123000",
            "99999999999999999999",
            "1e400",
            "-1670574414123",
            "1.5",
            "1670574414123e3",
            "999999999999.9",
            "\"1670574414123.\"",
            "\"0x18501f7a1ab\"",
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
