//! The program that an operator runs: what it prints, and when it fails.

use std::{
    io::Write,
    net::SocketAddr,
    process::{Command, Output, Stdio},
};

use dynoxide::Database;
use serde_json::json;

mod support;
use support::dynamodb;

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

/// Runs it on a log, with DynamoDB at an address, and gives its success and what it printed.
fn redrive(log: &str, dynamodb: SocketAddr) -> (bool, String, String) {
    let program = std::env::current_exe().expect("a test has a path");
    let program = program.ancestors().nth(2).expect("it is in target/debug/deps").join("examples/redrive");
    let mut child = Command::new(program)
        .envs([("TABLE_NAME", dynamodb::TABLE), ("AWS_REGION", "us-east-1")])
        .envs([("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "example-secret")])
        .env("AWS_ENDPOINT_URL", format!("http://{dynamodb}"))
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
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let table = dynamodb::serve(Database::memory().expect("SQLite opens"), loopback).await;
    let whole = line("a", 1, 1) + &line("b", 1, 1);
    let closed = SocketAddr::from(([127, 0, 0, 1], 9));

    let (success, counts, _) = redrive(&whole, table);
    assert_eq!((success, counts.as_str()), (true, "recorded 2, already there 0, failed 0, incomplete 0\n"));
    let (success, counts, _) = redrive(&whole, table);
    assert_eq!((success, counts.as_str()), (true, "recorded 0, already there 2, failed 0, incomplete 0\n"));
    let (success, counts, told) = redrive(&(whole.clone() + &line("c", 2, 3)), table);
    assert_eq!((success, counts.as_str()), (false, "recorded 0, already there 2, failed 0, incomplete 1\n"));
    assert!(told.contains("incomplete: c:"), "{told}");
    let (success, counts, told) = redrive(&whole, closed);
    assert_eq!((success, counts.as_str()), (false, "recorded 0, already there 0, failed 2, incomplete 0\n"));
    assert!(told.contains("failed: a: connection: "), "{told}");
    let (success, counts, _) = redrive("", closed);
    assert_eq!((success, counts.as_str()), (true, "recorded 0, already there 0, failed 0, incomplete 0\n"));
}
