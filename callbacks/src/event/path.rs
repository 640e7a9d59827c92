//! Where in a body the field is that doesn't fit, and the kinds of what is there and what is expected. The value itself
//! is left out: it may be what somebody wrote, and this text goes to logs.
//!
//! A deserializer that keeps the path, as `serde_path_to_error` has one, would have all 61 types compiled once
//! more, and for each other event lie idle in a binary larger by 0.5 MB. So it is found by its position instead.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::value::Text;

/// How deep a path goes: deeper than any type does.
const MAX_STEPS: usize = 16;

/// The longest name in a path. Every documented field's is shorter.
const MAX_NAME_BYTES: usize = 64;

/// An error, after the path of the field that it is about: `MemberList[1].Member_Account: …`.
pub(super) fn with_path(body: &str, error: &serde_json::Error) -> String {
    let (path, fault) = (path(body, position(body, error)), without_value(&error.to_string()));
    if path.is_empty() { fault } else { format!("{path}: {fault}") }
}

/// serde quotes the value: `invalid type: string "my card is…", expected a sequence`. Its kind is enough.
fn without_value(fault: &str) -> String {
    let quotes = fault.starts_with("invalid type: ") || fault.starts_with("invalid value: ");
    // The value may hold anything; the text after the last of these is a type's own.
    match fault.rsplit_once(", expected ") {
        Some((found, expected)) if quotes => {
            let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        _ => fault.to_owned(),
    }
}

/// How many bytes were read by then.
fn position(body: &str, error: &serde_json::Error) -> usize {
    let lines_before = error.line().saturating_sub(1);
    body.split_inclusive('\n').take(lines_before).map(str::len).sum::<usize>() + error.column()
}

fn path(body: &str, position: usize) -> String {
    let (mut path, mut json, mut position) = (String::new(), body, position);
    for _ in 0..MAX_STEPS {
        let Some((step, inner)) = step(json, position) else {
            break;
        };
        let dot = if path.is_empty() || step.starts_with('[') { "" } else { "." };
        path = path + dot + &step;
        position -= offset(json, inner);
        json = inner;
    }
    path
}

/// The value around a position that is next inside an object or an array, and its name or index there.
fn step(json: &str, position: usize) -> Option<(Text<'_>, &str)> {
    let is_around = |value: &RawValue| {
        let start = offset(json, value.get());
        // An object or an array that doesn't fit is not even begun to be read.
        let first = if value.get().starts_with(['{', '[']) { start } else { start + 1 };
        (first..=start + value.get().len()).contains(&position)
    };
    if json.starts_with('[') {
        let values: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        let index = values.iter().position(|value| is_around(value))?;
        return Some((Text::from(format!("[{index}]")), values[index].get()));
    }
    let mut found = None;
    // Fails where the rest is left unread, which is as good.
    let _ = Entry { is_around, found: &mut found }.deserialize(&mut serde_json::Deserializer::from_str(json));
    found.filter(|(name, _)| is_name_of_field(name))
}

/// A name that Tencent could have chosen. In an object whose names are data, another one could be anybody's text.
fn is_name_of_field(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Finds the entry of an object that is around a position, and reads no further.
struct Entry<'f, 'de, F> {
    is_around: F,
    found: &'f mut Option<(Text<'de>, &'de str)>,
}

impl<'de, F: Fn(&RawValue) -> bool> DeserializeSeed<'de> for Entry<'_, 'de, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: Fn(&RawValue) -> bool> Visitor<'de> for Entry<'_, 'de, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            if (self.is_around)(value) {
                *self.found = Some((name, value.get()));
                break;
            }
        }
        Ok(())
    }
}

/// Where a value begins in the JSON that it is a part of.
fn offset(json: &str, value: &str) -> usize {
    value.as_ptr().addr() - json.as_ptr().addr()
}
