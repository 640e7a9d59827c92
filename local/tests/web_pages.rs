//! The DynamoDB of `make run` answers programs of this machine, and no web page.

use std::net::SocketAddr;

use serde_json::Value;
use support::{
    dynamodb::{DynamoDb, TABLE},
    endpoint::read_message,
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// Status and body of the answer to a request for the local table, with these headers.
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
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let answer = String::from_utf8(read_message(&mut connection).await.unwrap()).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn foreign_host_or_origin_is_refused() {
    let file = std::env::temp_dir().join(format!("web-pages-{}.db", std::process::id()));
    let dynamodb = DynamoDb::in_file(file.to_str().unwrap(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let (address, port) = (dynamodb.address, dynamodb.address.port());
    let host = |host: &str| format!("host: {host}:{port}");
    let origin = |origin: &str| format!("origin: {origin}");

    for headers in [
        vec![host("127.0.0.1")],
        vec![host("localhost")],
        vec![host("LOCALHOST"), origin("http://localhost:3000")],
        vec![host("[::1]"), origin("http://127.0.0.1")],
    ] {
        let (status, body) = describe_table(address, &headers).await;
        assert_eq!((status.as_str(), &body["Table"]["TableName"]), ("200", &TABLE.into()), "{headers:?}");
    }
    let foreign_host = "this DynamoDB is for programs of this machine; host is not loopback";
    let foreign_origin = "this DynamoDB is for programs of this machine; origin is not loopback";
    for (headers, message) in [
        // DNS rebinding: the page's own name resolves to 127.0.0.1.
        (vec![host("rebound.example")], foreign_host),
        (vec![host("127.0.0.1.example")], foreign_host),
        (vec![host("localhost@rebound.example")], foreign_host),
        (vec![host("127.0.0.1"), host("rebound.example")], foreign_host),
        (vec![host("192.0.2.1")], foreign_host),
        (vec!["x-no-host: 1".to_owned()], foreign_host),
        // A page of the web.
        (vec![host("127.0.0.1"), origin("https://page.example")], foreign_origin),
        (vec![host("127.0.0.1"), origin("http://localhost.page.example")], foreign_origin),
        (vec![host("127.0.0.1"), origin("null")], foreign_origin),
    ] {
        let (status, body) = describe_table(address, &headers).await;
        assert_eq!((status.as_str(), &body["message"]), ("403", &message.into()), "{headers:?}");
        assert_eq!(body["__type"], "com.amazonaws.dynamodb.v20120810#AccessDeniedException");
    }
    drop(dynamodb);
    std::fs::remove_file(file).unwrap();
}
