//! The forms in which AWS shows a log line.

use serde_json::{Value, json};

use super::*;

fn piece(id: &str, piece: usize, pieces: usize, body: &str) -> Unrecorded<'static> {
    Unrecorded {
        id: id.to_owned().into(),
        piece,
        pieces,
        query: "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull".into(),
        received_at: 1_670_574_414_321,
        request_id: "request-1".into(),
        body: body.to_owned().into(),
    }
}

/// The lines of a callback as the function logs them, one a piece.
fn lines(id: &str, bodies: &[&str]) -> Vec<String> {
    let line = |(index, body): (usize, &&str)| {
        let level_and_more = json!({
            "timestamp": "2026-11-21T09:00:00.000Z",
            "level": "ERROR",
            "message": if index == 0 { "not recorded" } else { "not recorded, continued" },
            "_aws": { "CloudWatchMetrics": [{ "Dimensions": [["outcome"]] }] },
            "unrecorded": piece(id, index + 1, bodies.len(), body),
        });
        level_and_more.to_string()
    };
    bodies.iter().enumerate().map(line).collect()
}

/// A log with other lines in it, among them one that only looks like ours.
fn log() -> Vec<String> {
    let mut log = lines("a", &[r#"{"Name":"群 \"x\" {[","MemberList":["#, "\n1]", "}"]);
    log.insert(1, "START RequestId: 8476a536 Version: $LATEST".to_owned());
    log.insert(2, r#"{"level":"INFO","message":"recorded","outcome":"recorded"}"#.to_owned());
    let forged = json!({ "level": "INFO", "message": "recorded", "subject": lines("forged", &["{}"])[0] });
    log.push(forged.to_string());
    log.extend(lines("b", &["{}"]));
    log
}

fn expected() -> Found {
    Found {
        whole: vec![
            piece("a", 1, 1, "{\"Name\":\"群 \\\"x\\\" {[\",\"MemberList\":[\n1]}"),
            piece("b", 1, 1, "{}"),
        ],
        ..Found::default()
    }
}

/// A prefix before each line, as `aws logs tail` makes it.
fn prefixed(prefix: &str) -> String {
    let lines: Vec<_> = log().iter().map(|line| format!("{prefix} {line}")).collect();
    lines.join("\n")
}

/// The reply of `FilterLogEvents`. Lambda's messages end with a line feed.
fn filter_log_events() -> Value {
    let event = |line: &String| {
        json!({
            "logStreamName": "2026/11/21/[$LATEST]5e1ff0a2", "timestamp": 1, "ingestionTime": 2,
            "message": format!("{line}\n"), "eventId": "3",
        })
    };
    json!({ "events": log().iter().map(event).collect::<Vec<_>>(), "searchedLogStreams": [] })
}

fn messages() -> Vec<Value> {
    let events = filter_log_events()["events"].take();
    let events = events.as_array().expect("a list of events").iter();
    events.map(|event| event["message"].clone()).collect()
}

#[test]
fn reads_the_lines_as_the_function_wrote_them() {
    assert_eq!(find(&log().join("\n")), expected());
}

#[test]
fn reads_aws_logs_tail_in_all_its_formats() {
    let detailed = "2026-11-21T09:00:00.123000+00:00 2026/11/21/[$LATEST]5e1ff0a2";
    assert_eq!(find(&prefixed(detailed)), expected());
    assert_eq!(find(&prefixed("2026-11-21T09:00:00")), expected(), "short");

    let pretty = |line: &String| match serde_json::from_str::<Value>(line) {
        Ok(value) => format!("{detailed} \n{value:#}\n"),
        Err(_) => format!("{detailed} {line}\n"),
    };
    assert_eq!(find(&log().iter().map(pretty).collect::<String>()), expected(), "json");

    let events = filter_log_events()["events"].take();
    let events = events.as_array().expect("a list of events").iter();
    let none: Vec<_> = events.map(Value::to_string).collect();
    assert_eq!(find(&none.join("\n")), expected(), "none");
}

#[test]
fn reads_aws_logs_filter_log_events_in_json_and_text() {
    assert_eq!(find(&format!("{:#}", filter_log_events())), expected());
    assert_eq!(find(&json!(messages()).to_string()), expected(), "--query, json");
    let text: Vec<_> = messages().iter().filter_map(|message| message.as_str().map(str::to_owned)).collect();
    assert_eq!(find(&text.join("\t")), expected(), "--query, text");
}

#[test]
fn pieces_may_come_out_of_order_and_repeatedly() {
    let mut log = log();
    log.extend(self::log());
    log.reverse();
    assert_eq!(find(&log.join("\n")), expected());
}

#[test]
fn a_missing_piece_is_told() {
    let whole = lines("a", &["{", "}", " "]);
    for missing in 0..3 {
        let mut log = whole.clone();
        log.remove(missing);
        log.extend(lines("b", &["{}"]));
        let found = find(&log.join("\n"));
        let incomplete = Incomplete { id: "a".to_owned(), received_at: 1_670_574_414_321 };
        assert_eq!(found.incomplete, [incomplete], "piece {missing}");
        assert_eq!(found.whole, [piece("b", 1, 1, "{}")]);
    }
}

#[test]
fn a_line_that_is_cut_off_is_told_and_hides_no_other() {
    let line = &lines("a", &[r#"{"Name":"x"}"#])[0];
    let start = line.find(FIELD).expect("the line has the field") + FIELD.len() + "\":{".len();
    for end in start..line.len() - 2 {
        let log = format!("{}\n{}\n", &line[..end], lines("b", &["{}"])[0]);
        let found = find(&log);
        assert_eq!(found.unreadable, 1, "cut at {end}");
        assert_eq!(found.whole, [piece("b", 1, 1, "{}")]);
    }
    let found = find(&line[..line.len() - 1]);
    assert_eq!(found.whole, [piece("a", 1, 1, r#"{"Name":"x"}"#)], "cut behind the piece");
    let foreign = line.replace("\"piece\":1", "\"piece\":\"one\"");
    assert_eq!(find(&foreign).unreadable, 1);
}

#[test]
fn nothing_is_found_in_nothing() {
    for log in ["", "\n", "no JSON", "{", "[[[", r#"{"events":[]}"#, "\"unrecorded\":", "{\"unrecorded"] {
        assert_eq!(find(log), Found::default(), "{log}");
    }
}
