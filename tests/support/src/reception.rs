//! The processing of an admitted request, without clock, network or table. Every step is checked.

use tencent_chat_callbacks::{
    Callback, Query, Refusal,
    event::{Command, is_name},
};
use tencent_chat_webhook::{
    record::{Arrival, Fields, ItemSettings, Record, Source},
    unrecorded::Unrecorded,
};

use crate::{limits::assert_sound, requests::SDK_APPID};

const RECEIVED_AT: u64 = 1_670_574_414_321;
const ITEM_SETTINGS: ItemSettings = ItemSettings { retention_days: Some(90), index_shards: 64 };

/// Converts a query string and a body into the record that would be written.
///
/// # Errors
/// The refusal of the body.
pub fn receive(raw_query: &str, body: &[u8]) -> Result<Option<Record>, Refusal> {
    // Admission guarantees an application; the first one counts.
    let raw = format!("SdkAppid={SDK_APPID}&{raw_query}");
    let callback =
        Callback::admitted_before(&raw, body).inspect_err(|refusal| assert_deserved(*refusal, body))?;
    let Some(callback) = callback else {
        let (text, query) = (std::str::from_utf8(body).expect("a probe is text"), Query::parse(&raw));
        let command = query.callback_command().filter(|name| is_name(name));
        let is_object = text.split_ascii_whitespace().collect::<String>() == "{}";
        let may_be_one = command.is_none_or(|name| Command::find(name).is_some());
        assert!(text.trim_ascii().is_empty() || is_object && may_be_one, "{raw_query}: {text}");
        return Ok(None);
    };
    assert_eq!(callback.body().as_bytes(), body);
    assert!(is_name(callback.command()), "{:?}", callback.command());
    let event = callback.event();
    let arrival = Arrival { sdk_appid: SDK_APPID, received_at: RECEIVED_AT, request_id: "request-1" };
    let source = Source { callback: &callback, event: &event, arrival, answer: None };
    let record = Record::new(&source, Fields::Attributes, ITEM_SETTINGS);
    assert_eq!(record.problem.is_none(), !record.head.contains_key("Problem"));
    assert!(event.is_ok() || record.problem.is_some(), "an undocumented shape is a problem");
    let count = record.head.get("MemberCount").map(|count| count.as_n().expect("a number"));
    assert_eq!(
        count.map(String::as_str),
        callback.object().array_len("MemberList").map(|len| len.to_string()).as_deref()
    );
    assert_sound(&record, callback.body());
    assert_redrive(&record, callback.query(), callback.body());
    Ok(Some(record))
}

/// Reads an object as the body of every documented command, and builds the answer to it.
pub fn typed(body: &[u8]) {
    for Command { name, .. } in Command::ALL.iter().copied() {
        let Ok(callback) = Callback::of(name, body) else {
            return;
        };
        let answer = callback.ask().map_or_else(|| callback.answer(), |ask| ask.answer()).json();
        let answer: serde_json::Value = serde_json::from_str(&answer).expect("an answer is JSON");
        assert_eq!(answer["ActionStatus"], "OK", "{name}");
    }
}

/// Checks that a refusal is about the body, and that the body deserves it.
fn assert_deserved(refusal: Refusal, body: &[u8]) {
    let is_object = || serde_json::from_slice(body).is_ok_and(|value: serde_json::Value| value.is_object());
    match refusal {
        Refusal::BodyNotText => assert!(std::str::from_utf8(body).is_err()),
        Refusal::BodyNotJson | Refusal::BodyNotObject => assert!(!is_object(), "{refusal:?}"),
        other => panic!("{other:?} is not about the body"),
    }
}

/// Checks that the log entry of a callback gives the same record again.
fn assert_redrive(record: &Record, query: &Query<'_>, body: &str) {
    let unrecorded = Unrecorded::new("invocation-1", query.without_sign(), RECEIVED_AT, "request-1", body);
    let again =
        unrecorded.record(Fields::Attributes, ITEM_SETTINGS).expect("a record can be had from the log");
    assert_eq!(again.head, record.head, "the redriven head is the same");
    assert_eq!(again.parts, record.parts, "the redriven parts are the same");
}
