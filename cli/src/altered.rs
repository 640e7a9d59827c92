//! Whether the attributes of an event are those that the function made of its body.

use aws_sdk_dynamodb::types::AttributeValue;
use tencent_chat_callbacks::Callback;
use tencent_chat_webhook::record::{
    RecordedEvent,
    attribute::{is_own, number, scalar},
};

/// The first attribute by name that differs from the body or from the key, unless a person was erased from the event.
pub(crate) fn altered(event: &RecordedEvent) -> Option<&str> {
    if event.attribute("Erased").is_some() {
        return None;
    }
    let callback = event.callback();
    let is_altered = |name: &str, value: &AttributeValue| match (name, &callback) {
        ("SdkAppid", _) => !event.pk().starts_with(&format!("{}#", event.sdk_appid())),
        ("CallbackCommand", _) => event.sk().split('#').nth(1) != Some(event.command()),
        ("EventTime", Some(callback)) => {
            callback.event_time().map(|time| number(time.0)).as_ref() != Some(value)
        }
        (_, Some(callback)) => !is_own(name) && !is_of_body(callback, name, value),
        (_, None) => false,
    };
    let altered = event.item().iter().filter(|(name, value)| is_altered(name, value));
    altered.map(|(name, _)| name.as_str()).min()
}

/// Whether the body has this field.
fn is_of_body(callback: &Callback<'_>, name: &str, value: &AttributeValue) -> bool {
    match (callback.object().get(name).and_then(scalar), value) {
        (Some(AttributeValue::N(one)), AttributeValue::N(other)) => decimal(&one) == decimal(other),
        (field, value) => field.as_ref() == Some(value),
    }
}

/// The sign, the significant digits and the exponent of a number. DynamoDB may write the same number in another way.
fn decimal(number: &str) -> (bool, String, i64) {
    let unsigned = number.trim_start_matches(['-', '+']);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let zeros = digits.len() - significant.len();
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return (false, String::new(), 0);
    }
    let shift = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let exponent = exponent.parse::<i64>().unwrap_or_default() + shift(zeros) - shift(fraction.len());
    (number.starts_with('-'), significant.to_owned(), exponent)
}

#[cfg(test)]
mod tests {
    use tencent_chat_webhook::record::attribute::{Item, text};

    use super::*;

    const BODY: &str = r#"{"From_Account":"amy","MsgSeq":1.50E3,"EventTime":1670574414007,"Info":{"From_Account":"bob"},"Silent":true}"#;

    fn altered_with(name: &str, value: AttributeValue) -> Option<String> {
        let mut item = Item::from(
            [
                ("pk", text("1400000001#amy")),
                ("sk", text("1670574414007#A.B#0123456789abcdef")),
                ("SdkAppid", text("1400000001")),
                ("CallbackCommand", text("A.B")),
                ("EventTime", number(1_670_574_414_007_u64)),
                ("RequestId", text("r")),
                ("From_Account", text("amy")),
                ("MsgSeq", number(1500)),
                ("Silent", AttributeValue::Bool(true)),
                ("Body", text(BODY)),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        item.insert(name.to_owned(), value);
        altered(&item.into()).map(str::to_owned)
    }

    #[test]
    fn attribute_that_is_not_that_of_body_or_key_is_named() {
        for (name, value, is_altered) in [
            ("RequestId", text("another"), false),
            ("MsgSeq", number("1.5e+3"), false),
            ("MsgSeq", number(1501), true),
            ("MsgSeq", text("1500"), true),
            ("From_Account", text("mallory"), true),
            ("Silent", AttributeValue::Bool(false), true),
            ("Info", text("invented"), true),
            ("Note", text("invented"), true),
            ("EventTime", number(1_670_574_414_008_u64), true),
            ("SdkAppid", text("140000000"), true),
            ("CallbackCommand", text("A.C"), true),
            ("Erased", text("2026-12-01"), false),
        ] {
            let expected = is_altered.then(|| name.to_owned());
            assert_eq!(altered_with(name, value.clone()), expected, "{name}: {value:?}");
        }
        assert_eq!(altered_with("Body", text(BODY.replace("amy", "eve"))).as_deref(), Some("From_Account"));
    }

    #[test]
    fn number_is_the_same_in_each_notation() {
        for (one, other, is_same) in [
            ("0", "-0.00", true),
            ("1500", "1.5e3", true),
            ("-0.0150", "-15E-3", true),
            ("12345678901234567890123456789012345678", "12345678901234567890123456789012345679", false),
            ("1", "-1", false),
            ("10", "1", false),
        ] {
            assert_eq!(decimal(one) == decimal(other), is_same, "{one} {other}");
        }
    }
}
