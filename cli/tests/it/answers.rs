//! `send`, by the answer of the receiver.

use std::time::Duration;

use serde_json::json;
use support::stand_in::serve;

use crate::{
    receiver::{OK, Receiver, Reply},
    world::{Ran, program, run},
};

const FULL: &str = "Group.CallbackAfterGroupFull";

fn send(receiver: &Receiver, arguments: &[&str]) -> Ran {
    let to = format!("localhost:{}/im?key=k", receiver.address.port());
    run(program(&[("CALLBACK_TOKENS", "token")], &[&["send", "--to", &to], arguments].concat()), "")
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_that_tencent_would_not_accept_is_a_failure() {
    for (command, answer, expected) in [
        (FULL, r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":10101}"#, "ErrorCode: expected 0"),
        (
            "C2C.CallbackBeforeSendMsg",
            r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":10101}"#,
            "ErrorCode: expected 0, 1, 2, 120001 to 130000",
        ),
        ("Sns.CallbackPrevFriendAdd", OK, "ResultItem: expected an array"),
        (FULL, r#"{"ActionStatus":"FAIL","ErrorInfo":"","ErrorCode":0}"#, "ActionStatus: expected OK"),
        ("C2C.CallbackBeforeSendMsg", "<html>", "the answer is not a JSON object"),
        ("C2C.CallbackBeforeSendMsg", "", "the answer is not a JSON object"),
    ] {
        let receiver = Receiver::replying(|_, _| Reply::new(200, answer)).await;
        let ran = send(&receiver, &[command]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert_eq!(ran.stderr, format!("chat-events: Tencent does not accept this answer: {expected}\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_after_two_seconds_gives_a_warning() {
    let receiver =
        Receiver::replying(|_, _| Reply { after: Duration::from_millis(2100), ..Reply::new(200, OK) }).await;
    let ran = send(&receiver, &[FULL]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "too late: Tencent waits 2 s for an answer\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_an_answer_keep_their_digits() {
    let answer = "{\"ActionStatus\":\"OK\",\n\"ErrorInfo\":\"\",\"ErrorCode\":0,\"Id\":18446744073709551616}";
    let receiver = Receiver::replying(|_, _| Reply::new(200, answer)).await;
    let printed = send(&receiver, &[FULL, "--json"]).well();
    assert!(printed.contains(r#""Id":18446744073709551616}"#) && printed.lines().count() == 1, "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn printed_request_has_no_secret_and_is_not_sent() {
    let receiver = Receiver::start(|_| 200).await;
    let port = receiver.address.port();
    let arguments = [FULL, "--set", "GroupId=g", "--set", "EventTime=1767225600000", "--print"];
    let printed = send(&receiver, &arguments).well();
    let begin = format!("POST http://localhost:{port}/im?***&SdkAppid=1400000001&CallbackCommand={FULL}&");
    assert!(printed.starts_with(&begin) && printed.contains("&Sign=***\n"), "{printed}");
    assert!(printed.contains("\nuser-agent: chat-events/"), "{printed}");
    let body = format!(r#"{{"CallbackCommand":"{FULL}","EventTime":"1767225600000","GroupId":"g"}}"#);
    assert!(printed.ends_with(&format!("\n\n{body}\n")), "{printed}");
    let [object] =
        send(&receiver, &[&arguments[..], &["--json"]].concat()).json().try_into().expect("one line");
    assert_eq!((&object["method"], &object["body"]), (&json!("POST"), &json!(body)));
    let elsewhere = ["send", FULL, "--to", "https://me:secret@192.0.2.1/im", "--print"];
    let printed = run(program(&[], &elsewhere), "").well();
    assert!(printed.contains("\nauthorization: ***\n") && !printed.contains("secret"), "{printed}");
    assert!(receiver.received().is_empty());
}

#[test]
fn answer_that_only_a_receiver_may_give_is_a_failure() {
    let expected = "chat-events: the answer is not a JSON object: enough for a receiver behind the function, but not \
                    for Tencent\n";
    for (status, body) in [(200, "<html>"), (200, "OK"), (200, ""), (200, "[]"), (202, ""), (204, "")] {
        let url = serve(move |_| (status, body.to_owned()));
        let ran = run(program(&[], &["send", "--to", &url, FULL]), "");
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), expected), "{status} {body}: {ran:?}");
    }
}

#[test]
fn answer_needs_the_status_200() {
    let before = "Group.CallbackBeforeSendMsg";
    for (command, status, body, code) in [
        (FULL, 202, OK, 1),
        (FULL, 307, "", 1),
        (FULL, 500, "", 1),
        (FULL, 200, OK, 0),
        (before, 202, OK, 1),
        (before, 200, OK, 0),
    ] {
        let url = serve(move |_| (status, body.to_owned()));
        let ran = run(program(&[], &["send", "--to", &url, command]), "");
        assert_eq!(ran.code, Some(code), "{command}, {status} {body}: {ran:?}");
    }
}
