//! Converts JSON scalars into DynamoDB attributes, and measures their size.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use tencent_chat_callbacks::object::Field;

/// The attributes that the function and `chat-events` write. If a field of the body has such a name, it is only in `Body`.
const OWN: [&str; 20] = [
    "pk",
    "sk",
    "CommandDay",
    "SdkAppid",
    "CallbackCommand",
    "ClientIP",
    "OptPlatform",
    "TencentRequestId",
    "EventTime",
    "ReceivedAt",
    "RequestId",
    "MemberCount",
    "Body",
    "BodyParts",
    "Part",
    "Problem",
    "Answer",
    "ExpiresAt",
    "Erased",
    "Erasing",
];

/// Whether an attribute is one of these, and so not a field of the body.
#[must_use]
pub fn is_own(attribute: &str) -> bool {
    OWN.contains(&attribute)
}

/// An item: attribute names to values.
pub type Item = HashMap<String, AttributeValue>;

/// The largest item, in bytes: DynamoDB's 400 KB.
pub const MAX_ITEM_BYTES: usize = 400 * 1024;

/// The longest name or text that becomes an attribute, in bytes: 1 KB.
pub const MAX_SCALAR_BYTES: usize = 1024;

/// A string attribute.
#[must_use]
pub fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
#[must_use]
pub fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The attribute for a scalar field. `None` if it is not a scalar, or if an attribute can't hold it unchanged: a
/// number outside DynamoDB's range, or a text over [`MAX_SCALAR_BYTES`] or with a lone surrogate.
#[must_use]
pub fn scalar(field: Field<'_>) -> Option<AttributeValue> {
    match field {
        Field::String(value) => (value.len() <= MAX_SCALAR_BYTES).then(|| text(value)),
        Field::Number(digits) => is_number(digits).then(|| number(digits)),
        Field::Bool(value) => Some(AttributeValue::Bool(value)),
        // Not text, `null`, an object or an array.
        _ => None,
    }
}

/// Whether DynamoDB holds a JSON number exactly: up to 38 significant digits, and a magnitude from 1E-130 to
/// 9.9…E+125.
fn is_number(json: &str) -> bool {
    if json.len() > MAX_SCALAR_BYTES {
        return false;
    }
    let unsigned = json.trim_start_matches('-');
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let Ok(exponent) = exponent.parse::<i64>() else {
        return false;
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    // Lengths are below MAX_SCALAR_BYTES, so conversions and sums of lengths can't overflow.
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let in_range =
        |offset: i64| exponent.checked_add(offset).is_some_and(|magnitude| (-130..=125).contains(&magnitude));
    let Some(first) = digits().position(|digit| digit != b'0') else {
        // DynamoDB checks the magnitude of a zero too, as if its last digit were 1.
        return in_range(-length(fraction));
    };
    let trailing_zeros = digits().rev().take_while(|digit| *digit == b'0').count();
    let significant = whole.len() + fraction.len() - first - trailing_zeros;
    significant <= 38 && in_range(length(whole) - 1 - i64::try_from(first).unwrap_or(i64::MAX))
}

/// An upper bound for the bytes that an attribute takes of [`MAX_ITEM_BYTES`]: the UTF-8 bytes of name and text, or
/// one byte for two digits of a number.
#[must_use]
pub fn size(name: &str, value: &AttributeValue) -> usize {
    name.len()
        + match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(digits) => digits.len() / 2 + 2,
            _ => 1,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_becomes_an_attribute_if_dynamodb_holds_it_exactly() {
        let long = |digits: usize| "9".repeat(digits);
        for (json, holds) in [
            ("0".to_owned(), true),
            ("-0.000".to_owned(), true),
            ("0e125".to_owned(), true),
            ("0e126".to_owned(), false),
            ("-0.0e-129".to_owned(), true),
            ("0.0e-130".to_owned(), false),
            ("0e-9223372036854775808".to_owned(), false),
            (format!("0.{}", "0".repeat(131)), false),
            ("1670574414123".to_owned(), true),
            ("-1.5e3".to_owned(), true),
            (long(38), true),
            (long(39), false),
            (format!("{}00000", long(38)), true),
            (format!("0.000{}", long(38)), true),
            (format!("0.{}", long(39)), false),
            (long(400), false),
            (format!("1.{}", "0".repeat(MAX_SCALAR_BYTES - 2)), true),
            (format!("1.{}", "0".repeat(MAX_SCALAR_BYTES - 1)), false),
            ("1e125".to_owned(), true),
            ("1E+126".to_owned(), false),
            ("10e125".to_owned(), false),
            ("0.1e126".to_owned(), true),
            ("1e-130".to_owned(), true),
            ("1e-131".to_owned(), false),
            ("1e9223372036854775807".to_owned(), false),
            ("11e9223372036854775807".to_owned(), false),
            ("1e99999999999999999999".to_owned(), false),
        ] {
            assert_eq!(is_number(&json), holds, "{json}");
        }
    }

    #[test]
    fn text_becomes_an_attribute_up_to_1_kb() {
        let of = |len: usize| scalar(Field::String("x".repeat(len).into()));
        assert_eq!(of(0), Some(text("")));
        assert_eq!(of(1024), Some(text("x".repeat(1024))));
        assert_eq!(of(1025), None);
    }

    #[test]
    fn size_counts_name_and_value_and_rounds_numbers_up() {
        for (name, value, bytes) in [
            ("", text(""), 0),
            ("Name", text("群組"), 4 + 6),
            ("群", text(""), 3),
            ("n", number(7), 1 + 2),
            ("n", number("-1.5e-3"), 1 + 5),
            ("n", number("9".repeat(38)), 1 + 21),
            ("Bool", AttributeValue::Bool(false), 4 + 1),
        ] {
            assert_eq!(size(name, &value), bytes, "{name} {value:?}");
        }
    }
}
