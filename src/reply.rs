//! What Tencent is told (page 34354, "Webhook response").

use std::borrow::Cow;

use lambda_http::{
    Body, Response,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
};
use serde::Serialize;

use crate::{answer::Answer, outcome::Outcome};

/// The reply where nobody asks.
pub const OK: &str = Answer::PLAIN;

/// The JSON of a failure.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failed<'a> {
    action_status: &'a str,
    error_info: &'a str,
    error_code: u16,
}

/// The reply to a request of this outcome. `answer` is what a callback that asks is told, recorded or not: a
/// recorder must not stand in a chat's way.
#[must_use]
pub fn reply(outcome: &Outcome, answer: Option<Cow<'static, str>>) -> Response<Body> {
    match (outcome, answer) {
        (Outcome::Refused(refusal), _) => failed(refusal.status(), refusal.error_info()),
        (Outcome::Failed(_), None) => failed(503, "The callback could not be stored."),
        (_, answer) => json(200, answer.unwrap_or(Cow::Borrowed(OK)).into_owned()),
    }
}

/// `FAIL`, with the HTTP status as `ErrorCode`. Tencent takes any status but 200 for a failure.
fn failed(status: u16, error_info: &str) -> Response<Body> {
    let failed = Failed { action_status: "FAIL", error_info, error_code: status };
    json(status, serde_json::to_string(&failed).unwrap_or_default())
}

fn json(status: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
