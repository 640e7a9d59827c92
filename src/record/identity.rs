//! What a callback is about and when it happened: the two halves of its key.

use std::{borrow::Cow, ops::RangeInclusive};

use crate::callback::{
    Callback,
    object::{Field, Object},
    query::Query,
};

/// The longest subject that becomes part of the key, in bytes.
pub const MAX_SUBJECT_BYTES: usize = 1024;

/// Where the subject is looked for, in this order.
pub const SUBJECTS: [&str; 12] = [
    "GroupId",
    "Official_Account",
    "ContactItem.ToGroupId",
    "From_Account",
    "Report_Account",
    "Info.To_Account",
    "PairList[0].From_Account",
    "Owner_Account",
    "Operator_Account",
    "ClientUserId",
    "Events[0].TaskId",
    "Events[0].To_Account",
];

/// Where a time in seconds is looked for in a body without `EventTime`, in this order.
pub const TIMES_IN_SECONDS: [&str; 3] = ["MsgTime", "LastReadTime", "Events[0].EventTime"];

/// Sane times in milliseconds since the epoch are those of 13 digits: from September 2001 to November 2286.
const SANE_MILLIS: RangeInclusive<u64> = 1_000_000_000_000..=9_999_999_999_999;

/// Sane times in seconds since the epoch, of the same years.
const SANE_SECONDS: RangeInclusive<u64> = 1_000_000_000..=9_999_999_999;

/// What tells a callback from others, but for its command and body.
#[derive(Debug)]
pub struct Identity<'a> {
    /// A group, an official account, a user, or the command.
    pub subject: Cow<'a, str>,
    /// When it happened, as well as is known: milliseconds since the epoch.
    pub time: u64,
    /// The body's own `EventTime` in milliseconds, if it has a sane one.
    pub event_time: Option<u64>,
}

impl<'a> Identity<'a> {
    /// Looks for subject and time. What is there and doesn't fit is named in `problems`.
    #[must_use]
    pub fn new(
        callback: &'a Callback<'_>,
        query: &Query<'_>,
        received_at: u64,
        problems: &mut Vec<String>,
    ) -> Self {
        let event_time = event_time(&callback.object, problems);
        // Those of the body come first: RequestTime is another when Tencent sends the same callback again.
        let time = event_time
            .or_else(|| time_in_seconds(&callback.object, problems))
            .or_else(|| query.request_time_seconds().and_then(seconds))
            .unwrap_or(received_at);
        let subject = subject(&callback.object, problems).unwrap_or(Cow::Borrowed(&callback.command));
        Self { subject, time, event_time }
    }
}

/// The first of [`SUBJECTS`] that can be part of a key.
fn subject<'a>(object: &Object<'a>, problems: &mut Vec<String>) -> Option<Cow<'a, str>> {
    for path in SUBJECTS {
        match object.at(path) {
            Some(Field::String(subject)) if subject.is_empty() => problems.push(format!("{path} is empty")),
            Some(Field::String(subject)) if subject.len() > MAX_SUBJECT_BYTES => {
                problems.push(format!("{path} is over {MAX_SUBJECT_BYTES} bytes"));
            }
            Some(Field::String(subject)) => return Some(subject),
            None | Some(Field::Null) => {}
            Some(_) => problems.push(format!("{path} is not a string")),
        }
    }
    None
}

/// `EventTime` in milliseconds, whether it came as a string or a number, in milliseconds or in seconds.
fn event_time(object: &Object<'_>, problems: &mut Vec<String>) -> Option<u64> {
    let field = object.get("EventTime").filter(|field| *field != Field::Null)?;
    let time = whole_number(&field);
    if let Some(millis) = time.filter(|time| SANE_MILLIS.contains(time)) {
        return Some(millis);
    }
    let millis = time.and_then(seconds);
    let problem = if millis.is_some() { "EventTime is in seconds" } else { "EventTime is not a time" };
    problems.push(problem.to_owned());
    millis
}

/// The first sane one of [`TIMES_IN_SECONDS`], in milliseconds.
fn time_in_seconds(object: &Object<'_>, problems: &mut Vec<String>) -> Option<u64> {
    TIMES_IN_SECONDS.into_iter().find_map(|path| {
        let field = object.at(path).filter(|field| *field != Field::Null)?;
        let millis = whole_number(&field).and_then(seconds);
        if millis.is_none() {
            problems.push(format!("{path} is not a time in seconds"));
        }
        millis
    })
}

fn whole_number(field: &Field<'_>) -> Option<u64> {
    match field {
        // `parse` alone would take a leading plus.
        Field::String(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        Field::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}

/// A sane time in seconds as milliseconds.
fn seconds(seconds: u64) -> Option<u64> {
    SANE_SECONDS.contains(&seconds).then(|| seconds * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIVED_AT: u64 = 1_790_000_000_007;

    /// Subject, time, and problems of a body that came with a query string.
    fn identify(query: &str, body: &str) -> (String, u64, Option<u64>, String) {
        let query = Query::parse(query);
        let callback = Callback::parse(&query, body.as_bytes()).expect("an object").expect("a callback");
        let mut problems = Vec::new();
        let identity = Identity::new(&callback, &query, RECEIVED_AT, &mut problems);
        (identity.subject.into_owned(), identity.time, identity.event_time, problems.join("; "))
    }

    #[test]
    fn the_first_subject_that_fits_counts() {
        let longest = "x".repeat(MAX_SUBJECT_BYTES);
        let too_long = format!(r#"{{"GroupId":"{longest}x","Owner_Account":"o"}}"#);
        let long = format!(r#"{{"GroupId":"{longest}","Owner_Account":"o"}}"#);
        for (body, subject, problem) in [
            ("{}", "A.B", ""),
            (r#"{"GroupId":"g","From_Account":"f"}"#, "g", ""),
            (r#"{"Official_Account":"o","From_Account":"f"}"#, "o", ""),
            (r#"{"ContactItem":{"ToGroupId":"g","To_Account":"t"},"From_Account":"f"}"#, "g", ""),
            (r#"{"Report_Account":"r","Owner_Account":"o"}"#, "r", ""),
            (r#"{"Info":{"To_Account":"t"},"PairList":[{"From_Account":"f"}]}"#, "t", ""),
            (r#"{"PairList":[{"From_Account":"f"},{"From_Account":"g"}]}"#, "f", ""),
            (r#"{"Operator_Account":"p","Owner_Account":"o"}"#, "o", ""),
            (r#"{"Operator_Account":"p","ClientUserId":"c"}"#, "p", ""),
            (r#"{"ClientUserId":"c","Events":[{"TaskId":"t"}]}"#, "c", ""),
            (r#"{"Events":[{"To_Account":"a","TaskId":"t"}]}"#, "t", ""),
            (r#"{"Events":[{"To_Account":"a"}]}"#, "a", ""),
            (r#"{"Events":[],"Info":"x","PairList":{},"ContactItem":null}"#, "A.B", ""),
            (r#"{"GroupId":"","From_Account":null,"Owner_Account":"o"}"#, "o", "GroupId is empty"),
            (
                r#"{"GroupId":7,"Info":{"To_Account":[]}}"#,
                "A.B",
                "GroupId is not a string; Info.To_Account is not a string",
            ),
            (r#"{"GroupId":"\ud800","Owner_Account":"o"}"#, "o", "GroupId is not a string"),
            (&too_long, "o", "GroupId is over 1024 bytes"),
            (&long, &longest, ""),
        ] {
            let (found, _, _, problems) = identify("CallbackCommand=A.B", body);
            assert_eq!((found.as_str(), problems.as_str()), (subject, problem), "{body}");
        }
    }

    #[test]
    fn the_first_time_that_is_sane_counts() {
        const MILLIS: u64 = 1_670_574_414_123;
        const SECONDS: u64 = 1_670_574_414_000;
        const REQUEST: u64 = 1_670_574_999_000;
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
            ("{}", REQUEST, None, ""),
        ] {
            let (_, found, own, problems) = identify("RequestTime=1670574999", body);
            assert_eq!((found, own, problems.as_str()), (time, event_time, problem), "{body}");
        }
        for insane in ["0", "999999999", "10000000000", "1670574999000", "+1670574999", "x"] {
            assert_eq!(identify(&format!("RequestTime={insane}"), "{}").1, RECEIVED_AT, "{insane}");
        }
    }

    #[test]
    fn an_insane_event_time_counts_as_absent() {
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
            let (_, time, own, problems) = identify("RequestTime=1670574999", &body);
            assert_eq!(
                (time, own, problems.as_str()),
                (1_670_574_999_000, None, "EventTime is not a time"),
                "{body}"
            );
        }
    }
}
