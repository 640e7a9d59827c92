//! What an event says, in one line: the column WHAT of a table.
//!
//! The line is made from the typed event. Tencent's own words stay as they are.

use std::fmt::Write;

use serde_json::Value;
use tencent_chat_callbacks::{Event, value::Text};
use tencent_chat_webhook::{record::RecordedEvent, time::rfc3339};

use crate::zone;

mod account;
mod group;
mod message;
mod user;

/// The attributes of a table, in the order in which they describe an event that has no typed event.
pub(crate) const ATTRIBUTES: [&str; 11] = [
    "Name",
    "Type",
    "From_Account",
    "To_Account",
    "Operator_Account",
    "Owner_Account",
    "MemberCount",
    "BodyParts",
    // These three are not in its description.
    "Problem",
    "Answer",
    "Body",
];

/// The number of attributes that describe an event.
const DESCRIBING: usize = 8;

/// Writes a time in milliseconds.
type TimeText = fn(u64) -> String;

/// What the event says.
pub(crate) fn what(event: &RecordedEvent) -> String {
    what_with(event, zone::time_text)
}

/// The same, with times in UTC.
pub(crate) fn what_in_utc(event: &RecordedEvent) -> String {
    what_with(event, rfc3339)
}

fn what_with(event: &RecordedEvent, time_text: TimeText) -> String {
    let callback = event.callback();
    let typed = callback.as_ref().and_then(|callback| callback.event().ok());
    let mut what =
        typed.as_ref().and_then(|event| of_typed(event, time_text)).unwrap_or_else(|| of_attributes(event));
    if let Some(answer) = event.attribute("Answer") {
        what.push_str(&answered(answer));
    }
    if let Some(problem) = event.attribute("Problem") {
        // Writing to a string can't fail.
        let _ = write!(what, "; Problem: {problem}");
    }
    what
}

fn of_typed(event: &Event<'_>, time_text: TimeText) -> Option<String> {
    message::what(event, time_text)
        .or_else(|| group::what(event))
        .or_else(|| user::what(event))
        .or_else(|| account::what(event))
        .filter(|what| !what.is_empty())
}

/// An event that is not documented, does not have its documented shape, or whose body is in parts.
fn of_attributes(event: &RecordedEvent) -> String {
    let subject = event.subject();
    let named = |name: &&str| {
        let value = event.attribute(name).filter(|value| !value.is_empty() && *value != subject)?;
        Some(format!("{name}={value}"))
    };
    let attributes: Vec<_> = ATTRIBUTES.iter().take(DESCRIBING).filter_map(named).collect();
    if attributes.is_empty() { event.body().unwrap_or_default().to_owned() } else { attributes.join(" ") }
}

/// The decision on a before-callback, if it was not the default.
fn answered(answer: &str) -> String {
    let json: Value = serde_json::from_str(answer).unwrap_or_default();
    match (json["ErrorCode"].as_i64(), json["ErrorInfo"].as_str()) {
        (Some(code), info) if code != 0 => {
            format!("; answered ErrorCode {code} {}", info.unwrap_or_default()).trim_end().to_owned()
        }
        _ => format!("; answered {answer}"),
    }
}

/// Texts with commas between them.
fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut list = String::new();
    for text in texts {
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(text.as_ref());
    }
    list
}

/// Fields under Tencent's names, without the ones that are absent.
fn fields(fields: &[(&str, Option<&Text<'_>>)]) -> String {
    list(fields.iter().filter_map(|(name, text)| Some(format!("{name} “{}”", text.as_ref()?))))
}

/// A text with something before it, or nothing without a text.
fn with(before: &str, text: Option<&Text<'_>>) -> String {
    text.filter(|text| !text.is_empty()).map_or_else(String::new, |text| format!("{before}{text}"))
}

/// An error of Tencent, in words.
fn error(code: i64, info: Option<&Text<'_>>) -> String {
    format!("{code}{}", with(" ", info))
}

#[cfg(test)]
mod tests;
