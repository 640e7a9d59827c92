//! The HTTP response to Tencent (page 34354, "Webhook response").

use std::borrow::Cow;

use lambda_http::{
    Body, Response,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
};
use tencent_chat_callbacks::{Answer, refusal};

use crate::outcome::Outcome;

/// The largest answer, in bytes as Lambda's JSON escapes them. Lambda accepts a response of at most 6 MB; everything
/// around the answer takes less than 1 KB of it.
const MAX_ANSWER_BYTES: usize = 6_000_000 - 1000;

/// Whether Lambda can return an answer.
#[must_use]
pub fn fits(answer: &str) -> bool {
    // White space between tokens may hold these control characters. A string of JSON has none.
    let is_escaped = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t');
    let escapes = || answer.bytes().filter(is_escaped).count();
    answer.len() <= MAX_ANSWER_BYTES / 2 || answer.len() + escapes() <= MAX_ANSWER_BYTES
}

/// The reply to a request with this outcome. `answer` is the answer to a before-callback. It is sent whether or not
/// the callback was recorded, because a recorder must never block a chat.
#[must_use]
pub fn reply(outcome: &Outcome, answer: Option<Cow<'static, str>>) -> Response<Body> {
    let (status, body) = match (outcome, answer) {
        (Outcome::Refused(refused), _) => fail(refused.status(), refused.error_info()),
        (_, Some(answer)) => (200, answer),
        (Outcome::Failed(_), None) => fail(503, "The callback could not be stored."),
        (Outcome::Stored(_) | Outcome::Probe | Outcome::Health, None) => (200, Cow::Borrowed(Answer::PLAIN)),
    };
    let mut response = Response::new(Body::Text(body.into_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Status and body of a failure. Tencent treats any status except 200 as one.
fn fail(status: u16, error_info: &str) -> (u16, Cow<'static, str>) {
    (status, Cow::Owned(refusal::fail(status, error_info)))
}
