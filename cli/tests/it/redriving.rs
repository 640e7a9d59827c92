//! `redrive`: its output and its exit code.

use serde_json::{Value, json};
use tencent_chat_webhook::unrecorded::Unrecorded;

use crate::world::{World, run, unrecorded, unrecorded_with};

/// A log line of a callback's piece, as `aws logs tail` prints it.
fn line(id: &str, piece: usize, pieces: usize) -> String {
    let body = json!({ "CallbackCommand": "Group.CallbackAfterGroupFull", "GroupId": id });
    let unrecorded = Unrecorded { piece, pieces, ..unrecorded(id, &body.to_string()) };
    format!("2026-11-21T09:00:00 {}\n", json!({ "level": "ERROR", "unrecorded": unrecorded }))
}

/// The line of a callback without an application.
fn foreign() -> String {
    format!(
        "2026-11-21T09:00:00 {}\n",
        json!({ "unrecorded": unrecorded_with("z", "App=1".to_owned(), r#"{"a":1}"#) })
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn redrive_records_once_and_fails_if_a_callback_is_left() {
    let world = World::start().await;
    let whole = line("a", 1, 1) + &line("b", 1, 1);
    for (log, code, counts) in [
        (whole.clone(), 0, "recorded 2, duplicates 0, failed 0, incomplete 0\n"),
        (whole.clone(), 0, "recorded 0, duplicates 2, failed 0, incomplete 0\n"),
        (whole.clone() + &line("c", 2, 3), 1, "recorded 0, duplicates 2, failed 0, incomplete 1\n"),
    ] {
        let ran = world.run_on(&log, &["redrive", "-", "--yes"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), counts));
        assert_eq!(
            ran.stderr.contains("incomplete: c: the log has only some of its pieces"),
            code == 1,
            "{ran:?}"
        );
    }
    assert_eq!(world.run(&["list", "a"]).well().lines().count(), 2);

    let mut closed = world.program(&["redrive", "-", "--yes"]);
    closed.env("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9");
    let ran = run(closed, &whole);
    let counts = "recorded 0, duplicates 0, failed 2, incomplete 0\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), counts));
    assert!(ran.stderr.contains("failed: a: connection: "), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_writes_nothing() {
    let world = World::start().await;
    let ran = world.run_on(&line("a", 1, 1), &["redrive", "-", "--dry-run"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), "1 to record, failed 0, incomplete 0; nothing was written\n")
    );
    assert!(
        ran.lines()[1].starts_with("2022-12-09T08:26:53.000Z  Group.CallbackAfterGroupFull     a"),
        "{ran:?}"
    );
    let history = world.run(&["list", "a"]);
    assert_eq!(history.stderr, "no events of a in application 1400000001\n");
    let ran = world.run_on(&line("a", 1, 2), &["redrive", "-", "--dry-run"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_has_a_line_for_each_callback() {
    let world = World::start().await;
    let log = line("a", 1, 1) + &line("c", 2, 3) + &foreign() + "{\"unrecorded\":{\"id\":\n";
    let ran = world.run_on(&log, &["redrive", "-", "--yes", "--json"]);
    assert_eq!(ran.code, Some(1));
    let lines = ran.json();
    let key = |line: &Value| (line["id"].clone(), line["outcome"].clone());
    let mut outcomes: Vec<_> = lines.iter().map(|line| format!("{:?}", key(line))).collect();
    outcomes.sort();
    let expected = [("a", "recorded"), ("c", "incomplete"), ("z", "failed")]
        .map(|(id, outcome)| format!("{:?}", (json!(id), json!(outcome))));
    assert_eq!(outcomes[1..], expected);
    assert_eq!(outcomes[0], format!("{:?}", (Value::Null, json!("unreadable"))));
    let recorded = lines.iter().find(|line| line["id"] == "a").expect("it is printed");
    assert_eq!(recorded["pk"], "1400000001#a");
    let shown = world.run(&["show", "1400000001#a", recorded["sk"].as_str().expect("a text")]).well();
    assert!(shown.contains("\"GroupId\":\"a\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_fails_if_an_entry_cannot_be_recorded() {
    let world = World::start().await;
    let log = line("a", 1, 1) + &foreign();
    let ran = world.run_on(&log, &["redrive", "-", "--dry-run", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.ends_with("1 to record, failed 1, incomplete 0; nothing was written\n"), "{ran:?}");
    let [found, failed] = &ran.json()[..] else { panic!("two lines: {ran:?}") };
    assert_eq!((&found["id"], &found["outcome"]), (&json!("a"), &json!("found")));
    assert_eq!((&failed["id"], &failed["outcome"]), (&json!("z"), &json!("failed")));
    assert!(failed["error"].as_str().is_some_and(|error| error.contains("SdkAppid")), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_entries_are_read_if_a_byte_is_not_utf8() {
    let world = World::start().await;
    let mut log = line("a", 1, 1).replace("ERROR", "\u{1}") + &line("b", 1, 1).replace("\"b", "\"\u{1}");
    log += &line("c", 1, 1);
    let log: Vec<u8> = log.bytes().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
    let ran = world.run_on(&log, &["redrive", "-", "--yes"]);
    let counts = "recorded 2, duplicates 0, failed 0, incomplete 1\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), counts), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn input_without_unrecorded_callbacks_is_an_error() {
    let world = World::start().await;
    for log in ["", "2026-11-21T09:00:00 {\"level\":\"INFO\",\"outcome\":\"recorded\"}\n"] {
        let ran = world.run_on(log, &["redrive", "-", "--yes"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
        assert_eq!(
            ran.stderr,
            "chat-events: standard input has no entry of an unrecorded callback; is it the function's log?\n"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redriven_items_expire_like_the_functions_items() {
    let world = World::start().await;
    let mut command = world.program(&["redrive", "-", "--yes"]);
    command.env("RETENTION_DAYS", "1").env("INDEX_SHARDS", "4");
    assert_eq!(run(command, &line("a", 1, 1)).code, Some(0));
    let item = world.run(&["list", "a", "--json"]).json().remove(0);
    assert_eq!(item["ExpiresAt"], 1_670_574_414 + 86_400);
    assert_eq!(item["CommandDay"].as_str().expect("a text").matches('#').count(), 3, "{item}");
    let mut command = world.program(&["redrive", "-", "--yes"]);
    command.env("INDEX_SHARDS", "many");
    let message = run(command, &line("a", 1, 1)).stderr;
    assert_eq!(
        message,
        "chat-events: setting INDEX_SHARDS is malformed; expected a whole number from 1 to 64\n"
    );
}

/// A text of the chat can look like an entry, so what standard input has is shown, and recorded only with a yes.
#[tokio::test(flavor = "multi_thread")]
async fn pasted_callbacks_are_shown_and_need_a_yes() {
    let world = World::start().await;
    let ran = world.run_on(&line("a", 1, 1), &["redrive", "-"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    let shown = "found: 2022-12-09T08:26:53.000Z  Group.CallbackAfterGroupFull  a  the group is full\n";
    let question = "chat-events: this records 1 callback; if the function wrote all of them, add --yes\n";
    assert_eq!(ran.stderr, format!("{shown}{question}"));
    assert_eq!(world.run(&["list", "a"]).stderr, "no events of a in application 1400000001\n");
    let note = "without --stack or RETENTION_DAYS, the recorded events never expire\n";
    let ran = world.run_on(&line("a", 1, 1), &["redrive", "-", "--yes"]);
    assert_eq!((ran.code, ran.stderr), (Some(0), format!("{shown}{note}")));
}

/// With a data protection policy, CloudWatch shows asterisks where the body has an e-mail address.
#[tokio::test(flavor = "multi_thread")]
async fn masked_callback_is_left_to_a_human() {
    let world = World::start().await;
    let masked = line("leckie@example.com", 1, 1).replace("leckie@example.com", "******************");
    let ran = world.run_on(&masked, &["redrive", "-", "--yes"]);
    assert_eq!(ran.stdout, "recorded 0, duplicates 0, failed 1, incomplete 0\n");
    assert!(
        ran.stderr.contains("masked: the log shows another body or query than the function wrote"),
        "{ran:?}"
    );
    assert_eq!(ran.code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn redrive_fails_if_its_output_is_closed() {
    let world = World::start().await;
    let log: String = (0..200).map(|number| line(&format!("g{number}"), 1, 1)).collect();
    let mut command = world.program(&["redrive", "-", "--yes", "--json"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    command.stdout(writer);
    let ran = run(command, &log);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("the output was closed before everything was recorded; run it again"),
        "{ran:?}"
    );
}
