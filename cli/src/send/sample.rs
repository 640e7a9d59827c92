//! The sample of a command, with the current time.

use std::collections::HashSet;

use serde_json::Value;
use tencent_chat_callbacks::{
    event::Command,
    sample::{Sample, samples},
};
use tencent_chat_webhook::time::now_millis;

use crate::fault::Fault;

/// The number of suggestions for an unknown name.
const SUGGESTIONS: usize = 3;

/// The least likeness of a suggestion to the text that was typed.
const LIKENESS: f64 = 0.5;

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
    let near = near(command);
    let advice = if near.is_empty() {
        "`chat-events commands` lists them".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    };
    Fault::Message(format!("no sample of {command}; give --body, or a documented command: {advice}"))
}

/// The documented names that are most like a text, best first.
fn near(text: &str) -> Vec<&'static str> {
    let wanted = pairs(text);
    let likeness = |name: &str| {
        let pairs = pairs(name);
        let (shared, all) = (wanted.intersection(&pairs).count(), wanted.len() + pairs.len());
        // Small numbers, so the floats are exact.
        #[allow(clippy::cast_precision_loss, reason = "a name has some dozens of pairs")]
        let likeness = 2.0 * shared as f64 / all.max(1) as f64;
        likeness
    };
    let mut names: Vec<(f64, &str)> =
        Command::ALL.iter().map(|command| (likeness(command.name), command.name)).collect();
    names.retain(|(likeness, _)| *likeness > LIKENESS);
    names.sort_by(|one, other| other.0.total_cmp(&one.0));
    names.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect()
}

/// The pairs of neighbouring letters in a name, without case. Similar names share many pairs (Dice's coefficient).
fn pairs(name: &str) -> HashSet<(char, char)> {
    let letters: Vec<char> = name.to_lowercase().chars().collect();
    letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
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

    #[test]
    fn unknown_command_has_similar_names_as_suggestions() {
        for (typed, expected) in [
            ("group.callbackaftergroupfull", "Group.CallbackAfterGroupFull"),
            ("Group.AfterGroupFull", "Group.CallbackAfterGroupFull"),
            ("C2C.CallbackAfterSendMessage", "C2C.CallbackAfterSendMsg"),
            ("StateChange", "State.StateChange"),
        ] {
            assert_eq!(near(typed).first(), Some(&expected), "{typed}");
        }
        assert!(near("x").is_empty() && near("").is_empty() && near("Live.Gift").is_empty());
    }
}
