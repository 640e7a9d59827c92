//! The embedded DynamoDB behind a stand-in that counts the requests.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
};

use support::stand_in::{Request, Response, serve_operations};

use crate::world::{Ran, World, run};

/// The number of requests by operation.
pub(crate) type Requests = BTreeMap<String, usize>;

/// Runs the program, and counts its requests. The deployment has one shard.
pub(crate) fn run_counted(world: &World, arguments: &[&str]) -> (Ran, Requests) {
    let counts = Arc::new(Mutex::new(Requests::new()));
    let (address, counted) = (world.dynamodb.address, Arc::clone(&counts));
    let url = serve_operations(move |request| {
        *counted.lock().expect("no test panics with it").entry(request.operation.clone()).or_default() += 1;
        let body = passed_on(address, request).expect("DynamoDB answers");
        Some(Response { status: 200, headers: Vec::new(), body })
    });
    let mut command = world.program(arguments);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", url).env("INDEX_SHARDS", "1");
    let ran = run(command, "");
    let counts = counts.lock().expect("no test panics with it").clone();
    (ran, counts)
}

/// The body of the response to a request.
fn passed_on(address: SocketAddr, Request { operation, body }: &Request) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(address)?;
    write!(
        connection,
        "POST / HTTP/1.1\r\nhost: {address}\r\nx-amz-target: DynamoDB_20120810.{operation}\r\n\
            content-type: application/x-amz-json-1.0\r\nauthorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e, \
            SignedHeaders=host, Signature=0\r\nx-amz-date: 20221209T000000Z\r\nconnection: close\r\n\
            content-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut response = Vec::new();
    connection.read_to_end(&mut response)?;
    let head = response.windows(4).position(|end| end == b"\r\n\r\n").expect("a response has a head");
    assert!(response.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&response));
    Ok(response.split_off(head + 4))
}
