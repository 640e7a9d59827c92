//! The real binary and servers behind TLS: which servers it trusts, and what it loses when a connection fails.

use std::time::Duration;

use serde_json::{Value, json};
use support::{
    dynamodb::DynamoDb,
    lambda::{Instance, command},
    receiver::Receiver,
    requests::{SDK_APPID, post},
    tls::{Fault, Front},
};
use tokio::net::TcpListener;

use crate::{
    faults::stage::in_time,
    world::{FUNCTION, column, log_lines, variables},
};

const BODY: &str = r#"{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#1"}"#;
const BEFORE: &str = r#"{"CallbackCommand":"Group.CallbackBeforeSendMsg","GroupId":"@TGS#1"}"#;

const ALLOW: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
const DENY: &str = r#"{ "ActionStatus":"OK", "ErrorCode":10100, "ErrorInfo":"No." }"#;

const FAULTS: [Fault; 3] = [Fault::Silence, Fault::Close, Fault::Reset];

/// Less than the limit of one attempt at DynamoDB.
const AT_ONCE: Duration = Duration::from_millis(500);

/// Starts a function with this setting in addition to the required ones, trusting these certificates.
async fn start(name: &str, endpoint_url: &str, certificates: &str, setting: (&str, &str)) -> Instance {
    let file = format!("{}/{name}.pem", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, certificates).expect("target/ can be written to");
    let settings = [("ALLOW_UNSIGNED", "true"), ("SSL_CERT_FILE", &file), setting];
    Instance::start(command(FUNCTION, variables(endpoint_url)).envs(settings)).await
}

/// Delivers a callback. Returns the status, the answer, and the time taken.
async fn deliver(function: &mut Instance, body: &str) -> (Value, String, Duration) {
    let event = post(&format!("SdkAppid={SDK_APPID}"), body);
    let invoked = function.invoke(event.to_string()).await;
    let reply = invoked.result.expect("the function answers");
    (reply["statusCode"].clone(), reply["body"].as_str().expect("a body").to_owned(), invoked.took)
}

/// Sends a callback to a function that trusts these certificates. Returns the status, and the lines of its log.
async fn send(name: &str, endpoint_url: &str, certificates: &str) -> (Value, Vec<Value>) {
    let mut function = start(name, endpoint_url, certificates, ("RETENTION_DAYS", "1")).await;
    let (status, ..) = deliver(&mut function, BODY).await;
    (status, log_lines(&function.end().await))
}

#[tokio::test]
async fn certificate_is_accepted_if_the_machine_trusts_its_authority() {
    let dynamodb = DynamoDb::in_memory().await;
    let front = Front::start(dynamodb.address).await;
    let (status, lines) = send("tls-trusted", &front.url, &front.authority).await;
    assert_eq!(status, 200);
    // Only one line: the warm-up succeeded too.
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["outcome"], "recorded");
}

#[tokio::test]
async fn dynamodb_with_an_untrusted_certificate_gets_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let front = Front::start(listener.local_addr().expect("a listener has an address")).await;
    let another = Front::start(([127, 0, 0, 1], 9).into()).await;
    let (status, lines) = send("tls-untrusted", &front.url, &another.authority).await;
    assert_eq!(status, 503);
    let last = lines.last().expect("a failure is logged");
    assert_eq!(last["reason"], "connection");
    assert!(last["error"].as_str().is_some_and(|error| error.contains("certificate")), "{last}");
    // The front connects to the server behind it only after a handshake.
    let nobody = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(nobody.is_err(), "the handshake went through");
}

/// A written POST is not repeated, so its answer is lost, but no other.
#[tokio::test(flavor = "multi_thread")]
async fn only_one_answer_is_lost_when_the_receiver_s_connection_fails() {
    for (fault, forward, limit) in
        [(FAULTS[0], "timeout", 1500), (FAULTS[1], "connection", 500), (FAULTS[2], "connection", 500)]
    {
        in_time(async || {
            let (dynamodb, receiver) = (DynamoDb::in_memory().await, Receiver::answering(DENY).await);
            let front = Front::with_http2(receiver.address).await;
            let setting = ("FORWARD_URL", front.url.as_str());
            let name = format!("tls-receiver-{forward}-{fault:?}");
            let mut function = start(&name, &dynamodb.url(), &front.authority, setting).await;
            let mut late = Vec::new();
            for (answer, limit) in [(DENY, 500), (ALLOW, limit), (DENY, 500), (DENY, 500)] {
                let (status, reply, took) = deliver(&mut function, BEFORE).await;
                assert_eq!((status, reply.as_str()), (json!(200), answer), "{fault:?}");
                late.extend((took > Duration::from_millis(limit)).then_some(took));
                if receiver.requests() == 1 && answer == DENY {
                    front.fail(fault);
                }
            }
            assert_eq!(receiver.requests(), 3, "{fault:?}");
            let lines = log_lines(&function.end().await);
            assert_eq!(column(&lines, "forward"), ["200", forward, "200", "200"]);
            if late.is_empty() { Ok(()) } else { Err(format!("{fault:?} took {late:?}")) }
        })
        .await;
    }
}

/// A write is retried on another connection.
#[tokio::test(flavor = "multi_thread")]
async fn no_callback_is_lost_when_dynamodb_connections_fail() {
    let member = r#"{"Member_Account":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
    let large = BODY.replace('}', &format!(r#","MemberList":[{}]}}"#, vec![member; 30_000].join(",")));
    for fault in FAULTS {
        in_time(async || {
            let dynamodb = DynamoDb::in_memory().await;
            let front = Front::with_http2(dynamodb.address).await;
            let setting = ("RETENTION_DAYS", "1");
            let name = format!("tls-dynamodb-{fault:?}");
            let mut function = start(&name, &front.url, &front.authority, setting).await;
            // Its parts are written at the same time, over several connections.
            let (status, ..) = deliver(&mut function, &large).await;
            assert_eq!(status, 200, "{fault:?}");
            front.fail(fault);
            let mut late = Vec::new();
            for (group, limit) in [("2", Duration::from_millis(1200)), ("3", AT_ONCE), ("4", AT_ONCE)] {
                let (status, _, took) = deliver(&mut function, &BODY.replace("@TGS#1", group)).await;
                assert_eq!(status, 200, "{fault:?}");
                late.extend((took > limit).then_some(took));
            }
            let lines = log_lines(&function.end().await);
            assert_eq!(column(&lines, "outcome"), ["recorded"; 4], "{fault:?}");
            if late.is_empty() { Ok(()) } else { Err(format!("{fault:?} took {late:?}")) }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_is_forwarded_again_if_no_connection_was_made() {
    let (dynamodb, receiver) = (DynamoDb::in_memory().await, Receiver::answering(DENY).await);
    let front = Front::with_http2(receiver.address).await;
    let setting = ("FORWARD_URL", front.url.as_str());
    let mut function = start("tls-refused", &dynamodb.url(), &front.authority, setting).await;
    front.refuse_next();
    assert_eq!(deliver(&mut function, BEFORE).await.1, DENY);
    assert_eq!(receiver.requests(), 1);
}
