//! What API Gateway hands to the function: an HTTP API event, payload format 2.0.
//!
//! This is the part of the event that a receiver needs, and no more. The general types for it build a URI and
//! a header map first, so that a stranger's odd header or query string fails the whole invocation.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, de::Deserializer};

/// An HTTP request as API Gateway describes it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpEvent {
    /// The query string as it came, percent-encoded.
    pub raw_query_string: Option<String>,
    /// The body, in base64 if [`is_base64_encoded`](Self::is_base64_encoded).
    pub body: Option<String>,
    /// Whether API Gateway took the body for binary, as it does without a textual `Content-Type`.
    #[serde(deserialize_with = "or_default")]
    pub is_base64_encoded: bool,
    /// What API Gateway knows of the request.
    #[serde(deserialize_with = "or_default")]
    pub request_context: RequestContext,
}

/// What API Gateway knows of the request.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestContext {
    /// API Gateway's id of the request.
    pub request_id: Option<String>,
    /// The request line.
    #[serde(deserialize_with = "or_default")]
    pub http: Http,
}

/// The request line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Http {
    /// `POST`, `GET`, …
    #[serde(deserialize_with = "or_default")]
    pub method: String,
}

/// Reads `null` like an absent field, so that it gets a reply and not a failed invocation.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_like_absent() {
        for json in [
            "{}",
            r#"{"rawQueryString":null,"body":null,"isBase64Encoded":null,"requestContext":null}"#,
            r#"{"requestContext":{"requestId":null,"http":null}}"#,
            r#"{"requestContext":{"http":{"method":null}}}"#,
        ] {
            let event: HttpEvent =
                serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(event.body_bytes().as_deref(), Some(b"".as_slice()), "{json}");
            assert_eq!(event.request_context.http.method, "", "{json}");
        }
    }
}
