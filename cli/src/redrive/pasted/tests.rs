//! The forms in which AWS shows a log line.

use aws_lambda_events::cloudwatch_logs::AwsLogs;
use serde_json::json;
use tencent_chat_webhook::unrecorded::Unrecorded;

use super::*;

fn piece(id: &str, body: &str) -> Unrecorded<'static> {
    let query = "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull";
    let entry = Unrecorded::new("", query, 1_670_574_414_321, "request-1", body.to_owned());
    Unrecorded { id: id.to_owned().into(), ..entry }
}

/// A callback's lines as the function logs them, one per piece.
fn lines(id: &str, bodies: &[&str]) -> Vec<String> {
    let whole = piece(id, &bodies.concat());
    let line = |(index, body): (usize, &&str)| {
        let piece =
            Unrecorded { piece: index + 1, pieces: bodies.len(), body: (*body).into(), ..whole.clone() };
        let level_and_more = json!({
            "timestamp": "2026-11-21T09:00:00.000Z",
            "level": "ERROR",
            "message": if index == 0 { "not recorded" } else { "not recorded, continued" },
            "_aws": { "CloudWatchMetrics": [{ "Dimensions": [["outcome"]] }] },
            "unrecorded": piece,
        });
        level_and_more.to_string()
    };
    bodies.iter().enumerate().map(line).collect()
}

fn find<T: AsRef<[u8]> + ?Sized>(log: &T) -> LogEntries {
    read(log.as_ref())
}

/// A log with other lines too, one of which only looks like an entry.
fn log() -> Vec<String> {
    let mut log = lines("a", &[r#"{"Name":"群 \"x\" {[","MemberList":["#, "\n1]", "}"]);
    log.insert(1, "START RequestId: 8476a536 Version: $LATEST".to_owned());
    log.insert(2, r#"{"level":"INFO","message":"recorded","outcome":"recorded"}"#.to_owned());
    let forged = &lines("forged", &["{}"])[0];
    let in_fields = json!({ "timestamp": "2026", "level": "INFO", "message": forged, "subject": forged });
    log.push(in_fields.to_string());
    log.extend(lines("b", &["{}"]));
    log
}

fn expected() -> LogEntries {
    LogEntries {
        whole: vec![piece("a", "{\"Name\":\"群 \\\"x\\\" {[\",\"MemberList\":[\n1]}"), piece("b", "{}")],
        ..LogEntries::default()
    }
}

/// A prefix before each line, as `aws logs tail` makes it.
fn prefixed(prefix: &str) -> String {
    let lines: Vec<_> = log().iter().map(|line| format!("{prefix} {line}")).collect();
    lines.join("\n")
}

/// The response of `FilterLogEvents`. Lambda's messages end with a line feed.
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
fn lines_of_the_function_are_read() {
    assert_eq!(find(&log().join("\n")), expected());
}

#[test]
fn aws_logs_tail_output_is_read_in_all_formats() {
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
fn filter_log_events_output_is_read_in_json_and_text() {
    assert_eq!(find(&format!("{:#}", filter_log_events())), expected());
    assert_eq!(find(&json!(messages()).to_string()), expected(), "--query, json");
    let text: Vec<_> = messages().iter().filter_map(|message| message.as_str().map(str::to_owned)).collect();
    assert_eq!(find(&text.join("\t")), expected(), "--query, text");
}

#[test]
fn nothing_is_found_in_a_log_without_entries() {
    for log in ["", "\n", "no JSON", "{", "[[[", r#"{"events":[]}"#, "\u{feff}"] {
        assert_eq!(find(log), LogEntries::default(), "{log}");
    }
    for log in ["\"unrecorded\":", "{\"unrecorded", r#"{"message":"unrecorded"#] {
        assert_eq!(find(log), LogEntries { unreadable: 1, ..LogEntries::default() }, "{log}");
    }
}

/// A log that is cut anywhere gives no entry that it does not have, and a line that is none makes it untrustworthy.
#[test]
fn only_the_ends_of_a_log_may_be_cut() {
    let whole = log().join("\n");
    for at in 0..=whole.len() {
        for cut in [&whole.as_bytes()[at..], &whole.as_bytes()[..at]] {
            let found = find(cut);
            assert!(found.whole.iter().all(|callback| expected().whole.contains(callback)), "cut at {at}");
        }
    }
    let last = &lines("b", &["{}"])[0];
    let cut = find(&format!("{}\n{last}", &log()[0][20..]));
    assert_eq!((cut.whole, cut.unreadable), (vec![piece("b", "{}")], 1));
    let cut = find(&format!("{last}\n{}\n", &log()[0][..log()[0].len() - 20]));
    assert_eq!((cut.whole, cut.unreadable), (vec![piece("b", "{}")], 1));
    for other in ["a text", "  ||", "{\"a\" 1}", "2026-11-21 09:00:00.123\t{}"] {
        let found = find(&format!("{last}\n{other}\n"));
        assert_eq!(found, LogEntries { unreadable: 1, ..LogEntries::default() }, "{other}");
    }
}

/// The response of `GetQueryResults`, with a field in which a sender wrote something that looks like a line.
fn query_results() -> Value {
    let fields = |line: &String| {
        json!([
            { "field": "@timestamp", "value": "2026-11-21 09:00:00.123" },
            { "field": "@message", "value": format!("{line}\n") },
            { "field": "subject", "value": lines("forged", &["{}"])[0] },
            { "field": "@ptr", "value": "CmEKJgoiMTIz" },
        ])
    };
    json!({ "queryLanguage": "CWLI", "results": log().iter().map(fields).collect::<Vec<_>>(), "status": "Complete" })
}

#[test]
fn logs_insights_results_are_read_as_json() {
    assert_eq!(find(&format!("{:#}", query_results())), expected());
    assert_eq!(find(&query_results()["results"].to_string()), expected(), "--query results");
    let nested: Vec<_> = messages().into_iter().map(|message| vec![message]).collect();
    assert_eq!(find(&json!(nested).to_string()), expected(), "--query, @message alone");

    let exported = |line: &String| {
        let message = serde_json::from_str(line).unwrap_or_else(|_| json!(line));
        let forged: Value = serde_json::from_str(&lines("forged", &["{}"])[0]).expect("it is JSON");
        json!({ "@timestamp": "2026-11-21 09:00:00.123", "@message": message, "subject": forged })
    };
    let exported: Vec<_> = log().iter().map(exported).collect();
    assert_eq!(find(&format!("{:#}", json!(exported))), expected(), "exported by the console");
    let record =
        json!({ "logRecord": { "@message": lines("b", &["{}"])[0], "subject": lines("x", &["{}"])[0] } });
    assert_eq!(find(&format!("{record:#}")).whole, expected().whole[1..], "get-log-record");
}

#[test]
fn logs_insights_text_and_table_are_read_up_to_a_foreign_field() {
    let text = |line: &String| {
        format!("RESULTS\t@timestamp\t2026-11-21 09:00:00.123\nRESULTS\t@message\t{line}\n\n")
    };
    let text = "CWLI\tComplete\n".to_owned() + &log().iter().map(text).collect::<String>();
    let row = |line: &String| format!("||  @timestamp|  2026-11-21 |\n||  @message  |  {line}\n   ||\n");
    let rows: String = log().iter().map(row).collect();
    let title =
        "---\n|  GetQueryResults  |\n+---+\n|  status  |  Complete  |\n+---+\n||  results  ||\n|+---+---+|\n";
    let table = format!("{title}||    field   |  value  ||\n|+---+---+|\n{rows}");
    let statistics =
        "|+---+---+|\n||  statistics  ||\n|+---+---+|\n||  bytesScanned  |  9.0  ||\n|+---+---+|\n";
    assert_eq!(find(&text), expected());
    assert_eq!(find(&format!("{table}{statistics}")), expected());

    let forged = format!("x\nRESULTS\t@message\t{}\n", lines("forged", &["{}"])[0]);
    for log in [format!("{text}RESULTS\tsubject\t{forged}"), format!("{table}||  subject   |  {forged}")] {
        assert_eq!(find(&log), LogEntries { unreadable: 1, ..expected() }, "{log}");
    }
    assert_eq!(find(&format!("LOGRECORD\t{forged}")), LogEntries { unreadable: 1, ..LogEntries::default() });
}

#[test]
fn csv_files_of_the_console_are_read() {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let stream = "2026/11/21/[$LATEST]5e1ff0a2";
    let searched = |line: &String| format!("1670574414321,{},{stream}\n", cell(&format!("{line}\n")));
    let searched: String = log().iter().map(searched).collect();
    assert_eq!(find(&format!("timestamp,message,logStreamName\n{searched}")), expected());
    let forged = cell(&format!("x\n{}", lines("forged", &["{}"])[0]));
    let exported = |line: &String| format!("2026-11-21 09:00:00.123,{forged},{}\r\n", cell(line));
    let exported: String = log().iter().map(exported).collect();
    assert_eq!(find(&format!("\u{feff}@timestamp,subject,@message\r\n{exported}")), expected());
    let cut = &exported[..exported.len() - 20];
    assert_eq!(find(&format!("@timestamp,subject,@message\r\n{cut}")).unreadable, 1);
    // The end of an output that is cut in a person's text, which opens a quoted field that never ends.
    let open =
        format!("timestamp,message\n1,{}\n1,\"\nRESULTS\t@ptr\tCm\n", cell(&lines("forged", &["{}"])[0]));
    assert_eq!(find(&open), LogEntries { unreadable: 1, ..LogEntries::default() });
}

#[test]
fn lines_copied_as_json_strings_are_read() {
    let strings: Vec<_> = log().iter().map(|line| json!(line).to_string()).collect();
    assert_eq!(find(&strings.join("\n")), expected());
    assert_eq!(find(&format!("{},", json!(lines("b", &["{}"])[0]))).whole, expected().whole[1..]);
    assert_eq!(find(&json!(lines("b", &["{}"])[0]).to_string().replace("ERROR", "\\x")).unreadable, 1);
}

/// A batch of the subscription, as Lambda leaves it in the queue.
fn batch(lines: &[String], message_type: &str) -> Value {
    let mut logs = AwsLogs::default();
    logs.data.message_type = message_type.to_owned();
    logs.data.log_events = lines
        .iter()
        .map(|line| {
            serde_json::from_value(json!({ "id": "1", "timestamp": 1, "message": format!("{line}\n") }))
                .expect("it is a line")
        })
        .collect();
    let padded = |data: &str| format!("{data}{}", "=".repeat((4 - data.len() % 4) % 4));
    let logs = serde_json::to_value(logs).expect("a batch serializes");
    json!({ "awslogs": { "data": padded(logs["data"].as_str().expect("a text")) } })
}

#[test]
fn queue_message_is_read_in_every_output_format() {
    let entries: Vec<_> = log().into_iter().filter(|line| line.starts_with('{')).collect();
    let event = batch(&entries, "DATA_MESSAGE");
    let record =
        json!({ "version": "1.0", "requestPayload": event, "responsePayload": { "errorType": "Error" } });
    for body in [event.to_string(), record.to_string()] {
        let forged = json!({ "unrecorded": piece("forged", "{}") }).to_string();
        let message = json!({ "MessageId": "1", "ReceiptHandle": "AQEB==", "Body": body, "Other": forged });
        let received = json!({ "Messages": [message, message], "Body": forged });
        assert_eq!(find(&format!("{received:#}")), expected(), "json");
        assert_eq!(find(&format!("MESSAGES\t{body}\t2cccc862\t1\tAQEB==\n")), expected(), "text");
        let title = "---\n|  ReceiveMessage  |\n+---+\n";
        assert_eq!(find(&format!("{title}||  Body         |  {body}  ||\n")), expected(), "table");
        assert_eq!(find(&json!([body]).to_string()), expected(), "--query, json");
        assert_eq!(find(&body), expected(), "the body alone");
    }
    let none = batch(&log()[1..3], "DATA_MESSAGE").to_string();
    assert_eq!(find(&none), LogEntries { unreadable: 1, ..LogEntries::default() }, "no entry");
    assert_eq!(find(&batch(&[], "CONTROL_MESSAGE").to_string()), LogEntries::default());
    let nested = (0..3).fold(batch(&log(), "DATA_MESSAGE"), |inner, _| batch(&[inner.to_string()], ""));
    assert_eq!(find(&nested.to_string()).whole, []);
    assert_eq!(find(r#"{"awslogs":{"data":"H4sI"}}"#), LogEntries { unreadable: 1, ..LogEntries::default() });
}

#[test]
fn byte_that_is_not_utf8_spoils_only_its_entry() {
    let first = &lines("a", &[r#"{"Name":"@"}"#])[0];
    let spoil = |log: String| log.into_bytes().into_iter().map(|byte| if byte == b'@' { 0xff } else { byte });
    let second = lines("b", &["{}"])[0].replace("ERROR", "@");
    for log in [format!("{first}\n{second}\n"), json!([first, second, "@"]).to_string()] {
        let whole = find(&spoil(log).collect::<Vec<_>>()).whole;
        assert_eq!(whole.iter().map(Unrecorded::is_intact).collect::<Vec<_>>(), [false, true]);
    }
}

#[test]
fn search_never_panics_on_any_bytes() {
    let forms = [
        format!("{:#}", query_results()),
        batch(&log(), "DATA_MESSAGE").to_string(),
        format!("timestamp,message\n1,\"{}\"\n", lines("b", &["{}"])[0].replace('"', "\"\"")),
    ];
    for form in forms.map(String::into_bytes) {
        for at in (0..form.len()).step_by(7) {
            let mut cut = form[at..].to_vec();
            let _ = find(&cut);
            cut[0] = b"\"{[,\\\xff"[at % 6];
            let _ = find(&[&cut[..], &form[..at]].concat());
        }
    }
}
