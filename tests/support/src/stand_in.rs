//! Stand-ins for services of AWS that have no embedded emulator: CloudWatch Logs, CloudFormation.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
};

/// A stand-in's URL. It answers every request as it is told, by the request's body.
#[must_use]
pub fn serve(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A client that goes away is none of its business.
            let _ = reply(&connection, &answer);
        }
    });
    url
}

/// Answers one request, and closes the connection.
fn reply(mut connection: &TcpStream, answer: &impl Fn(&str) -> (u16, String)) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        if let Some(("content-length", value)) = line.trim().to_lowercase().split_once(": ") {
            length = value.parse().expect("a length is a number");
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, reply) = answer(&String::from_utf8_lossy(&body));
    write!(
        connection,
        "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{reply}",
        reply.len()
    )
}
