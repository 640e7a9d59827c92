//! The entries of batches, and how a batch is split.
//!
//! SQS repeats whole messages. If one callback of a batch is never taken, the receiver would get the others again with
//! each try. So once a part of a batch is done, the rest of it becomes new messages. A callback that the receiver
//! refuses gets its own message, and is given up alone.

use std::collections::HashMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    batch::{batch, is_control},
    unforwarded::Unforwarded,
    unrecorded::object,
};

/// A callback that a log line names.
#[derive(Debug)]
pub(super) struct Entry {
    /// The entry, or the line if it can't be read.
    pub(super) read: Result<Unforwarded<'static>, String>,
    /// Whether the callback may not be in the table yet: the function could not store it either.
    pub(super) is_unrecorded: bool,
    pub(super) state: State,
}

/// The state of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It was not tried, or failed for a reason outside of it.
    Open,
    /// It failed, and may be the reason itself.
    Suspect,
    /// It is not sent again.
    Done,
}

/// The entries of some messages.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Each callback once.
    pub(super) all: Vec<Entry>,
    /// The indexes of each message's entries.
    messages: Vec<Vec<usize>>,
    /// By key: the index of the entry.
    known: HashMap<(String, String), usize>,
}

/// A log line, of which only the entry matters.
#[derive(Deserialize)]
struct Line {
    unforwarded: Option<Unforwarded<'static>>,
    unrecorded: Option<IgnoredAny>,
}

/// An entry as the line of a message.
#[derive(Serialize)]
struct Rest<'a> {
    unforwarded: &'a Unforwarded<'static>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unrecorded: bool,
}

impl Entries {
    /// Reads the log lines of a batch.
    pub(super) fn of_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut entries = Self::default();
        entries.add(lines);
        entries
    }

    /// Reads messages: each is a batch as CloudWatch delivers it, or the lines that are left of one.
    pub(super) fn of_messages<'a>(messages: impl IntoIterator<Item = &'a str>) -> Self {
        let mut entries = Self::default();
        for message in messages {
            match batch(message) {
                Some(batch) if is_control(&batch) => entries.messages.push(Vec::new()),
                Some(batch) => entries.add(batch.log_events.iter().map(|event| event.message.as_str())),
                None => entries.add(message.lines()),
            }
        }
        entries
    }

    fn add<'a>(&mut self, lines: impl IntoIterator<Item = &'a str>) {
        let mut message: Vec<usize> = Vec::new();
        for line in lines {
            message.extend(match object(line) {
                Some(Line { unforwarded: Some(entry), unrecorded }) => {
                    Some(self.add_callback(entry, unrecorded.is_some()))
                }
                // Another line of the log.
                Some(Line { unforwarded: None, .. }) => None,
                None => Some(self.add_unreadable(line)),
            });
        }
        if message.is_empty() {
            message.push(self.add_unreadable(""));
        }
        self.messages.push(message);
    }

    fn add_callback(&mut self, entry: Unforwarded<'static>, is_unrecorded: bool) -> usize {
        let key = (entry.pk.clone().into_owned(), entry.sk.clone().into_owned());
        if let Some(index) = self.known.get(&key) {
            // One delivery of the callback was recorded, so it was in the table.
            self.all[*index].is_unrecorded &= is_unrecorded;
            return *index;
        }
        self.all.push(Entry { read: Ok(entry), is_unrecorded, state: State::Open });
        self.known.insert(key, self.all.len() - 1);
        self.all.len() - 1
    }

    fn add_unreadable(&mut self, line: &str) -> usize {
        self.all.push(Entry { read: Err(line.to_owned()), is_unrecorded: false, state: State::Open });
        self.all.len() - 1
    }

    /// The rest of each message.
    pub(super) fn left(&self) -> impl Iterator<Item = Left> {
        self.messages.iter().map(|message| self.left_of(message))
    }

    fn left_of(&self, message: &[usize]) -> Left {
        let is = |state| move |index: &usize| self.all[*index].state == state;
        let done = message.iter().copied().filter(is(State::Done)).count();
        if done == message.len() {
            return Left::Nothing;
        }
        if done == 0 {
            return Left::All;
        }
        let mut bodies: Vec<String> =
            message.iter().filter(|index| is(State::Suspect)(index)).map(|index| self.line(*index)).collect();
        let open: Vec<String> =
            message.iter().filter(|index| is(State::Open)(index)).map(|index| self.line(*index)).collect();
        if !open.is_empty() {
            bodies.push(open.join("\n"));
        }
        Left::Some(bodies)
    }

    fn line(&self, index: usize) -> String {
        let Entry { read, is_unrecorded, .. } = &self.all[index];
        match read {
            Ok(unforwarded) => {
                let rest = Rest { unforwarded, unrecorded: *is_unrecorded };
                // Strings and numbers always serialize.
                serde_json::to_string(&rest).unwrap_or_default()
            }
            Err(line) => line.clone(),
        }
    }
}

/// The rest of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing: the message is done.
    Nothing,
    /// All of it: the message stays as it is.
    All,
    /// Some entries, in these new messages.
    Some(Vec<String>),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(sk: &str) -> Unforwarded<'static> {
        let hop = 1.try_into().expect("a hop");
        Unforwarded::new("1400000001#g".to_owned(), sk.to_owned(), "SdkAppid=1400000001".to_owned(), hop)
    }

    fn line(sk: &str) -> String {
        json!({ "level": "WARN", "outcome": "recorded", "unforwarded": entry(sk) }).to_string()
    }

    #[test]
    fn only_the_top_level_of_an_object_counts() {
        let real = line("1");
        for (text, expected) in [
            (json!({ "subject": real, "problem": [real] }).to_string(), [false]),
            (format!("[{real}]"), [false]),
            (format!("{real}{real}"), [false]),
            (real[..real.len() - 1].to_owned(), [false]),
            (real.replace("\"hop\":1", "\"hop\":4"), [false]),
            (real.clone(), [true]),
        ] {
            let entries = Entries::of_lines([&*text]);
            let are_read: Vec<_> = entries.all.iter().map(|entry| entry.read.is_ok()).collect();
            assert_eq!(are_read, expected, "{text}");
        }
    }

    #[test]
    fn callback_in_two_messages_is_one_entry() {
        let unrecorded = json!({ "unforwarded": entry("1"), "unrecorded": { "piece": 1 } }).to_string();
        let entries = Entries::of_messages([&*unrecorded, &*line("1")]);
        assert_eq!(entries.all.len(), 1);
        assert!(!entries.all[0].is_unrecorded, "one delivery was recorded");
        assert!(Entries::of_messages([&*unrecorded]).all[0].is_unrecorded);
    }

    #[test]
    fn message_is_split_only_if_a_part_of_it_is_done() {
        use State::{Done, Open, Suspect};
        let lines = ["1", "2", "3", "4"].map(line);
        let rest = |sk: &str| {
            let entry = serde_json::to_string(&entry(sk)).expect("an entry serializes");
            format!(r#"{{"unforwarded":{entry}}}"#)
        };
        for (states, left) in [
            ([Done; 4], Left::Nothing),
            ([Open; 4], Left::All),
            ([Suspect, Open, Suspect, Open], Left::All),
            ([Done, Suspect, Open, Open], Left::Some(vec![rest("2"), rest("3") + "\n" + &rest("4")])),
            ([Suspect, Done, Suspect, Done], Left::Some(vec![rest("1"), rest("3")])),
        ] {
            let mut entries = Entries::of_messages([lines.join("\n").as_str()]);
            for (entry, state) in entries.all.iter_mut().zip(states) {
                entry.state = state;
            }
            assert_eq!(entries.left().collect::<Vec<_>>(), [left], "{states:?}");
        }
    }

    #[test]
    fn rest_of_a_message_reads_like_the_log() {
        let unrecorded = json!({ "unforwarded": entry("2"), "unrecorded": { "piece": 1 } }).to_string();
        let mut entries = Entries::of_lines([&*line("1"), &*unrecorded, "not JSON"]);
        entries.all[0].state = State::Done;
        let Some(Left::Some(rest)) = entries.left().next() else { panic!("it is split") };
        let again = Entries::of_messages(rest.iter().map(String::as_str));
        assert_eq!(again.all[0].read, Ok(entry("2")));
        assert!(again.all[0].is_unrecorded);
        assert_eq!(again.all[1].read, Err("not JSON".to_owned()));
    }
}
