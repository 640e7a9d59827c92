//! Whether an event mentions a person.

use serde_json::Value;
use tencent_chat_webhook::record::RecordedEvent;

/// The ending of the names of fields that hold a user: `From_Account`, `Member_Account` in a list of members, …
const ACCOUNT: &str = "_Account";

/// Whether the person is the subject, or in any `…_Account` field of the body, at whatever depth.
pub(super) fn mentions(event: &RecordedEvent, person: &str) -> bool {
    let in_attribute =
        |(name, _): (&String, _)| name.ends_with(ACCOUNT) && event.attribute(name) == Some(person);
    event.subject() == person
        || event.item().iter().any(in_attribute)
        || event
            .body()
            // A body without the id needs no parsing, except one with a backslash: the id may be escaped.
            .filter(|body| body.contains(person) || body.contains('\\'))
            .and_then(|body| serde_json::from_str(body).ok())
            .is_some_and(|body| is_in(&body, person))
}

fn is_in(value: &Value, person: &str) -> bool {
    match value {
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| is_in(value, person) || (name.ends_with(ACCOUNT) && names(value, person))),
        Value::Array(values) => values.iter().any(|value| is_in(value, person)),
        _ => false,
    }
}

/// Whether the person is the account, or in the list of accounts.
fn names(value: &Value, person: &str) -> bool {
    match value {
        Value::Array(values) => values.iter().any(|value| value == person),
        value => value == person,
    }
}

#[cfg(test)]
mod tests {
    use tencent_chat_webhook::record::attribute::{Item, text};

    use super::*;

    #[test]
    fn person_is_found_in_any_account_field_or_member_list() {
        for (body, expected) in [
            (r#"{"MemberList":[{"Member_Account":"bob"},{"Member_Account":"amy"}]}"#, true),
            (r#"{"Info":{"To_Account":"amy"}}"#, true),
            (r#"{"To_Account":["bob","amy"]}"#, true),
            (r#"{"To_Account":"am\u0079"}"#, true),
            (r#"{"To_Account":"amy2"}"#, false),
            (r#"{"Text":"amy","Name":["amy"]}"#, false),
            ("not JSON: amy", false),
        ] {
            let event = |pk: &str, from: &str| {
                let attributes = [("pk", pk), ("From_Account", from), ("Body", body)];
                RecordedEvent::from(Item::from(
                    attributes.map(|(name, value)| (name.to_owned(), text(value))),
                ))
            };
            assert_eq!(mentions(&event("1#g", "x"), "amy"), expected, "{body}");
            assert!(mentions(&event("1#amy", "x"), "amy") && mentions(&event("1#g", "amy"), "amy"));
        }
    }
}
