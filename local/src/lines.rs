//! Makes the function's log readable for people.

use std::fmt::Write;

use serde_json::Value;

/// The fields that describe a callback, in this order, besides those that every line has.
const SHOWN_FIELDS: [&str; 4] = ["reason", "error", "problem", "forward"];

/// A log line in readable form. A line that is not the function's stays unchanged.
pub(crate) fn readable(line: &str) -> String {
    let Ok(fields) = serde_json::from_str::<Value>(line) else {
        return line.to_owned();
    };
    let text = |name: &str| fields[name].as_str().unwrap_or_default();
    let (Some(time), message) = (text("timestamp").get(11..19), text("message")) else {
        return line.to_owned();
    };
    let mut readable = format!("{time}  ");
    // Writing to a string can't fail.
    if fields["outcome"].is_null() {
        let _ = write!(readable, "{} {message}", text("level"));
    } else {
        let _ = write!(readable, "{message:<19} {:<35} {}", text("CallbackCommand"), text("subject"));
    }
    for name in SHOWN_FIELDS.into_iter().filter(|name| !fields[*name].is_null()) {
        let _ = match &fields[name] {
            Value::String(text) => write!(readable, "  {name}: {text}"),
            other => write!(readable, "  {name}: {other}"),
        };
    }
    if let Some(millis) = fields["StoreTime"].as_f64() {
        let _ = write!(readable, "  {millis:.1} ms");
    }
    // A sender's text must not control the terminal.
    readable.trim_end().replace(char::is_control, "\u{fffd}")
}
