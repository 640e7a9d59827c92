//! Passes callbacks on to your own receiver: Tencent has one callback URL per application (269/32431), so if you have
//! a receiver already, you put this function in front of it.

use std::time::{Duration, Instant};

use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use lambda_http::http::{
    Request, Response,
    header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};
use serde::{Serialize, Serializer};
use tencent_chat_callbacks::{
    event::{asks, documented},
    object::Object,
};

use crate::https::{Https, Limits};

mod hop;
mod url;
pub use hop::Hop;
pub use url::ForwardUrl;

/// The largest answer that is passed on, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// A POST that was written is not repeated, so one on a connection that the receiver has closed is lost. While Lambda
/// has the function frozen, nobody notices that: so a connection is not kept for as long as the receiver may keep it.
/// Common servers close an idle connection after 5 s or more.
const LIMITS: Limits = Limits { connect: Duration::from_secs(1), idle: Duration::from_secs(4) };

/// Some editors and templates put this before a text, in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Your own receiver.
#[derive(Debug)]
pub struct Receiver {
    url: ForwardUrl,
    client: Https,
}

/// What came of passing a callback on.
#[derive(Debug)]
pub struct Forwarded {
    /// What the log says.
    pub result: ForwardResult,
    /// The receiver's answer byte for byte, if it can be Tencent's: status 200 and a JSON object.
    pub answer: Option<String>,
    /// How long it took.
    pub time: Duration,
}

/// How a receiver answered, or why it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardResult {
    /// Not in time.
    Timeout,
    /// It could not be reached, or hung up.
    Connection,
    /// With an answer over 64 KB.
    TooLarge,
    /// With something else than a JSON object.
    NotJson,
    /// With this HTTP status. 200 comes with a usable answer.
    Status(u16),
}

impl ForwardResult {
    /// Whether the receiver took the callback.
    #[must_use]
    pub fn is_well(self) -> bool {
        self == Self::Status(200)
    }
}

/// Always a string, so that a metric filter can compare it.
impl Serialize for ForwardResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Timeout => serializer.serialize_str("timeout"),
            Self::Connection => serializer.serialize_str("connection"),
            Self::TooLarge => serializer.serialize_str("too_large"),
            Self::NotJson => serializer.serialize_str("not_json"),
            Self::Status(status) => serializer.collect_str(status),
        }
    }
}

impl Receiver {
    /// The receiver at a URL. Reads the machine's trusted certificates.
    #[must_use]
    pub fn new(url: ForwardUrl) -> Self {
        Self { url, client: Https::with_system_roots(LIMITS) }
    }

    /// Passes a callback on, with its query string and body unchanged, and waits for the answer until the deadline.
    pub async fn forward(&self, query: &str, body: &str, hop: Hop, deadline: Instant) -> Forwarded {
        let started = Instant::now();
        let exchange = tokio::time::timeout_at(deadline.into(), self.exchange(query, body, hop)).await;
        let (result, answer) = match exchange.unwrap_or(Err(ForwardResult::Timeout)) {
            Ok(answer) => (ForwardResult::Status(200), Some(answer)),
            Err(result) => (result, None),
        };
        Forwarded { result, answer, time: started.elapsed() }
    }

    async fn exchange(&self, query: &str, body: &str, hop: Hop) -> Result<String, ForwardResult> {
        let response = match self.client.send(self.request(query, body, hop)?).await {
            // No byte was written. After any other fault the receiver may have read the callback.
            Err(error) if error.is_connect() => self.client.send(self.request(query, body, hop)?).await,
            response => response,
        };
        let response = response.map_err(|_| ForwardResult::Connection)?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(ForwardResult::Status(status));
        }
        let answer = String::from_utf8(read(response).await?).map_err(|_| ForwardResult::NotJson)?;
        let answer = answer.strip_prefix(BYTE_ORDER_MARK).map(str::to_owned).unwrap_or(answer);
        match serde_json::from_str::<Object<'_>>(&answer) {
            Ok(_) => Ok(answer),
            Err(_) => Err(ForwardResult::NotJson),
        }
    }

    fn request(&self, query: &str, body: &str, hop: Hop) -> Result<Request<SdkBody>, ForwardResult> {
        let mut request = Request::post(self.url.with_query(query))
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, hop.to_string());
        if let Some(authorization) = self.url.authorization() {
            request = request.header(AUTHORIZATION, authorization);
        }
        // Together the two query strings may be too long for a URL.
        request.body(SdkBody::from(body)).map_err(|_| ForwardResult::Connection)
    }
}

/// Whether a receiver's answer to this command counts. It does for all commands that ask, and for undocumented ones
/// unless their name says that something has happened already: other products have commands that ask without saying
/// so, such as `ChatBot.OnAssignAgent` (1047/63270).
#[must_use]
pub fn counts(command: &str) -> bool {
    let last = command.rsplit('.').next().unwrap_or(command);
    asks(command) || (documented(command).is_none() && !last.starts_with("CallbackAfter"))
}

/// A response's body.
async fn read(response: Response<SdkBody>) -> Result<Vec<u8>, ForwardResult> {
    let mut chunks = ByteStream::new(response.into_body());
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.try_next().await.map_err(|_| ForwardResult::Connection)? {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(ForwardResult::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
