//! The real binary and a DynamoDB behind TLS whose certificate goes back to none of Amazon's roots.

use std::{net::SocketAddr, time::Duration};

use dynoxide::Database;
use serde_json::Value;
use tokio::net::TcpListener;

mod support;
use support::{
    SDK_APPID, dynamodb, post,
    runtime_api::{Invoked, Process, RuntimeApi},
    tls, variables,
};

const BODY: &str = r#"{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#1"}"#;

/// Sends a callback to a function that trusts these certificates: the status, and the lines of its log.
async fn send(name: &str, endpoint_url: &str, certificates: &str) -> (Value, Vec<Value>) {
    let file = format!("{}/{name}.pem", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, certificates).expect("target/ can be written to");
    let api = RuntimeApi::start().await;
    let mut variables = variables(endpoint_url).to_vec();
    variables.extend([("ALLOW_UNSIGNED", "true"), ("SSL_CERT_FILE", &file)]);
    let process = Process::start(name, &api, &variables);
    let event = post(&format!("SdkAppid={SDK_APPID}"), BODY);
    let Invoked::Response(reply) = api.invoke(event.to_string()).await else { panic!("the function failed") };
    let printed = process.stop();
    let lines = printed.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    (reply["statusCode"].clone(), lines)
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_the_machine_trusts_will_do() {
    let database = Database::memory().expect("SQLite opens");
    let plain = dynamodb::serve(database, SocketAddr::from(([127, 0, 0, 1], 0))).await;
    let front = tls::front(plain).await;
    let (status, lines) = send("tls-trusted", &front.url, &front.authority).await;
    assert_eq!(status, 200);
    // One line: the warm-up went well too.
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["outcome"], "recorded");
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let front = tls::front(listener.local_addr().expect("a listener has an address")).await;
    let another = tls::front(([127, 0, 0, 1], 9).into()).await;
    let (status, lines) = send("tls-untrusted", &front.url, &another.authority).await;
    assert_eq!(status, 503);
    let last = lines.last().expect("a failure is logged");
    assert_eq!(last["reason"], "connection");
    assert!(last["error"].as_str().is_some_and(|error| error.contains("certificate")), "{last}");
    // Only after a handshake does the front connect to what is behind it.
    let nobody = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(nobody.is_err(), "the handshake went through");
}
