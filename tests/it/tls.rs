//! The real binary and a DynamoDB behind TLS whose certificate goes back to none of Amazon's roots.

use std::time::Duration;

use serde_json::Value;
use support::{
    dynamodb::DynamoDb,
    lambda::{Instance, command},
    requests::{SDK_APPID, post},
    tls::Front,
};
use tokio::net::TcpListener;

use crate::world::{FUNCTION, log_lines, variables};

const BODY: &str = r#"{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#1"}"#;

/// Sends a callback to a function that trusts these certificates: the status, and the lines of its log.
async fn send(name: &str, endpoint_url: &str, certificates: &str) -> (Value, Vec<Value>) {
    let file = format!("{}/{name}.pem", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, certificates).expect("target/ can be written to");
    let trust = [("ALLOW_UNSIGNED", "true"), ("SSL_CERT_FILE", &file)];
    let mut function = Instance::start(command(FUNCTION, variables(endpoint_url)).envs(trust)).await;
    let event = post(&format!("SdkAppid={SDK_APPID}"), BODY);
    let reply = function.invoke(event.to_string()).await.result.expect("the function answers");
    (reply["statusCode"].clone(), log_lines(&function.end().await))
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_the_machine_trusts_will_do() {
    let dynamodb = DynamoDb::in_memory().await;
    let front = Front::start(dynamodb.address).await;
    let (status, lines) = send("tls-trusted", &front.url, &front.authority).await;
    assert_eq!(status, 200);
    // One line: the warm-up went well too.
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["outcome"], "recorded");
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let front = Front::start(listener.local_addr().expect("a listener has an address")).await;
    let another = Front::start(([127, 0, 0, 1], 9).into()).await;
    let (status, lines) = send("tls-untrusted", &front.url, &another.authority).await;
    assert_eq!(status, 503);
    let last = lines.last().expect("a failure is logged");
    assert_eq!(last["reason"], "connection");
    assert!(last["error"].as_str().is_some_and(|error| error.contains("certificate")), "{last}");
    // Only after a handshake does the front connect to what is behind it.
    let nobody = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(nobody.is_err(), "the handshake went through");
}
