//! The way of an admitted request without clock, network or table, every step checked.

use std::borrow::Cow;

use tencent_chat_webhook::{
    callback::{MAX_BODY_BYTES, Message},
    query::Query,
    record::{Receipt, Record},
    redrive::Unrecorded,
    refusal::Refusal,
};

use super::limits::assert_sound;

pub(crate) const SDK_APPID: &str = "1400000001";
const RECEIVED_AT: u64 = 1_670_574_414_321;

/// Takes a query string and a body to what would be written. Panics where anything is amiss.
pub(crate) fn receive(raw_query: &str, body: &[u8]) -> Result<Option<Record>, Refusal> {
    let mut query = Query::parse(raw_query);
    // That is what admission makes sure of.
    query.sdk_appid = Some(Cow::Borrowed(SDK_APPID));
    let message = Message::parse(&query, body).inspect_err(|refusal| assert_deserved(*refusal, body))?;
    let Message::Callback(callback) = message else {
        assert!(query.callback_command.is_none() && body.trim_ascii().is_empty());
        return Ok(None);
    };
    assert_eq!(callback.body.as_bytes(), body);
    let receipt = Receipt {
        sdk_appid: SDK_APPID,
        received_at: RECEIVED_AT,
        request_id: "request-1",
        retention_days: Some(90),
    };
    let record = Record::new(&query, &callback, &receipt);
    assert_sound(&record, callback.body);
    assert_redrive(&record, &query, callback.body);
    Ok(Some(record))
}

/// A refusal is of those that a body can earn, and not of a body that is as it should be.
fn assert_deserved(refusal: Refusal, body: &[u8]) {
    let is_object = || serde_json::from_slice(body).is_ok_and(|value: serde_json::Value| value.is_object());
    match refusal {
        Refusal::BodyTooLarge => assert!(body.len() > MAX_BODY_BYTES),
        Refusal::BodyNotText => assert!(std::str::from_utf8(body).is_err()),
        Refusal::BodyNotJson | Refusal::BodyNotObject => assert!(!is_object(), "{refusal:?}"),
        Refusal::CommandMalformed | Refusal::CommandsDiffer => {}
        other => panic!("{other:?} is not about the body"),
    }
}

/// What the log would hold of it gives the same record again.
fn assert_redrive(record: &Record, query: &Query<'_>, body: &str) {
    let unrecorded = Unrecorded {
        id: Cow::Borrowed("invocation-1"),
        piece: 1,
        pieces: 1,
        query: query.without_sign().into(),
        received_at: RECEIVED_AT,
        request_id: Cow::Borrowed("request-1"),
        body: Cow::Borrowed(body),
    };
    let again = unrecorded.record(Some(90)).expect("a record can be had from the log");
    assert_eq!(again.head, record.head, "the redriven head is the same");
    assert_eq!(again.parts, record.parts, "the redriven parts are the same");
}
