//! DynamoDB's limits, calculated from its documentation and independent of the code under test, and the promises
//! about a record.

use aws_sdk_dynamodb::types::AttributeValue;
use tencent_chat_webhook::record::{self, Record, attribute::Item};

/// Bytes in an item.
const MAX_ITEM_BYTES: usize = 400 * 1024;
/// Bytes in a partition key and in a sort key.
const MAX_PK_BYTES: usize = 2048;
const MAX_SK_BYTES: usize = 1024;

/// Checks that DynamoDB accepts the record, and that the body can be read back from it byte for byte.
pub fn assert_sound(record: &Record, body: &str) {
    let Record { head, parts, .. } = record;
    for item in parts.iter().chain([head]) {
        let size = size(item);
        assert!(size <= MAX_ITEM_BYTES, "{size} bytes");
        assert_key(item, "pk", MAX_PK_BYTES);
        assert_key(item, "sk", MAX_SK_BYTES);
    }
    assert_key(head, "CommandDay", MAX_PK_BYTES);

    let parts_pk = format!("{}#{}", text(head, "pk"), text(head, "sk"));
    for (number, part) in (1..).zip(parts) {
        assert_eq!(text(part, "pk"), parts_pk, "parts have their own partition");
        assert_eq!(text(part, "sk"), format!("part#{number:04}"));
        assert!(!part.contains_key("CommandDay"), "parts are not in the index");
    }
    let has = |name: &str| head.contains_key(name);
    assert!(has("Body") != has("BodyParts"), "the body is in one place");
    assert!(has("Body") == parts.is_empty());
    let reversed: Vec<_> = parts.iter().rev().cloned().collect();
    assert!(record::body(head, &reversed).as_deref() == Some(body), "the body comes back");
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_s().expect("it is a string")
}

fn assert_key(item: &Item, name: &str, max: usize) {
    let key = text(item, name);
    assert!((1..=max).contains(&key.len()), "{name} is {} bytes", key.len());
}

/// The size of an item by the documented rules, with the upper bound for numbers.
fn size(item: &Item) -> usize {
    let attribute = |(name, value): (&String, &AttributeValue)| {
        assert!((1..=65_535).contains(&name.len()), "a name is {} bytes", name.len());
        name.len()
            + match value {
                AttributeValue::S(text) => text.len(),
                AttributeValue::N(number) => number_size(number),
                AttributeValue::Bool(_) => 1,
                other => panic!("no attribute is of this type: {other:?}"),
            }
    };
    item.iter().map(attribute).sum()
}

/// The size of a number, after checking that DynamoDB holds it: 38 digits, from 1E-130 to 9.9…E+125.
fn number_size(number: &str) -> usize {
    let magnitude = number.parse::<f64>().expect("a number").abs();
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_matches('0').len();
    assert!(significant <= 38, "{number}");
    if significant > 0 {
        assert!((9.99e-131..1e126).contains(&magnitude), "{number}");
    } else {
        // DynamoDB checks the magnitude of a zero as if its last digit were 1.
        let as_one = number.replacen(mantissa, &format!("{}1", &mantissa[..mantissa.len() - 1]), 1);
        assert!(
            (9.99e-131..1e126).contains(&as_one.trim_start_matches('-').parse().unwrap_or(0.0)),
            "{number}"
        );
    }
    // One byte for two digits, one for the exponent and one for the sign.
    significant.div_ceil(2) + 1 + usize::from(number.starts_with('-'))
}
