//! A realistic callback of each documented command, for tests and for tools that send callbacks.
//!
//! The ids of users, groups, topics, robots, official accounts and tasks begin with `test-`, so that a sample sent by
//! mistake is easy to find.

use serde::Deserialize;
use serde_json::Value;

/// A made-up callback.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// Its command.
    #[serde(rename = "CallbackCommand")]
    pub command: String,
    /// The [subject](crate::Callback::subject) of its body; the command where the body has none.
    pub subject: String,
    /// Its body.
    pub body: Value,
}

/// One sample of each documented command.
pub fn samples() -> impl Iterator<Item = Sample> {
    include_str!("sample/commands.jsonl").lines().filter_map(|line| serde_json::from_str(line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{callback::Callback, event::Command};

    /// The value that a sample has in an id field.
    fn ids<'a>(name: &str, value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| ids(name, value, found)),
            Value::Array(items) => items.iter().for_each(|item| ids(name, item, found)),
            Value::String(id) if is_of_id(name) => found.push(id),
            _ => {}
        }
    }

    fn is_of_id(name: &str) -> bool {
        ["_Account", "GroupId", "GroupID", "TopicId", "TopicIdList", "TaskId"]
            .iter()
            .any(|end| name.ends_with(end))
    }

    #[test]
    fn each_documented_command_has_a_sample_with_test_ids() {
        let commands: Vec<_> = samples().map(|sample| sample.command).collect();
        assert_eq!(commands.len(), Command::ALL.len());
        for Sample { command, subject, body } in samples() {
            let text = body.to_string();
            let callback = Callback::of(&command, &text).expect("an object");
            assert_eq!(callback.subject(), subject);
            assert!(subject.starts_with("test-") || subject == command, "{command}: {subject}");
            let mut found = Vec::new();
            ids("", &body, &mut found);
            // Not every sample has an operator.
            assert!(found.iter().all(|id| id.is_empty() || id.starts_with("test-")), "{command}: {found:?}");
        }
    }
}
