//! A DynamoDB endpoint with scripted faults: a loopback listener in front of an embedded DynamoDB.

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

/// The endpoint's reaction to a request.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Passes it to DynamoDB.
    Pass,
    /// Passes it on, and closes the connection after the response, as DynamoDB does with idle connections.
    PassAndClose,
    /// Passes it on, and closes the connection instead of sending the response.
    LoseReply,
    /// Never answers this or any later request on this connection.
    Silent,
    /// Resets the connection.
    Reset,
    /// Sends half a response and closes the connection.
    HalfReply,
    /// Sends half a response and then nothing.
    Stall,
    /// Sends this HTTP status, error code and message.
    Fail(u16, &'static str, &'static str),
    /// Rejects the credentials with this error code, and quotes the signed text, as DynamoDB does.
    Quote(&'static str),
    /// Answers like a proxy that can't reach DynamoDB and whose clock is an hour ahead.
    BadGateway,
    /// Passes it on if it was signed within 5 minutes of now; otherwise rejects the signature.
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
    /// Follows a script in front of a DynamoDB. The last step repeats for ever.
    pub async fn scripted(script: &[Step], upstream: SocketAddr) -> Self {
        let script = script.to_owned();
        Self::deciding(move |request| script[request.min(script.len() - 1)], upstream).await
    }

    /// Applies a step to every request for this long after the first one, and passes all later requests on.
    pub async fn failing_for(time: Duration, step: Step, upstream: SocketAddr) -> Self {
        let first = OnceLock::new();
        let decide = move |_| match first.get_or_init(Instant::now).elapsed() {
            elapsed if elapsed < time => step,
            _ => Step::Pass,
        };
        Self::deciding(decide, upstream).await
    }

    /// Calls `decide` for each request, with its number from 0.
    pub async fn deciding(
        decide: impl Fn(usize) -> Step + Send + Sync + 'static,
        upstream: SocketAddr,
    ) -> Self {
        Self::deciding_on(move |number, _| decide(number), upstream).await
    }

    /// Calls `decide` for each request, with its number from 0 and its bytes.
    pub async fn deciding_on(
        decide: impl Fn(usize, &[u8]) -> Step + Send + Sync + 'static,
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
                let decide =
                    move |request: &[u8]| decide(counted.requests.fetch_add(1, Ordering::SeqCst), request);
                // A client tests an endpoint by the errors that end its connection, so they are ignored here.
                tokio::spawn(async move { serve(client, decide, upstream).await.ok() });
            }
        };
        let task = tokio::spawn(accept).abort_handle();
        Self { address, counts, task }
    }

    /// The number of connections so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// The number of requests so far.
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
async fn serve(
    mut client: TcpStream,
    decide: impl Fn(&[u8]) -> Step,
    upstream: SocketAddr,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut dynamodb = None;
    loop {
        let request = read_message(&mut client).await?;
        let step = match decide(&request) {
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

/// A response with a `Date` this many seconds ahead.
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

/// DynamoDB's message about a wrong signature: it continues with all headers, including the session token.
fn quotation(request: &[u8]) -> String {
    format!(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method.\n\nThe Canonical String for this request should have been\n'{}'",
        String::from_utf8_lossy(request)
    )
}

/// A whole request or response, unchanged.
///
/// # Errors
///
/// If the connection ends before the end of the message.
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

/// The length of a whole message, once its head has arrived.
fn message_len(message: &[u8]) -> Option<usize> {
    let head = message.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let lines = str::from_utf8(&message[..head]).ok()?.lines();
    let body = lines.filter_map(|line| line.split_once(": ")).find_map(|(name, value)| {
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok()).flatten()
    });
    Some(head + body.unwrap_or(0))
}
