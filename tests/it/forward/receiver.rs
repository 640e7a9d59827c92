//! Your own receiver, with scripted behaviour.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use support::endpoint::read_message;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// The receiver's reaction to a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behaviour {
    /// Sends this status and body, after this many milliseconds.
    Answer(u16, &'static str, u64),
    /// Sends a JSON object of this many bytes.
    Large(usize),
    /// Redirects the client to a place that would answer.
    Redirect,
    /// Never answers.
    Silent,
    /// Resets the connection.
    Reset,
    /// Answers properly, and closes the connection a moment later.
    AnswerAndDie(&'static str),
    /// Sends this status, which depends on the request, and a proper answer.
    By(fn(&str) -> u16),
    /// Sends a proper answer as if it were compressed.
    Compressed,
    /// Sends status 200 and the beginning of an answer.
    Endless,
}

/// A running receiver, until it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<String>>>,
    behaviour: Arc<Mutex<Behaviour>>,
    task: AbortHandle,
}

impl Receiver {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let (received, behaviour) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(behaviour)));
        let (kept, current) = (Arc::clone(&received), Arc::clone(&behaviour));
        let accept = async move {
            while let Ok((client, _)) = listener.accept().await {
                let (kept, current) = (Arc::clone(&kept), Arc::clone(&current));
                // The function is tested with errors that end its connection, so they are ignored here.
                tokio::spawn(async move { serve(client, &current, &kept).await.ok() });
            }
        };
        Self { address, received, behaviour, task: tokio::spawn(accept).abort_handle() }
    }

    /// Behaves differently from now on, and forgets the requests.
    pub(crate) fn becomes(&self, behaviour: Behaviour) {
        *self.behaviour.lock().expect("no server panicked") = behaviour;
        self.received.lock().expect("no server panicked").clear();
    }

    /// The received requests, unchanged.
    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().expect("no server panicked").clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut client: TcpStream,
    current: &Mutex<Behaviour>,
    kept: &Mutex<Vec<String>>,
) -> io::Result<()> {
    loop {
        let request = String::from_utf8(read_message(&mut client).await?).expect("requests are text");
        let is_elsewhere = request.starts_with("POST /elsewhere");
        let behaviour = *current.lock().expect("nobody panicked");
        let by = if let Behaviour::By(status) = behaviour { status(&request) } else { 0 };
        kept.lock().expect("nobody panicked").push(request);
        let reply = match behaviour {
            Behaviour::Answer(status, body, after) => {
                tokio::time::sleep(Duration::from_millis(after)).await;
                reply(status, "", body)
            }
            Behaviour::Large(bytes) => reply(200, "", &format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8))),
            Behaviour::Redirect if is_elsewhere => reply(200, "", r#"{"ErrorCode":1}"#),
            Behaviour::Redirect => reply(307, "location: /elsewhere\r\n", ""),
            Behaviour::By(_) => reply(by, "", r#"{"ErrorCode":0}"#),
            Behaviour::Compressed => reply(200, "content-encoding: gzip\r\n", "\u{1f}"),
            Behaviour::Endless => {
                client.write_all(b"HTTP/1.1 200 -\r\ncontent-length: 100\r\n\r\n{").await?;
                return std::future::pending().await;
            }
            Behaviour::Silent => return std::future::pending().await,
            Behaviour::Reset => return client.set_zero_linger(),
            Behaviour::AnswerAndDie(body) => {
                client.write_all(reply(200, "", body).as_bytes()).await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
                return client.set_zero_linger();
            }
        };
        client.write_all(reply.as_bytes()).await?;
    }
}

fn reply(status: u16, header: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} -\r\n{header}content-length: {}\r\n\r\n{body}", body.len())
}
