//! What API Gateway hands to the function: an HTTP API event, payload format 2.0.
//!
//! This is the part of the event that a receiver needs, and no more. The general types for it build a URI and
//! a header map first, so that a stranger's odd header or query string fails the whole invocation.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

/// An HTTP request as API Gateway describes it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpEvent {
    /// The query string as it came, percent-encoded.
    pub raw_query_string: Option<String>,
    /// The body, in base64 if [`is_base64_encoded`](Self::is_base64_encoded).
    pub body: Option<String>,
    /// Whether API Gateway took the body for binary, as it does without a textual `Content-Type`.
    pub is_base64_encoded: bool,
    /// What API Gateway knows of the request.
    pub request_context: RequestContext,
}

/// What API Gateway knows of the request.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestContext {
    /// API Gateway's id of the request.
    pub request_id: Option<String>,
    /// The request line.
    pub http: Http,
}

/// The request line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Http {
    /// `POST`, `GET`, …
    pub method: String,
}

impl HttpEvent {
    /// The body's bytes; `None` if they should be base64 and aren't.
    #[must_use]
    pub fn body_bytes(&self) -> Option<Cow<'_, [u8]>> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            STANDARD.decode(body).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(body.as_bytes()))
        }
    }
}
