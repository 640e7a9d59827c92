//! Rows of those who know a token and send what is no callback.

use serde_json::json;
use tencent_chat_webhook::{callback::MAX_BODY_BYTES, refusal::Refusal};

use crate::{
    rows::{BODY, COMMAND, FIRST, OURS, Row, row},
    support::{post, signing::signed},
};

/// A JSON object of a byte more than is recorded.
pub(crate) fn too_large() -> String {
    format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_BODY_BYTES - 7))
}

pub(crate) fn wrong_bodies() -> Vec<Row> {
    let arrays = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let no_json = [
        String::new(),
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
    let plain =
        |refusal, body: &str| row(body.chars().take(20).collect::<String>(), refusal, post(&query, body));
    let base64 = |what: &str, body: &str| {
        let mut event = post(&query, body);
        event["isBase64Encoded"] = json!(true);
        row(what, Refusal::BodyNotText, event)
    };
    let mut rows = vec![
        plain(Refusal::BodyTooLarge, &too_large()),
        plain(Refusal::BodyTooLarge, &"[".repeat(MAX_BODY_BYTES + 1)),
        base64("base64 without its end", "e30"),
        base64("JSON for base64", BODY),
        base64("bytes that are no UTF-8, in base64", "eyJhIjoi/yJ9"),
        base64("a lone surrogate as bytes, in base64", "eyJhIjoi7aCAIn0="),
    ];
    rows.extend(no_json.iter().map(|body| plain(Refusal::BodyNotJson, body)));
    rows.extend(no_object.iter().map(|body| plain(Refusal::BodyNotObject, body)));
    rows
}

pub(crate) fn wrong_commands() -> Vec<Row> {
    let query = signed(OURS, COMMAND, FIRST);
    let in_other_letters = BODY.replace("Full", "FULL");
    let in_body = |refusal, body: &str| row(body, refusal, post(&query, body));
    let in_url = |command: &str| {
        let event = post(&signed(OURS, command, FIRST), "{}");
        row(format!("command {command}"), Refusal::CommandMalformed, event)
    };
    vec![
        in_body(Refusal::CommandsDiffer, r#"{"CallbackCommand":"A.B"}"#),
        in_body(Refusal::CommandsDiffer, r#"{"CallbackCommand":""}"#),
        in_body(Refusal::CommandsDiffer, &in_other_letters),
        in_body(Refusal::CommandMalformed, r#"{"CallbackCommand":1}"#),
        in_body(Refusal::CommandMalformed, r#"{"CallbackCommand":["A.B"]}"#),
        in_body(Refusal::CommandMalformed, r#"{"CallbackCommand":"\ud800"}"#),
        in_url(""),
        in_url("A%23B"),
        in_url("A%2FB"),
        in_url("A%0AB"),
        in_url("%E7%BE%A4"),
        in_url(&"a".repeat(129)),
    ]
}
