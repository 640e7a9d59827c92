//! The recorded messages of an hour.

use std::collections::{HashMap, HashSet};

use futures_util::TryStreamExt;

use super::{
    ChatType, Hour,
    hours::HOUR_MILLIS,
    message::{Key, Message},
};
use crate::{
    deployment::Deployment, fault::Fault, moment::Moment, selection::Selection, table::Wanted, when::When,
};

/// A callback may have a time a little before or after that of its message.
const MARGIN_MILLIS: u64 = 10 * 60_000;

/// The messages, by their identity.
#[derive(Debug)]
pub(super) struct Recorded {
    chat_type: ChatType,
    /// Each message once, even if several events report it.
    keys: HashSet<Key>,
    /// The number of messages with the same fields in Tencent's file, less those that were looked up: those of a group
    /// that was made again with the same id, and those of which a user was erased.
    alike: HashMap<Key, u32>,
    /// The messages of the hour that Tencent keeps.
    pub(super) count: u64,
    /// The messages that can't be identified.
    pub(super) unreadable: u64,
}

impl Recorded {
    pub(super) async fn read(
        deployment: &Deployment,
        hour: Hour,
        chat_type: ChatType,
    ) -> Result<Self, Fault> {
        let selection = Selection {
            command: vec![chat_type.command().to_owned()],
            since: Some(When::At(Moment(hour.start().saturating_sub(MARGIN_MILLIS)))),
            until: Some(When::At(Moment(hour.start() + HOUR_MILLIS + MARGIN_MILLIS))),
            ..Selection::default()
        };
        let mut events = selection.find(deployment, Wanted::Whole).await?.unsorted().await?;
        let mut recorded =
            Self { chat_type, keys: HashSet::new(), alike: HashMap::new(), count: 0, unreadable: 0 };
        while let Some(event) = events.try_next().await? {
            let message = event.body().and_then(Message::parse);
            let millis = event.time().unwrap_or(0);
            let seconds = message.as_ref().and_then(Message::seconds);
            let seconds = seconds.unwrap_or(i64::try_from(millis / 1000).unwrap_or(0));
            let is_erased = event.attribute("Erased").is_some();
            recorded.add(message.as_ref(), hour.contains(seconds), is_erased);
        }
        Ok(recorded)
    }

    fn add(&mut self, message: Option<&Message>, is_in_hour: bool, is_erased: bool) {
        if message.is_some_and(|message| !message.is_kept()) {
            return;
        }
        let key = message.and_then(|message| message.recorded_key(self.chat_type));
        if key.is_none() {
            self.unreadable += u64::from(is_in_hour);
        } else if key.is_some_and(|key| !self.keys.insert(key)) {
            return;
        }
        self.count += u64::from(is_in_hour);
        let is_alike = is_erased || self.chat_type == ChatType::Group;
        if let Some(key) = message.filter(|_| is_alike).and_then(|message| self.key_of_alike(message)) {
            *self.alike.entry(key).or_default() += 1;
        }
    }

    /// Whether a message of Tencent's file is recorded; `None` if it can't be identified.
    pub(super) fn has(&mut self, message: &Message) -> Option<bool> {
        let key = message.key(self.chat_type)?;
        if self.chat_type == ChatType::C2c && self.keys.contains(&key) {
            return Some(true);
        }
        let left = self.key_of_alike(message).and_then(|key| self.alike.get_mut(&key));
        Some(left.filter(|left| **left > 0).map(|left| *left -= 1).is_some())
    }

    fn key_of_alike(&self, message: &Message) -> Option<Key> {
        message.key_without_users(self.chat_type)
    }
}
