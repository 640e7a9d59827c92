//! The DynamoDB of `make run` answers programs on this machine, but no web page.

use std::net::SocketAddr;

use serde_json::Value;
use support::{
    dynamodb::{DynamoDb, TABLE},
    endpoint::read_message,
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Status and body of the response to a request for the local table with these headers.
async fn describe_table(address: SocketAddr, headers: &[String]) -> (String, Value) {
    let body = format!(r#"{{"TableName":"{TABLE}"}}"#);
    let signed = "AWS4-HMAC-SHA256 Credential=local/20261125/us-east-1/dynamodb/aws4_request, \
                  SignedHeaders=host;x-amz-date, Signature=0";
    let request = format!(
        "POST / HTTP/1.1\r\n{}\r\ncontent-type: application/x-amz-json-1.0\r\nx-amz-date: 20261125T000000Z\r\n\
         x-amz-target: DynamoDB_20120810.DescribeTable\r\nauthorization: {signed}\r\ncontent-length: {}\r\n\r\n{body}",
        headers.join("\r\n"),
        body.len()
    );
    let mut connection = TcpStream::connect(address).await.expect("it listens");
    connection.write_all(request.as_bytes()).await.expect("it reads");
    let answer = read_message(&mut connection).await.expect("it answers");
    let answer = String::from_utf8(answer).expect("the answer is text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head has an end");
    let status = head.split(' ').nth(1).expect("a head has a status");
    (status.to_owned(), serde_json::from_str(body).expect("the body is JSON"))
}

/// A DynamoDB as in `make run`. Its file is deleted with the folder.
async fn start(test: &str) -> (DynamoDb, Folder) {
    let folder = std::env::temp_dir().join(format!("web-pages-{}-{test}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let file = folder.join("events.db");
    let file = file.to_str().expect("its name is text");
    let dynamodb = DynamoDb::in_file(file, ([127, 0, 0, 1], 0).into()).await.expect("it starts");
    (dynamodb, Folder(folder))
}

struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn programs_on_this_machine_are_served() {
    let (dynamodb, _folder) = start("served").await;
    let port = dynamodb.address.port();
    for headers in [
        vec![format!("host: 127.0.0.1:{port}")],
        vec![format!("host: localhost:{port}")],
        vec![format!("host: LOCALHOST:{port}"), "origin: http://localhost:3000".to_owned()],
        vec![format!("host: [::1]:{port}"), "origin: http://127.0.0.1".to_owned()],
    ] {
        let (status, body) = describe_table(dynamodb.address, &headers).await;
        assert_eq!((status.as_str(), &body["Table"]["TableName"]), ("200", &TABLE.into()), "{headers:?}");
    }
}

#[tokio::test]
async fn foreign_host_is_refused() {
    let (dynamodb, _folder) = start("host").await;
    // DNS rebinding: the page's own name resolves to 127.0.0.1.
    for headers in [
        &["host: rebound.example"][..],
        &["host: rebound.example:8000"],
        &["host: 127.0.0.1.example"],
        &["host: localhost@rebound.example"],
        &["host: 192.0.2.1"],
        &["host: 127.0.0.1", "host: rebound.example"],
        &["x-no-host: 1"],
    ] {
        assert_refused(&dynamodb, headers, "host").await;
    }
}

#[tokio::test]
async fn foreign_origin_is_refused() {
    let (dynamodb, _folder) = start("origin").await;
    for origin in ["https://page.example", "http://localhost.page.example", "null"] {
        assert_refused(&dynamodb, &["host: 127.0.0.1", &format!("origin: {origin}")], "origin").await;
    }
}

async fn assert_refused(dynamodb: &DynamoDb, headers: &[&str], header: &str) {
    let lines: Vec<_> = headers.iter().map(|&line| line.to_owned()).collect();
    let (status, body) = describe_table(dynamodb.address, &lines).await;
    let message = format!("this DynamoDB is for programs of this machine; {header} is not loopback");
    assert_eq!((status.as_str(), &body["message"]), ("403", &message.into()), "{headers:?}");
    assert_eq!(body["__type"], "com.amazonaws.dynamodb.v20120810#AccessDeniedException");
}
