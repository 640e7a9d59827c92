//! Where in a body the field is that doesn't fit.
//!
//! A deserializer that keeps the path, as `serde_path_to_error` has one, would have all 61 types compiled once
//! more, and for each other event lie idle in a binary larger by 0.5 MB. So it is found by its position instead.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// How deep a path goes: deeper than any type does.
const MAX_STEPS: usize = 16;

/// An error, after the path of the field that it is about: `MemberList[1].Member_Account: …`.
pub(super) fn with_path(body: &str, error: &serde_json::Error) -> String {
    let path = path(body, position(body, error));
    if path.is_empty() { error.to_string() } else { format!("{path}: {error}") }
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
fn step(json: &str, position: usize) -> Option<(String, &str)> {
    let is_around = |value: &RawValue| {
        let start = offset(json, value.get());
        // An object or an array that doesn't fit is not even begun to be read.
        let first = if value.get().starts_with(['{', '[']) { start } else { start + 1 };
        (first..=start + value.get().len()).contains(&position)
    };
    if json.starts_with('[') {
        let values: Vec<&RawValue> = serde_json::from_str(json).ok()?;
        let index = values.iter().position(|value| is_around(value))?;
        return Some((format!("[{index}]"), values[index].get()));
    }
    let values: BTreeMap<String, &RawValue> = serde_json::from_str(json).ok()?;
    let (name, value) = values.into_iter().find(|(_, value)| is_around(value))?;
    Some((name, value.get()))
}

/// Where a value begins in the JSON that it is a part of.
fn offset(json: &str, value: &str) -> usize {
    value.as_ptr().addr() - json.as_ptr().addr()
}
