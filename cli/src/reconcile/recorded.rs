//! The recorded messages of an hour.

use std::collections::HashSet;

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
    keys: HashSet<Key>,
    /// Those in which a user was erased, without their users.
    erased: HashSet<Key>,
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
            Self { chat_type, keys: HashSet::new(), erased: HashSet::new(), count: 0, unreadable: 0 };
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
        let is_counted = is_in_hour && message.is_none_or(Message::is_kept);
        let key = message.and_then(|message| {
            if is_erased { message.key_without_users(self.chat_type) } else { message.key(self.chat_type) }
        });
        match key {
            Some(key) if is_erased => _ = self.erased.insert(key),
            Some(key) => _ = self.keys.insert(key),
            None => self.unreadable += u64::from(is_counted),
        }
        self.count += u64::from(is_counted);
    }

    /// Whether a message of Tencent's file is recorded; `None` if it can't be identified.
    pub(super) fn has(&self, message: &Message) -> Option<bool> {
        let key = message.key(self.chat_type)?;
        let is_erased =
            || message.key_without_users(self.chat_type).is_some_and(|key| self.erased.contains(&key));
        Some(self.keys.contains(&key) || is_erased())
    }
}
