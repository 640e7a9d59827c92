//! The function's log for people.

use std::fmt::Write;

use serde_json::Value;

/// What tells of a callback, in this order, beside what every line has.
const TELLING: [&str; 4] = ["reason", "error", "problem", "forward"];

/// A line of the log, readable; what is none of the function's stays as it is.
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
    for name in TELLING.into_iter().filter(|name| !fields[*name].is_null()) {
        let _ = match &fields[name] {
            Value::String(text) => write!(readable, "  {name}: {text}"),
            other => write!(readable, "  {name}: {other}"),
        };
    }
    if let Some(millis) = fields["StoreTime"].as_f64() {
        let _ = write!(readable, "  {millis:.1} ms");
    }
    // What a sender wrote must be nothing but text to a terminal.
    readable.trim_end().replace(char::is_control, "\u{fffd}")
}
