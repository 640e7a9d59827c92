//! A receiver that keeps the requests.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use support::endpoint::read_message;
use tencent_chat_callbacks::{App, Query, Receiver as Admission};
use tencent_chat_webhook::time::now_millis;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

pub(crate) const OK: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;

/// A request to a receiver.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// The part of the URL after the question mark.
    pub(crate) query: String,
    /// Request line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// 0 closes the connection.
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) after: Duration,
}

impl Reply {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self { status, body: body.to_owned(), after: Duration::ZERO }
    }
}

impl Received {
    /// Whether it is admitted as signed with this token.
    pub(crate) fn is_signed(&self, sdk_appid: &str, secret: &str) -> bool {
        let receiver = Admission::new([App::signed(sdk_appid, [secret]).expect("a token")]);
        let admitted = receiver.admit(Query::parse(&self.query), b"", now_millis() / 1000);
        admitted.is_ok_and(|admitted| admitted.sdk_appid().is_some() && admitted.signed_by().is_some())
    }
}

/// A running receiver, until it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    task: AbortHandle,
}

impl Receiver {
    /// Answers each request with the status for its number, from 0. Status 0 closes the connection.
    pub(crate) async fn start(status: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        Self::replying(move |number, _| Reply::new(status(number), OK)).await
    }

    /// Answers each request by its number, from 0, and its content.
    pub(crate) async fn replying(reply: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let received = Arc::new(Mutex::new(Vec::new()));
        let (kept, reply) = (Arc::clone(&received), Arc::new(reply));
        let accept = async move {
            while let Ok((client, _)) = listener.accept().await {
                let (kept, reply) = (Arc::clone(&kept), Arc::clone(&reply));
                // An error means that the client has gone.
                tokio::spawn(async move { serve(client, &kept, &*reply).await.ok() });
            }
        };
        Self { address, received, task: tokio::spawn(accept).abort_handle() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/im", self.address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("nobody panicked").clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut client: TcpStream,
    kept: &Mutex<Vec<Received>>,
    reply: &(impl Fn(usize, &Received) -> Reply + Sync),
) -> io::Result<()> {
    loop {
        let request = String::from_utf8(read_message(&mut client).await?).expect("requests are text");
        let (head, body) = request.split_once("\r\n\r\n").expect("a head has an end");
        let target = head.split(' ').nth(1).expect("a request has a target");
        let query = target.split_once('?').expect("a callback has a query").1.to_owned();
        let received = Received { query, head: head.to_owned(), body: body.to_owned() };
        let number = {
            let mut kept = kept.lock().expect("nobody panicked");
            kept.push(received.clone());
            kept.len() - 1
        };
        let Reply { status, body, after } = reply(number, &received);
        tokio::time::sleep(after).await;
        if status == 0 {
            return Ok(());
        }
        let reply = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        client.write_all(reply.as_bytes()).await?;
    }
}
