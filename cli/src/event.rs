//! Events as text for people and as JSON for programs.

use std::{collections::BTreeMap, fmt::Write};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, value::RawValue};
use tencent_chat_webhook::{
    record::{RecordedEvent, attribute::Item},
    time::rfc3339,
};

use crate::plain::escaped;

/// The attributes that describe an event in a printed table, in this order. The index has all of them.
pub(crate) const DETAILS: [&str; 9] = [
    "Problem",
    "Name",
    "Type",
    "From_Account",
    "To_Account",
    "Operator_Account",
    "Owner_Account",
    "MemberCount",
    "BodyParts",
];

/// The time of the event, for people.
pub(crate) fn time_text(event: &RecordedEvent) -> String {
    event.time().map_or_else(|| event.sk().to_owned(), rfc3339)
}

/// The attributes that describe the event, in one line.
pub(crate) fn detail(event: &RecordedEvent) -> String {
    let subject = event.subject();
    let mut detail = String::new();
    for name in DETAILS {
        if let Some(value) = event.attribute(name).filter(|value| !value.is_empty() && *value != subject) {
            let space = if detail.is_empty() { "" } else { " " };
            // Writing to a string can't fail.
            let _ = write!(detail, "{space}{name}={value}");
        }
    }
    detail
}

/// The event as a JSON object, with its attributes sorted by name, and escapes for invisible characters.
pub(crate) fn json(event: &RecordedEvent) -> String {
    escaped(&serde_json::to_string(&fields(event)).unwrap_or_default())
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
    fn subject_with_number_sign_is_shown_once() {
        assert_eq!(time_text(&recorded()), "2022-12-09T08:26:54.007Z");
        assert_eq!(detail(&recorded()), "Name=群 \"1\" MemberCount=12345678901234567890123456789012345678");
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
    }
}
