//! A DynamoDB endpoint that misbehaves as it is told: a loopback listener, in front of an embedded DynamoDB where
//! requests are let through.

use std::{
    future::pending,
    io,
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// What the endpoint does with a request.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Lets it through.
    Pass,
    /// Lets it through, and closes the connection after the reply, as DynamoDB does with idle ones.
    PassAndClose,
    /// Lets it through, and drops the connection instead of the reply.
    LoseReply,
    /// Never answers, here and on this connection.
    Silent,
    /// Resets the connection.
    Reset,
    /// Sends half a reply and closes the connection.
    HalfReply,
    /// Sends half a reply and no more.
    Stall,
    /// Answers with this HTTP status, error code and message.
    Fail(u16, &'static str, &'static str),
    /// Refuses the credentials with this error code, and quotes what was signed, as DynamoDB does.
    Quote(&'static str),
    /// Answers as a proxy does that can't reach DynamoDB, and whose clock is an hour ahead.
    BadGateway,
    /// Lets it through if it was signed within 5 minutes of now, and otherwise refuses the signature.
    PassIfFresh,
}

/// A running endpoint, until it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    /// Where it listens.
    pub address: SocketAddr,
    counts: Arc<Counts>,
    task: AbortHandle,
}

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
}

impl Endpoint {
    /// Follows a script, whose last step goes on for ever, in front of a DynamoDB.
    pub async fn scripted(script: &[Step], upstream: SocketAddr) -> Self {
        let script = script.to_owned();
        Self::deciding(move |request| script[request.min(script.len() - 1)], upstream).await
    }

    /// Takes a step with every request for so long after the first one, and lets all others through.
    pub async fn failing_for(time: Duration, step: Step, upstream: SocketAddr) -> Self {
        let first = OnceLock::new();
        let decide = move |_| match first.get_or_init(Instant::now).elapsed() {
            elapsed if elapsed < time => step,
            _ => Step::Pass,
        };
        Self::deciding(decide, upstream).await
    }

    /// Asks for each request, by its number from 0, what to do with it.
    pub async fn deciding(
        decide: impl Fn(usize) -> Step + Send + Sync + 'static,
        upstream: SocketAddr,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let counts = Arc::new(Counts::default());
        let (decide, counted) = (Arc::new(decide), Arc::clone(&counts));
        let accept = async move {
            while let Ok((client, _)) = listener.accept().await {
                counted.connections.fetch_add(1, Ordering::SeqCst);
                let (decide, counted) = (Arc::clone(&decide), Arc::clone(&counted));
                let decide = move || decide(counted.requests.fetch_add(1, Ordering::SeqCst));
                // An error ends a connection: that is what clients are tested with.
                tokio::spawn(async move { serve(client, decide, upstream).await.ok() });
            }
        };
        let task = tokio::spawn(accept).abort_handle();
        Self { address, counts, task }
    }

    /// How many connections there were.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// How many requests there were.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a connection until a step or the client closes it.
async fn serve(mut client: TcpStream, decide: impl Fn() -> Step, upstream: SocketAddr) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut dynamodb = None;
    loop {
        let request = read_message(&mut client).await?;
        let step = match decide() {
            Step::PassIfFresh if is_fresh(&request) => Step::Pass,
            step => step,
        };
        let reply = match step {
            Step::Silent => return pending().await,
            Step::Reset => return client.set_zero_linger(),
            Step::HalfReply | Step::Stall => {
                let reply = reply(200, "{}");
                client.write_all(&reply[..reply.len() - 1]).await?;
                return if matches!(step, Step::Stall) { pending().await } else { Ok(()) };
            }
            Step::Fail(status, code, message) => reply(status, &error(code, message)),
            Step::Quote(code) => reply(400, &error(code, &quotation(&request))),
            Step::BadGateway => dated(502, "text/html", 3600, "<html>Bad gateway</html>"),
            Step::PassIfFresh => {
                let error = error("InvalidSignatureException", "Signature expired.");
                dated(400, "application/x-amz-json-1.0", 0, &error)
            }
            Step::Pass | Step::PassAndClose | Step::LoseReply => {
                let dynamodb = match &mut dynamodb {
                    Some(dynamodb) => dynamodb,
                    none => none.insert(TcpStream::connect(upstream).await?),
                };
                dynamodb.write_all(&request).await?;
                read_message(dynamodb).await?
            }
        };
        if matches!(step, Step::LoseReply) {
            return client.set_zero_linger();
        }
        client.write_all(&reply).await?;
        if matches!(step, Step::PassAndClose) {
            return Ok(());
        }
    }
}

fn reply(status: u16, body: &str) -> Vec<u8> {
    let head = "content-type: application/x-amz-json-1.0";
    format!("HTTP/1.1 {status} -\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A reply with a `Date` that is so many seconds ahead.
fn dated(status: u16, content_type: &str, ahead: i64, body: &str) -> Vec<u8> {
    let date = from_now(ahead).fmt(DateTimeFormat::HttpDate).expect("a year of four digits");
    let head = format!("content-type: {content_type}\r\ndate: {date}");
    format!("HTTP/1.1 {status} -\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn from_now(seconds: i64) -> DateTime {
    DateTime::from_secs(DateTime::from(SystemTime::now()).secs() + seconds)
}

/// Whether a request was signed within 5 minutes of now.
fn is_fresh(request: &[u8]) -> bool {
    // As in the header: `20261125T223000Z`.
    let basic = |time: DateTime| {
        time.fmt(DateTimeFormat::DateTime).expect("a year of four digits").replace(['-', ':'], "")
    };
    let head = String::from_utf8_lossy(request);
    let signed = head.lines().find_map(|line| line.strip_prefix("x-amz-date: ")).expect("a signed request");
    (basic(from_now(-300)).as_str()..=basic(from_now(300)).as_str()).contains(&signed)
}

fn error(code: &str, message: &str) -> String {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    serde_json::json!({ "__type": kind, "message": message }).to_string()
}

/// What DynamoDB says of a wrong signature: it goes on with all headers, the session token among them.
fn quotation(request: &[u8]) -> String {
    format!(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method.\n\nThe Canonical String for this request should have been\n'{}'",
        String::from_utf8_lossy(request)
    )
}

/// A whole request or reply, as it came.
///
/// # Errors
/// Where the connection ends before it.
pub async fn read_message(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        if let Some(len) = message_len(&message)
            && message.len() >= len
        {
            return Ok(message);
        }
        if from.read_buf(&mut message).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// How long a message is in all, once its head is there.
fn message_len(message: &[u8]) -> Option<usize> {
    let head = message.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let lines = str::from_utf8(&message[..head]).ok()?.lines();
    let body = lines.filter_map(|line| line.split_once(": ")).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok()).flatten()
    });
    Some(head + body.unwrap_or(0))
}
