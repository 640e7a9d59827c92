//! Forwards callbacks to your own receiver. Tencent has one callback URL per application (269/32431), so if you
//! already have a receiver, put this function in front of it.

use std::time::{Duration, Instant};

use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use lambda_http::http::{
    Request, Response,
    header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT},
};
use tencent_chat_callbacks::{
    event::{Command, is_before_callback},
    object::Object,
};

use crate::https::{Https, Timeouts};

mod delivery;
mod hop;
mod result;
mod url;
pub use delivery::Delivery;
pub use hop::Hop;
pub use result::ForwardResult;
pub use url::ForwardUrl;

/// The largest answer that is accepted from a receiver, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// An idle connection must be closed here before the receiver closes it: a POST written to a closed connection is
/// lost, because it is not retried. While Lambda freezes the function, it can't notice that the receiver has closed a
/// connection. Common servers close idle connections after 5 s or more.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(1), idle: Duration::from_secs(4) };

/// The byte order mark that some editors and templates put before a UTF-8 text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Your own receiver.
#[derive(Debug)]
pub struct Receiver {
    url: ForwardUrl,
    client: Https,
}

/// The result of forwarding a callback.
#[derive(Debug)]
pub struct Forwarded {
    /// The result, for the log.
    pub result: ForwardResult,
    /// Whether the receiver has taken the callback.
    pub delivery: Delivery,
    /// The receiver's answer byte for byte, if it can be sent to Tencent: status 200 and a JSON object.
    pub answer: Option<String>,
    /// How long it took.
    pub time: Duration,
}

impl Forwarded {
    /// The result if no answer is needed: a status that takes the callback is enough.
    #[must_use]
    pub fn without_answer(self) -> Self {
        let is_status = matches!(self.result, ForwardResult::Status(_));
        let result = match self.delivery {
            // Only after this status, the answer is read.
            Delivery::Taken if !is_status => ForwardResult::Status(200),
            _ => self.result,
        };
        Self { result, answer: None, ..self }
    }
}

impl Receiver {
    /// The receiver at a URL. Reads the machine's trusted certificates.
    #[must_use]
    pub fn new(url: ForwardUrl) -> Self {
        Self::with_connections(url, 1)
    }

    /// The receiver at a URL, for a client that sends this many callbacks at the same time.
    #[must_use]
    pub fn with_connections(url: ForwardUrl, connections: usize) -> Self {
        Self { url, client: Https::with_connections(TIMEOUTS, connections) }
    }

    /// Forwards a callback, with query string and body unchanged, and waits for the answer until the deadline.
    pub async fn forward(&self, query: &str, body: &str, hop: Hop, deadline: Instant) -> Forwarded {
        let started = Instant::now();
        // The status decides whether the receiver has the callback, even if the body of the response never ends.
        let mut head = None;
        let exchange = self.exchange(query, body, hop, &mut head);
        let exchange = tokio::time::timeout_at(deadline.into(), exchange).await;
        let (result, answer) = match exchange.unwrap_or(Err(ForwardResult::Timeout)) {
            Ok(answer) => (ForwardResult::Status(200), Some(answer)),
            Err(result) => (result, None),
        };
        Forwarded { result, delivery: Delivery::of(head), answer, time: started.elapsed() }
    }

    /// Sends the callback, and reads the answer. `head` becomes the status as soon as it is known.
    async fn exchange(
        &self,
        query: &str,
        body: &str,
        hop: Hop,
        head: &mut Option<u16>,
    ) -> Result<String, ForwardResult> {
        let response = match self.client.send(self.request(query, body, hop)?).await {
            // No byte was written. After any other error the receiver may have read the callback.
            Err(error) if error.is_connect() => self.client.send(self.request(query, body, hop)?).await,
            response => response,
        };
        let response = response.map_err(|_| ForwardResult::Connection)?;
        let status = response.status().as_u16();
        *head = Some(status);
        if status != 200 {
            return Err(ForwardResult::Status(status));
        }
        if is_compressed(&response) {
            return Err(ForwardResult::Compressed);
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
            // Without this header, a response may have any encoding.
            .header(ACCEPT_ENCODING, "identity")
            .header(USER_AGENT, hop.to_string());
        if let Some(authorization) = self.url.authorization() {
            request = request.header(AUTHORIZATION, authorization);
        }
        // Together the two query strings can be too long for a URL.
        request.body(SdkBody::from(body)).map_err(|_| ForwardResult::Connection)
    }
}

/// Whether a receiver's answer to this command is sent to Tencent. This holds for before-callbacks. It also holds for
/// undocumented commands, unless the name says that it is an after-callback: other products have before-callbacks
/// with other names, such as `ChatBot.OnAssignAgent` (1047/63270).
#[must_use]
pub fn answer_is_passed_on(command: &str) -> bool {
    let last = command.rsplit('.').next().unwrap_or(command);
    is_before_callback(command) || (Command::find(command).is_none() && !last.starts_with("CallbackAfter"))
}

fn is_compressed(response: &Response<SdkBody>) -> bool {
    let mut encodings = response.headers().get_all(CONTENT_ENCODING).iter();
    encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The body of a response.
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
