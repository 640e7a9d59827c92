//! Stand-ins for AWS services that have no embedded emulator, or whose emulator lacks a feature that a test needs.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

/// A request to a stand-in.
#[derive(Debug, Default)]
pub struct Request {
    /// The operation: in a header, the part of `X-Amz-Target` after the dot, or the last part of the path.
    pub operation: String,
    /// The body.
    pub body: String,
}

/// The response of a stand-in.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, besides those of every response.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Starts a stand-in and returns its URL. `respond` maps the body of a request to status and body of the response.
#[must_use]
pub fn serve(respond: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
    serve_operations(move |request| {
        let (status, body) = respond(&request.body);
        Some(Response { status, headers: Vec::new(), body: body.into_bytes() })
    })
}

/// Starts a stand-in and returns its URL. It closes the connection if `respond` returns `None`.
#[must_use]
pub fn serve_operations(respond: impl Fn(&Request) -> Option<Response> + Send + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // Errors of the client are ignored.
            let _ = exchange(&connection, &respond);
        }
    });
    url
}

/// A stand-in for SQS that keeps the messages.
#[derive(Debug)]
pub struct Queue {
    /// Its URL.
    pub url: String,
    messages: Arc<Mutex<Vec<String>>>,
}

impl Queue {
    /// Starts a stand-in.
    #[must_use]
    pub fn start() -> Self {
        let messages = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&messages);
        let url = serve(move |request| {
            let request: Value = serde_json::from_str(request).expect("a request is JSON");
            let entries = request["Entries"].as_array().expect("a batch of messages");
            let bodies =
                entries.iter().map(|entry| entry["MessageBody"].as_str().expect("a body").to_owned());
            kept.lock().expect("nobody panicked").extend(bodies);
            let sent =
                |entry: &Value| json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "d" });
            (200, json!({ "Successful": entries.iter().map(sent).collect::<Vec<_>>() }).to_string())
        });
        Self { url, messages }
    }

    /// The messages since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.messages.lock().expect("nobody panicked"))
    }
}

/// Reads one request, writes the response, and closes the connection.
fn exchange(
    mut connection: &TcpStream,
    respond: &impl Fn(&Request) -> Option<Response>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let (mut line, mut length, mut request) = (String::new(), 0, Request::default());
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default();
    request.operation = path.rsplit('/').take(1).collect();
    line.clear();
    while reader.read_line(&mut line)? > 2 {
        let (name, value) = line.trim().split_once(": ").unwrap_or_default();
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().expect("a length is a number"),
            "x-amz-target" => request.operation = value.rsplit('.').take(1).collect(),
            _ => {}
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    let Some(Response { status, headers, body }) = respond(&request) else { return Ok(()) };
    write!(connection, "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n", body.len())?;
    for (name, value) in headers {
        write!(connection, "{name}: {value}\r\n")?;
    }
    connection.write_all(b"\r\n")?;
    connection.write_all(&body)
}
