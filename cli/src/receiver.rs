//! A receiver of callbacks at a URL.

use std::time::{Duration, Instant};

use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use http::{
    Request, Response,
    header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE},
};
use serde_json::{Value, json};
use tencent_chat_webhook::{
    forward::{Delivery, ForwardUrl},
    https::{Https, Limits},
};

use crate::fault::{Fault, causes};

/// The largest part of an answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The time limit for an answer. Tencent waits 2 s; a start in a debugger takes longer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

const LIMITS: Limits = Limits { connect: Duration::from_secs(5), idle: Duration::from_secs(4) };

/// A receiver.
#[derive(Debug)]
pub(crate) struct Receiver {
    url: ForwardUrl,
    client: Https,
}

/// The receiver's answer to a callback.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 if there is no answer.
    pub(crate) status: u16,
    /// The answer's body, or the reason why there is none.
    pub(crate) text: String,
    pub(crate) time: Duration,
}

impl Answer {
    /// No answer, with the reason.
    pub(crate) fn none(why: &str) -> Self {
        Self { status: 0, text: why.to_owned(), time: Duration::ZERO }
    }

    /// Whether the receiver has taken the callback, by the same rule as the function's.
    pub(crate) fn is_taken(&self) -> bool {
        Delivery::of(Some(self.status)) == Delivery::Taken
    }

    /// Status, answer and time, for a program.
    pub(crate) fn json(&self) -> Value {
        let answer = serde_json::from_str(&self.text).ok().filter(Value::is_object);
        let answer = answer.unwrap_or_else(|| Value::from(self.text.as_str()));
        json!({ "status": self.status, "answer": answer, "ms": self.millis() })
    }

    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Receiver {
    pub(crate) fn new(url: &str) -> Result<Self, Fault> {
        // The URL may hold a password, so it is not quoted.
        let url = ForwardUrl::with_any_scheme(url)
            .map_err(|_| Fault::new("--to is not an http:// or https:// URL"))?;
        let client =
            if url.is_https() { Https::with_system_roots(LIMITS) } else { Https::without_roots(LIMITS) };
        Ok(Self { url, client })
    }

    /// Whether it is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.url.is_on_loopback()
    }

    /// Sends a callback.
    pub(crate) async fn post(&self, query: &str, body: impl Into<SdkBody>) -> Answer {
        let started = Instant::now();
        // The status alone decides whether the callback is taken, even if the body of the response never ends.
        let mut status = 0;
        let exchange = self.exchange(query, body.into(), &mut status);
        let text = match tokio::time::timeout(ANSWER_TIMEOUT, exchange).await {
            Ok(Ok(text) | Err(text)) => text,
            Err(_) => format!("no answer in {} s", ANSWER_TIMEOUT.as_secs()),
        };
        Answer { status, text, time: started.elapsed() }
    }

    async fn exchange(&self, query: &str, body: SdkBody, status: &mut u16) -> Result<String, String> {
        let mut request = Request::post(self.url.with_query(query)).header(CONTENT_TYPE, "application/json");
        // Some servers send head and body in two segments, and wait for the acknowledgement of the first one. On a
        // connection that is kept, that takes 40 ms. On this machine, a new connection costs nothing.
        if self.is_local() {
            request = request.header(CONNECTION, "close");
        }
        if let Some(authorization) = self.url.authorization() {
            request = request.header(AUTHORIZATION, authorization);
        }
        let request = request.body(body).map_err(|error| error.to_string())?;
        let response = self.client.send(request).await.map_err(|error| causes(&error))?;
        *status = response.status().as_u16();
        read(response).await
    }
}

async fn read(response: Response<SdkBody>) -> Result<String, String> {
    let mut chunks = ByteStream::new(response.into_body());
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.try_next().await.map_err(|error| causes(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER_BYTES {
            bytes.truncate(MAX_ANSWER_BYTES);
            break;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
