//! Passes callbacks on to a receiver of one's own: Tencent has one callback URL per application (269/32431), so
//! whoever has a receiver already puts this function in front of it.
//!
//! The client is the one that the SDK has for DynamoDB: it follows no redirects and asks the environment for no
//! proxy.

use std::time::{Duration, Instant};

use aws_smithy_http_client::tls::TrustStore;
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use serde::{Serialize, Serializer};
use tencent_chat_callbacks::object::Object;

use crate::https::connector;

mod url;
pub use url::ForwardUrl;

/// The largest answer that is passed on, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A receiver of one's own.
#[derive(Debug)]
pub struct Receiver {
    url: ForwardUrl,
    connector: SharedHttpConnector,
}

/// What came of passing a callback on.
#[derive(Debug)]
pub struct Forwarded {
    /// What the log says.
    pub result: ForwardResult,
    /// The receiver's answer as it came, if it can be Tencent's: status 200 and a JSON object.
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
    /// The receiver at a URL. Reads the machine's trusted certificates, where the URL is HTTPS.
    #[must_use]
    pub fn new(url: ForwardUrl) -> Self {
        Self { url, connector: connector(TrustStore::default(), CONNECT_TIMEOUT) }
    }

    /// Passes a callback on, as it came, and waits for the answer until the deadline.
    pub async fn forward(&self, query: &str, body: &str, deadline: Instant) -> Forwarded {
        let started = Instant::now();
        let exchange = tokio::time::timeout_at(deadline.into(), self.exchange(query, body)).await;
        let (result, answer) = match exchange.unwrap_or(Err(ForwardResult::Timeout)) {
            Ok(answer) => (ForwardResult::Status(200), Some(answer)),
            Err(result) => (result, None),
        };
        Forwarded { result, answer, time: started.elapsed() }
    }

    async fn exchange(&self, query: &str, body: &str) -> Result<String, ForwardResult> {
        let response = match self.post(query, body).await {
            // A kept connection may have died while Lambda had the function frozen.
            Err(ForwardResult::Connection) => self.post(query, body).await?,
            response => response?,
        };
        let status = response.status().as_u16();
        if status != 200 {
            return Err(ForwardResult::Status(status));
        }
        let answer = String::from_utf8(read(response).await?).map_err(|_| ForwardResult::NotJson)?;
        match serde_json::from_str::<Object<'_>>(&answer) {
            Ok(_) => Ok(answer),
            Err(_) => Err(ForwardResult::NotJson),
        }
    }

    async fn post(&self, query: &str, body: &str) -> Result<HttpResponse, ForwardResult> {
        let mut request = HttpRequest::new(SdkBody::from(body));
        // What is set here was checked when the URL was read.
        let _ = request.set_method("POST");
        request.set_uri(self.url.with_query(query)).map_err(|_| ForwardResult::Connection)?;
        request.headers_mut().insert("content-type", "application/json");
        if let Some(authorization) = self.url.authorization() {
            request.headers_mut().insert("authorization", authorization.to_owned());
        }
        self.connector.call(request).await.map_err(|_| ForwardResult::Connection)
    }
}

/// A response's body.
async fn read(response: HttpResponse) -> Result<Vec<u8>, ForwardResult> {
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
