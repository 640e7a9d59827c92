//! Senders with a token, but bodies that are not callbacks.

use serde_json::json;
use support::requests::{post, signed};
use tencent_chat_callbacks::Refusal;
use tencent_chat_webhook::refused::{MAX_BODY_BYTES, Refused};

use super::rows::{BODY, COMMAND, FIRST, OURS, Row, row};

/// A JSON object one byte larger than the limit.
pub(super) fn too_large() -> String {
    format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_BODY_BYTES - 7))
}

pub(super) fn wrong_bodies() -> Vec<Row> {
    let arrays = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let no_json = [
        "{".into(),
        "{}{}".into(),
        "\u{feff}{}".into(),
        "{\"a\":\"\0\"}".into(),
        r#"{"a":"\u12"}"#.into(),
        "a=1&b=2".into(),
        format!("{{\"a\":{}", "[".repeat(10_000)),
    ];
    let no_object = ["[{}]".into(), arrays(10_000), "null".into(), r#""{}""#.into(), "1".into()];
    let query = signed(OURS, COMMAND, FIRST);
    let plain = |refused: Refused, body: &str| {
        row(body.chars().take(20).collect::<String>(), refused, post(&query, body))
    };
    let base64 = |what: &str, refused: Refused, body: &str| {
        let mut event = post(&query, body);
        event["isBase64Encoded"] = json!(true);
        row(what, refused, event)
    };
    let mut rows = vec![
        plain(Refused::BodyTooLarge, &too_large()),
        plain(Refused::BodyTooLarge, &"[".repeat(MAX_BODY_BYTES + 1)),
        base64("base64 without its end", Refused::RequestMalformed, "e30"),
        base64("JSON for base64", Refused::RequestMalformed, BODY),
        base64("bytes that are not UTF-8, in base64", Refusal::BodyNotText.into(), "eyJhIjoi/yJ9"),
        base64("a lone surrogate as bytes, in base64", Refusal::BodyNotText.into(), "eyJhIjoi7aCAIn0="),
    ];
    rows.extend(no_json.iter().map(|body| plain(Refusal::BodyNotJson.into(), body)));
    rows.extend(no_object.iter().map(|body| plain(Refusal::BodyNotObject.into(), body)));
    rows
}
