//! The program that an operator runs: what it prints, and when it fails.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::json;
use support::dynamodb::{DynamoDb, TABLE};

/// A log line of a callback's piece.
fn line(id: &str, piece: usize, pieces: usize) -> String {
    let unrecorded = json!({
        "id": id, "piece": piece, "pieces": pieces,
        "query": "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull",
        "ReceivedAt": 1_670_574_414_321_u64, "RequestId": "request-1",
        "body": format!(r#"{{"GroupId":"{id}"}}"#),
    });
    format!("2026-11-21T09:00:00 {}\n", json!({ "level": "ERROR", "unrecorded": unrecorded }))
}

/// Runs it on a log, with an AWS profile whose DynamoDB is at this URL, and gives its success and what it printed.
fn redrive(log: &str, dynamodb: &str) -> (bool, String, String) {
    let file = |name: &str, text: String| {
        let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&path, text).expect("target/ can be written to");
        path
    };
    let config = format!("[profile ours]\nregion = us-east-1\nendpoint_url = {dynamodb}\n");
    let credentials = "[ours]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = example-secret\n";
    let program = std::env::current_exe().expect("a test has a path");
    let program = program.ancestors().nth(2).expect("it is in target/debug/deps").join("examples/redrive");
    let mut child = Command::new(program)
        .env_clear()
        .env("TABLE_NAME", TABLE)
        .env("AWS_PROFILE", "ours")
        .env("AWS_CONFIG_FILE", file("redrive-config", config))
        .env("AWS_SHARED_CREDENTIALS_FILE", file("redrive-credentials", credentials.to_owned()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo test has built the example; with --test, run cargo build --examples first");
    child.stdin.take().expect("a pipe").write_all(log.as_bytes()).expect("it reads all of its input");
    let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    (status.success(), text(stdout), text(stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn records_once_and_fails_unless_all_is_in_the_table() {
    let dynamodb = DynamoDb::in_memory().await;
    let (table, closed) = (dynamodb.url(), "http://127.0.0.1:9");
    // Both are of one application, so that what was recorded of one is not the other's.
    let whole = line("a", 1, 1) + &line("b", 1, 1);
    let foreign = line("b", 1, 1).replace("request-1", "request-2");

    let (success, counts, _) = redrive(&whole, &table);
    assert_eq!((success, counts.as_str()), (true, "recorded 2, already there 0, failed 0, incomplete 0\n"));
    let (success, counts, _) = redrive(&(whole.clone() + &foreign), &table);
    assert_eq!((success, counts.as_str()), (true, "recorded 1, already there 1, failed 0, incomplete 0\n"));
    let (success, counts, told) = redrive(&(whole.clone() + &line("c", 2, 3)), &table);
    assert_eq!((success, counts.as_str()), (false, "recorded 2, already there 0, failed 0, incomplete 1\n"));
    assert!(told.contains("incomplete: c:"), "{told}");
    let (success, counts, told) = redrive(&whole, closed);
    assert_eq!((success, counts.as_str()), (false, "recorded 0, already there 0, failed 2, incomplete 0\n"));
    assert!(told.contains("failed: a: connection: "), "{told}");
}

#[test]
fn a_log_without_any_is_most_likely_the_wrong_one() {
    for log in ["", "2026-11-21T09:00:00 {\"level\":\"INFO\",\"outcome\":\"recorded\"}\n"] {
        let (success, counts, told) = redrive(log, "http://127.0.0.1:9");
        assert_eq!((success, counts.as_str()), (false, ""));
        assert_eq!(told, "can't redrive: the input has no entry of an unrecorded callback\n");
    }
}
