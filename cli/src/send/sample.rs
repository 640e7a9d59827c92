//! The sample of a command, with the current time.

use serde_json::Value;
use tencent_chat_callbacks::sample::{Sample, samples};
use tencent_chat_webhook::time::now_millis;

use crate::{fault::Fault, near::advice};

/// The body of a documented command, with every time set to now.
pub(super) fn body(command: &str) -> Result<Value, Fault> {
    let Some(Sample { mut body, .. }) = samples().find(|sample| sample.command == command) else {
        return Err(unknown(command));
    };
    set_times(&mut body, now_millis());
    Ok(body)
}

/// Sets the times in a value. Each keeps its unit and type.
fn set_times(value: &mut Value, now: u64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| set_times(item, now)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match time_like(value, now).filter(|_| name.ends_with("Time")) {
                    Some(time) => *value = time,
                    None => set_times(value, now),
                }
            }
        }
        _ => {}
    }
}

/// The current time in the form of a value: 13 digits are milliseconds, 10 are seconds.
fn time_like(value: &Value, now: u64) -> Option<Value> {
    let digits = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let number: u64 = digits.parse().ok()?;
    let time = match number.checked_ilog10()? {
        12 => now,
        9 => now / 1000,
        _ => return None,
    };
    Some(if value.is_string() { Value::from(time.to_string()) } else { Value::from(time) })
}

fn unknown(command: &str) -> Fault {
    let advice = advice(command);
    Fault::Usage(format!("no sample of {command}; give --body, or a documented command: {advice}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_keep_their_unit_and_type_when_set_to_now() {
        let mut body = json!({
            "EventTime": "1670574414123", "MsgTime": 1_557_481_126, "MsgKey": "1_2_1557481126", "MuteTime": 60,
            "MsgSeq": 1_670_574_414, "Events": [{ "EventTime": 1_670_574_414 }, { "TaskTime": "1670574410" }],
        });
        set_times(&mut body, 1_700_000_000_999);
        let expected = json!({
            "EventTime": "1700000000999", "MsgTime": 1_700_000_000, "MsgKey": "1_2_1557481126", "MuteTime": 60,
            "MsgSeq": 1_670_574_414, "Events": [{ "EventTime": 1_700_000_000 }, { "TaskTime": "1700000000" }],
        });
        assert_eq!(body, expected);
    }
}
