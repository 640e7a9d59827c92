//! Events as text for people and as JSON for programs.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, value::RawValue};
use tencent_chat_webhook::{
    record::{RecordedEvent, attribute::Item},
    time::rfc3339,
};

use crate::{plain::escaped, zone};

/// The time of the event, for people.
pub(crate) fn time_text(event: &RecordedEvent) -> String {
    event.time().map_or_else(|| event.sk().to_owned(), zone::time_text)
}

/// The event as a JSON object, sorted by name, with escapes for invisible characters: its attributes, `time` in RFC 3339
/// and UTC, and `subject`.
pub(crate) fn json(event: &RecordedEvent) -> String {
    let mut fields = fields(event);
    let time = event.time().map(|time| ("time", rfc3339(time)));
    for (name, text) in time.into_iter().chain([("subject", event.subject().to_owned())]) {
        // A text is always JSON.
        fields.extend(RawValue::from_string(Value::from(text).to_string()).ok().map(|json| (name, json)));
    }
    escaped(&serde_json::to_string(&fields).unwrap_or_default())
}

/// The attributes in JSON, without such escapes.
pub(crate) fn fields(event: &RecordedEvent) -> BTreeMap<&str, Box<RawValue>> {
    event.item().iter().filter_map(|(name, value)| Some((name.as_str(), raw(value)?))).collect()
}

/// A number keeps all its digits. A floating-point number could not hold them.
fn raw(value: &AttributeValue) -> Option<Box<RawValue>> {
    let json = match value {
        AttributeValue::S(text) => Value::from(text.as_str()).to_string(),
        AttributeValue::N(digits) => digits.clone(),
        AttributeValue::Bool(value) => value.to_string(),
        _ => return None,
    };
    RawValue::from_string(json).ok()
}

/// The event from the JSON of [`fields`].
pub(crate) fn event(json: &str) -> serde_json::Result<RecordedEvent> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
    let value = |raw: &RawValue| match raw.get() {
        text if text.starts_with('"') => serde_json::from_str(text).map(AttributeValue::S),
        digits if digits.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            Ok(AttributeValue::N(digits.to_owned()))
        }
        flag => serde_json::from_str(flag).map(AttributeValue::Bool),
    };
    let item =
        fields.into_iter().map(|(name, raw)| Ok((name, value(raw)?))).collect::<serde_json::Result<Item>>();
    item.map(Into::into)
}

#[cfg(test)]
mod tests {
    use tencent_chat_webhook::record::attribute::{number, text};

    use super::*;

    fn recorded() -> RecordedEvent {
        let attributes = [
            ("pk", text("1400000001#@TGS#1")),
            ("sk", text("1670574414007#Group.CallbackAfterCreateGroup#0123456789abcdef")),
            ("GroupId", text("@TGS#1")),
            ("Name", text("群 \"1\"")),
            ("Owner_Account", text("@TGS#1")),
            ("MemberCount", number("12345678901234567890123456789012345678")),
            ("Silent", AttributeValue::Bool(true)),
        ];
        Item::from(attributes.map(|(name, value)| (name.to_owned(), value))).into()
    }

    #[test]
    fn event_is_restored_from_its_json() {
        let there = recorded();
        let json = serde_json::to_string(&fields(&there)).expect("it is JSON");
        assert_eq!(event(&json).ok(), Some(there));
    }

    #[test]
    fn json_has_every_digit() {
        let json = super::json(&recorded());
        assert!(
            json.starts_with(
                "{\"GroupId\":\"@TGS#1\",\"MemberCount\":12345678901234567890123456789012345678,"
            )
        );
        assert!(json.contains("\"Name\":\"群 \\\"1\\\"\"") && json.contains("\"Silent\":true"), "{json}");
        let end = "\"subject\":\"@TGS#1\",\"time\":\"2022-12-09T08:26:54.007Z\"}";
        assert!(json.ends_with(end), "{json}");
    }
}
