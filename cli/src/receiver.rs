//! A receiver of callbacks at a URL.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use clap::Args;
use http::{
    Request, Uri,
    header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, USER_AGENT},
};
use serde_json::value::RawValue;
use tencent_chat_webhook::{
    forward::{Delivery, ForwardUrl},
    https::{Https, Timeouts},
};

use crate::fault::{Fault, causes};

mod certificates;
mod reason;

/// The largest part of an answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The time limit for an answer. Tencent waits 2 s; a start in a debugger takes longer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Some firewalls reject requests without this header.
pub(crate) const AGENT: &str = concat!("chat-events/", env!("CARGO_PKG_VERSION"));

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(5), idle: Duration::from_secs(4) };

/// How to connect to a receiver.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ConnectionFlags {
    /// Trust the certificates in this PEM file instead of the machine's
    ///
    /// They can be those of the receiver's authority, or the receiver's own self-signed certificate.
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Allow http:// to another machine: anyone who reads the signature can send callbacks to the function for 60 s
    #[arg(long)]
    insecure: bool,
}

/// A receiver.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    url: ForwardUrl,
    /// Its host and port. The rest of the URL may contain a password, so no message has it.
    server: String,
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
    /// Whether the receiver got the request.
    pub(crate) was_sent: bool,
}

impl Answer {
    /// No answer, because the callback was not sent.
    pub(crate) fn unsent(why: String) -> Self {
        Self { status: 0, text: why, time: Duration::ZERO, was_sent: false }
    }

    /// Whether the receiver has taken the callback.
    pub(crate) fn is_taken(&self) -> bool {
        is_taken(self.status)
    }

    /// The answer, if it is a JSON object, on one line and with all digits of its numbers.
    pub(crate) fn object(&self) -> Option<Box<RawValue>> {
        let object = serde_json::from_str::<&RawValue>(&self.text).ok()?.get();
        // In JSON, a string has no line breaks.
        let line = object.starts_with('{').then(|| object.replace(['\n', '\r'], " "))?;
        RawValue::from_string(line).ok()
    }

    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Whether a receiver with this status has taken a callback, by the function's rule.
pub(crate) fn is_taken(status: u16) -> bool {
    Delivery::of(Some(status)) == Delivery::Taken
}

impl Receiver {
    pub(crate) fn new(url: &str, flags: &ConnectionFlags) -> Result<Self, Fault> {
        let url = parse(url).ok_or_else(|| {
            Fault::usage("the receiver is not a URL such as https://example.com/im or localhost:8080")
        })?;
        if !url.is_https() && !url.is_on_loopback() && !flags.insecure {
            return Err(Fault::usage(
                "over http://, others can read the signature, and send callbacks to the function for 60 s; use https://, or add --insecure",
            ));
        }
        let client = match &flags.cacert {
            Some(file) => Https::with_verifier(Arc::new(certificates::Trusted::read(file)?), TIMEOUTS),
            None if url.is_https() => {
                Https::with_verifier(Arc::new(certificates::Trusted::machine()?), TIMEOUTS)
            }
            None => Https::without_roots(TIMEOUTS),
        };
        let server =
            url.with_query("").parse().ok().and_then(|uri: Uri| uri.authority().map(ToString::to_string));
        Ok(Self { url, server: server.unwrap_or_default(), client })
    }

    /// Whether it is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.url.is_on_loopback()
    }

    /// The request that sends a callback.
    pub(crate) fn request(&self, query: &str, body: SdkBody) -> Result<Request<SdkBody>, http::Error> {
        let mut request = Request::post(self.url.with_query(query))
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, AGENT);
        // Some servers send head and body in two segments, and wait for the acknowledgement of the first one. On a
        // connection that is kept, that takes 40 ms. On this machine, a new connection costs nothing.
        if self.is_local() {
            request = request.header(CONNECTION, "close");
        }
        if let Some(authorization) = self.url.authorization() {
            request = request.header(AUTHORIZATION, authorization);
        }
        request.body(body)
    }

    /// Sends a callback.
    pub(crate) async fn post(&self, query: &str, body: impl Into<SdkBody>) -> Answer {
        let request = match self.request(query, body.into()) {
            Ok(request) => request,
            Err(error) => return Answer::unsent(format!("not sent: {error}")),
        };
        let started = Instant::now();
        // The status alone decides whether the callback is taken, even if the body of the response never ends.
        let mut answer = Answer { was_sent: true, ..Answer::unsent(String::new()) };
        let exchange = self.exchange(request, &mut answer);
        let text = match tokio::time::timeout(ANSWER_TIMEOUT, exchange).await {
            Ok(Ok(text) | Err(text)) => text,
            Err(_) => format!("{} did not answer in {} s", self.server, ANSWER_TIMEOUT.as_secs()),
        };
        Answer { text, time: started.elapsed(), ..answer }
    }

    async fn exchange(&self, request: Request<SdkBody>, answer: &mut Answer) -> Result<String, String> {
        let response = self.client.send(request).await.map_err(|error| {
            answer.was_sent = !error.is_connect();
            reason::reason(&error, &self.server, self.url.is_https())
        })?;
        answer.status = response.status().as_u16();
        let mut bytes = read(response.into_body(), MAX_ANSWER_BYTES).await?;
        bytes.truncate(MAX_ANSWER_BYTES);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A URL. Without a scheme it is `http` on this machine, and `https` elsewhere.
fn parse(text: &str) -> Option<ForwardUrl> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        return ForwardUrl::with_any_scheme(text).ok();
    }
    let with_scheme = |scheme| ForwardUrl::with_any_scheme(&format!("{scheme}://{text}")).ok();
    with_scheme("http").filter(ForwardUrl::is_on_loopback).or_else(|| with_scheme("https"))
}

/// A body. It ends with the piece that exceeds `max` bytes.
pub(crate) async fn read(body: SdkBody, max: usize) -> Result<Vec<u8>, String> {
    let (mut pieces, mut bytes) = (ByteStream::new(body), Vec::new());
    while bytes.len() <= max
        && let Some(piece) = pieces.try_next().await.map_err(|error| causes(&error))?
    {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_without_scheme_is_http_only_on_this_machine() {
        for (text, expected) in [
            ("localhost:8080", "http://localhost:8080/"),
            ("127.0.0.1/im?next=http://x", "http://127.0.0.1/im?next=http://x"),
            ("[::1]:80", "http://[::1]:80/"),
            ("example.com/im", "https://example.com/im"),
            ("http://example.com", "http://example.com/"),
        ] {
            assert_eq!(parse(text).map(|url| url.with_query("")).as_deref(), Some(expected), "{text}");
        }
        for text in ["", ":8080", "/im", "ftp://localhost", "localhost:0", "localhost:x"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn answer_keeps_its_digits_on_one_line() {
        let answer = |text: &str| Answer { status: 200, ..Answer::unsent(text.to_owned()) };
        let object = answer("{\r\n \"a\": 18446744073709551616\n}\n").object().expect("an object");
        assert_eq!(object.get(), "{   \"a\": 18446744073709551616 }");
        assert!(["[1]", "{", "", "{}x"].iter().all(|text| answer(text).object().is_none()));
    }
}
