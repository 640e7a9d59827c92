//! Texts of the chat that look like everything that this reader looks for.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use proptest::prelude::*;
use serde_json::{Value, json};
use support::planted::text;
use tencent_chat_webhook::{
    log::{Level, Log, LogFields},
    outcome::{Failure, Outcome},
    unrecorded::Unrecorded,
};

use super::read;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics here").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The function's log of two callbacks that could not be stored, and of a user's own note. Users of the chat wrote
/// all of its texts.
fn log(texts: &[String; 3]) -> Vec<String> {
    let captured = Captured::default();
    let log = Log::new(Level::Debug, captured.clone());
    let failed = Outcome::Failed(Failure { reason: "timeout".into(), error: "No answer.".to_owned() });
    let fields = LogFields {
        subject: Some(texts[0].clone()),
        problem: Some(texts[1].clone()),
        ..LogFields::default()
    };
    log.note(Level::Info, &texts[0], Some(&texts[1]));
    for (id, text) in [("own-1", &texts[1]), ("own-2", &texts[2])] {
        let body =
            json!({ "GroupId": texts[0], "MsgBody": [{ "MsgContent": { "Text": text } }] }).to_string();
        let entry =
            Unrecorded::new(id, "SdkAppid=1&CallbackCommand=A.B", 1_670_574_414_321, "request-1", body);
        log.unrecorded(&failed, &fields, &entry.pieces());
        log.note(Level::Info, text, None);
    }
    let bytes = captured.0.lock().expect("no test panics here").clone();
    String::from_utf8(bytes).expect("a log is text").lines().map(str::to_owned).collect()
}

/// The log in a form in which AWS prints it. `subject` is a text that a user of the chat wrote.
type Form = fn(log: &[String], subject: &str) -> String;

fn each(log: &[String], line: impl Fn(&String) -> String) -> String {
    log.iter().map(line).collect()
}

fn events(log: &[String]) -> Value {
    json!({ "events": log.iter().map(|line| json!({ "timestamp": 1, "message": format!("{line}\n") })).collect::<Vec<_>>() })
}

fn results(log: &[String], subject: &str) -> Value {
    let field = |name: &str, value: &str| json!({ "field": name, "value": value });
    log.iter()
        .map(|line| json!([field("@message", line), field("subject", subject)]))
        .collect::<Vec<_>>()
        .into()
}

fn csv(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Forms from which exactly the function's entries can be read.
const SAFE: [Form; 11] = [
    |log, _| log.join("\n"),
    |log, _| log.join("\n\t"),
    |log, _| each(log, |line| format!("2026-11-21T09:00:00.1+00:00 2026/11/21/[$LATEST]5e {line}\n")),
    |log, _| {
        each(log, |line| {
            format!("2026-11-21T09:00:00 s\n{:#}\n", serde_json::from_str::<Value>(line).expect("JSON"))
        })
    },
    |log, _| format!("{:#}", events(log)),
    |log, _| events(log).to_string(),
    |log, _| json!(log).to_string(),
    |log, _| each(log, |line| format!("{}\n", json!(line))),
    |log, _| each(log, |line| format!("EVENTS\t38\t2\t2026/11/21/[$LATEST]5e\t{line}\n\t1\n")),
    |log, subject| format!("{:#}", json!({ "results": results(log, subject), "status": "Complete" })),
    |log, subject| {
        let rows = each(log, |line| {
            format!("2026-11-21 09:00:00.123,{},{}\n", csv(subject), csv(&format!("{line}\n")))
        });
        format!("@timestamp,subject,@message\n{rows}")
    },
];

/// Forms in which a user's text stands unescaped.
const UNESCAPED: [Form; 4] = [
    |log, subject| {
        let rows = each(log, |line| {
            format!("RESULTS\t@message\t{line}\n\nRESULTS\tsubject\t{subject}\nRESULTS\t@ptr\tCm\n")
        });
        format!("CWLI\tComplete\n{rows}")
    },
    |log, subject| {
        let rows = each(log, |line| format!("||  @message  |  {line}\n ||\n||  subject  |  {subject}  ||\n"));
        format!(
            "---\n|  GetQueryResults  |\n+---+\n||  results  ||\n|+---+---+|\n||  field  |  value  ||\n|+---+---+|\n{rows}|+---+---+|\n"
        )
    },
    |log, subject| each(log, |line| format!("2026-11-21 09:00:00.123\t{line}\n\t{subject}\tCm\n")),
    |log, subject| {
        each(log, |line| {
            format!("RESULTS\t@timestamp\t1\nRESULTS\tsubject\t{subject}\nRESULTS\t@message\t{line}\n\n")
        })
    },
];

/// The ids of all callbacks that were found.
fn ids(text: &[u8]) -> Vec<String> {
    let entries = read(text);
    let whole =
        entries.whole.iter().inspect(|callback| assert!(callback.is_intact())).map(|callback| &*callback.id);
    whole.chain(entries.incomplete.iter().map(|incomplete| &*incomplete.id)).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn text_of_the_chat_is_never_an_entry(texts in [text(), text(), text()], cut in 0.0..1.0) {
        let log = log(&texts);
        for (index, form) in SAFE.into_iter().enumerate() {
            let printed = form(&log, &texts[0]);
            prop_assert_eq!(ids(printed.as_bytes()), ["own-1", "own-2"], "form {}: {}", index, printed);
        }
        for (index, form) in SAFE.into_iter().chain(UNESCAPED).enumerate() {
            let printed = form(&log, &texts[0]);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a position in a text")]
            let from = (printed.len() as f64 * cut) as usize;
            for rest in [&printed.as_bytes()[from..], printed.as_bytes()] {
                let found = ids(rest);
                prop_assert!(found.iter().all(|id| id.starts_with("own-")), "form {}, cut at {}: {:?}: {}", index, from, found, printed);
            }
        }
    }
}
