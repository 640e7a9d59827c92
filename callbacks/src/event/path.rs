//! The path of the field in a body that doesn't have its documented shape, with the type found and the type expected.
//! The value is left out: it may be a user's text, and this description goes to logs.
//!
//! A deserializer that keeps track of the path, as `serde_path_to_error` does, would compile all 61 types a second
//! time: 0.5 MB more in the binary, which other events never use. So the path is found from the error's position
//! instead.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::shape::ShapeError;
use crate::value::Text;

/// The greatest depth of a path. No type is that deep.
const MAX_STEPS: usize = 16;

/// The longest name in a path. All documented names are shorter.
const MAX_NAME_BYTES: usize = 64;

/// The error with the path of its field, and without the value.
pub(super) fn with_path(body: &str, error: &serde_json::Error) -> ShapeError {
    ShapeError::new(path(body, position(body, error)), without_value(&error.to_string()))
}

/// serde quotes the value: `invalid type: string "my card is…", expected a sequence`. This keeps only its type.
fn without_value(error: &str) -> String {
    let quotes = error.starts_with("invalid type: ") || error.starts_with("invalid value: ");
    // The value may contain the separator too. The last one was written by a type here.
    match error.rsplit_once(", expected ") {
        Some((found, expected)) if quotes => {
            let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        _ => error.to_owned(),
    }
}

/// How many bytes serde had read when the error occurred.
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

/// The value at a position, one level down in an object or array, with its name or index.
fn step(json: &str, position: usize) -> Option<(Text<'_>, &str)> {
    let is_around = |value: &RawValue| {
        let start = offset(json, value.get());
        // serde rejects an object or array of the wrong type before reading it.
        let first = if value.get().starts_with(['{', '[']) { start } else { start + 1 };
        (first..=start + value.get().len()).contains(&position)
    };
    if json.starts_with('[') {
        let values: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        let index = values.iter().position(|value| is_around(value))?;
        return Some((Text::from(format!("[{index}]")), values[index].get()));
    }
    let mut found = None;
    // This fails if it stops before the end, which is fine.
    let _ = Entry { is_around, found: &mut found }.deserialize(&mut serde_json::Deserializer::from_str(json));
    found.filter(|(name, _)| is_name_of_field(name))
}

/// A name that Tencent could have chosen. Where names are data, such as custom fields, a name may be a user's text.
fn is_name_of_field(name: &str) -> bool {
    name.len() <= MAX_NAME_BYTES && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Finds the entry of an object at a position, and stops reading there.
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

/// The offset of a value in the JSON that contains it.
fn offset(json: &str, value: &str) -> usize {
    value.as_ptr().addr() - json.as_ptr().addr()
}
