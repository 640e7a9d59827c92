//! Tencent's side: many connections. Each sends its next callback after the reply to the previous one.

use std::{
    io,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use support::{endpoint::read_message, requests::SDK_APPID};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    broken,
    callbacks::{Plan, body, query},
    faults::Faults,
    receiver::Receiving,
};

/// The limit for building and starting.
const START: Duration = Duration::from_mins(15);

/// If a reply takes longer than this, the test fails.
const REPLY: Duration = Duration::from_mins(1);

/// The replies that Tencent got.
#[derive(Default)]
pub(crate) struct Replies {
    pub(crate) ok: usize,
    pub(crate) fail: usize,
    pub(crate) slowest: Duration,
}

impl Replies {
    pub(crate) const fn sum(&self) -> usize {
        self.ok + self.fail
    }
}

/// Sends all callbacks in order over this many connections: a quarter of them before the receiver is away, and half of
/// them before DynamoDB's outage.
pub(crate) async fn send_all(
    plan: &Plan,
    to: SocketAddr,
    connections: usize,
    faults: &Faults,
    receiver: &Receiving,
) -> io::Result<Replies> {
    let progress = ProgressBar::new(plan.order.len() as u64);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len}, {per_sec}, {eta} left");
    progress.set_style(style.map_err(io::Error::other)?);
    let next = AtomicUsize::new(0);
    let client = async || -> io::Result<Replies> {
        let (mut replies, mut connection) = (Replies::default(), TcpStream::connect(to).await?);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(number) = plan.order.get(index) else {
                return Ok(replies);
            };
            if index == plan.order.len() / 4 {
                receiver.go_away();
            }
            if index == plan.order.len() / 2 {
                faults.begin_outage();
            }
            let started = Instant::now();
            match post(&mut connection, &query(*number), &body(*number), REPLY).await?.as_str() {
                "OK" => replies.ok += 1,
                _ => replies.fail += 1,
            }
            replies.slowest = replies.slowest.max(started.elapsed());
            progress.inc(1);
        }
    };
    let all = try_join_all((0..connections).map(|_| client())).await?;
    progress.finish();
    Ok(all.into_iter().fold(Replies::default(), |sum, replies| Replies {
        ok: sum.ok + replies.ok,
        fail: sum.fail + replies.fail,
        slowest: sum.slowest.max(replies.slowest),
    }))
}

/// Waits until the function answers.
pub(crate) async fn wait_until_ready(function: SocketAddr) -> io::Result<()> {
    let started = Instant::now();
    while started.elapsed() < START {
        if let Ok(mut connection) = TcpStream::connect(function).await {
            // A stranger's request: it is refused without a request to DynamoDB.
            let foreign = format!("SdkAppid={SDK_APPID}0");
            return post(&mut connection, &foreign, "{}", START).await.map(drop);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(broken("the function did not start"))
}

/// Sends a callback and returns the reply's `ActionStatus`.
async fn post(connection: &mut TcpStream, query: &str, body: &str, patience: Duration) -> io::Result<String> {
    let request = format!(
        "POST /?{query} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await?;
    let reply = tokio::time::timeout(patience, read_message(connection)).await??;
    let json = reply.iter().position(|byte| *byte == b'{').map(|start| &reply[start..]);
    let json: Value = serde_json::from_slice(json.unwrap_or_default())?;
    let status = json["ActionStatus"].as_str();
    Ok(status.ok_or_else(|| broken("a reply is not the function's"))?.to_owned())
}
