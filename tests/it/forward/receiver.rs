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
}

/// A running receiver, until it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<String>>>,
    task: AbortHandle,
}

impl Receiver {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        let accept = async move {
            while let Ok((client, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                // The function is tested with errors that end its connection, so they are ignored here.
                tokio::spawn(async move { serve(client, behaviour, &kept).await.ok() });
            }
        };
        Self { address, received, task: tokio::spawn(accept).abort_handle() }
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

async fn serve(mut client: TcpStream, behaviour: Behaviour, kept: &Mutex<Vec<String>>) -> io::Result<()> {
    loop {
        let request = String::from_utf8(read_message(&mut client).await?).expect("requests are text");
        let is_elsewhere = request.starts_with("POST /elsewhere");
        kept.lock().expect("nobody panicked").push(request);
        let reply = match behaviour {
            Behaviour::Answer(status, body, after) => {
                tokio::time::sleep(Duration::from_millis(after)).await;
                reply(status, "", body)
            }
            Behaviour::Large(bytes) => reply(200, "", &format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8))),
            Behaviour::Redirect if is_elsewhere => reply(200, "", r#"{"ErrorCode":1}"#),
            Behaviour::Redirect => reply(307, "location: /elsewhere\r\n", ""),
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
