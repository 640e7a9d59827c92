//! With whom a person wrote.

use std::{cmp::Reverse, collections::HashMap};

use tencent_chat_callbacks::{Callback, Event, value::Number};
use tencent_chat_webhook::record::RecordedEvent;

/// The users with whom the person exchanged messages, and the groups and channels in which the person wrote.
#[derive(Debug)]
pub(super) struct Partners {
    person: String,
    partners: HashMap<String, Wrote>,
}

/// The messages with a partner. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrote {
    pub(super) messages: u64,
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Partners {
    pub(super) fn new(person: &str) -> Self {
        Self { person: person.to_owned(), partners: HashMap::new() }
    }

    /// Counts a delivered message.
    pub(super) fn add(&mut self, event: &RecordedEvent) {
        let callback = event.callback();
        let Some(Ok(typed)) = callback.as_ref().map(Callback::event) else { return };
        if let Some(partner) = self.partner(&typed) {
            let time = event.time().unwrap_or(0);
            let wrote =
                self.partners.entry(partner).or_insert(Wrote { messages: 0, first: time, last: time });
            wrote.messages += 1;
            wrote.first = wrote.first.min(time);
            wrote.last = wrote.last.max(time);
        }
    }

    fn partner(&self, event: &Event<'_>) -> Option<String> {
        let person = self.person.as_str();
        match event {
            Event::C2cAfterSendMsg(message)
                if message.send_msg_result.is_none_or(|Number(code)| code == 0) =>
            {
                match (&*message.from_account, &*message.to_account) {
                    (from, to) if from == person => Some(to.to_owned()),
                    (from, to) if to == person => Some(from.to_owned()),
                    _ => None,
                }
            }
            Event::GroupAfterSendMsg(message) if message.from_account == *person => {
                Some(message.group_id.to_string())
            }
            _ => None,
        }
    }

    /// Those with the most messages first.
    pub(super) fn most_first(&self) -> Vec<(&str, Wrote)> {
        let mut partners: Vec<_> =
            self.partners.iter().map(|(with, wrote)| (with.as_str(), *wrote)).collect();
        partners.sort_by_key(|(with, wrote)| (Reverse(wrote.messages), *with));
        partners
    }
}
