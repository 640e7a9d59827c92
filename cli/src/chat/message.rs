//! A message and its changes.

use serde::{Deserialize, Serialize};
use tencent_chat_callbacks::value::Seconds;
use tencent_chat_webhook::record::RecordedEvent;

use super::source::Source;
use crate::content::Content;

/// A message as it was sent.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Sent {
    pub(super) source: Source,
    /// The event's time, in milliseconds.
    pub(super) time: u64,
    /// The time on Tencent's server.
    pub(super) seconds: i64,
    /// Tencent's number of the message. It orders the messages of a group, and those of one second between two users.
    pub(super) seq: Option<i64>,
    /// The number of earlier groups with the same id. Each group starts its numbers again.
    pub(super) generation: u32,
    /// The key that edits, recalls and read receipts use. Messages of 2017 have no key.
    pub(super) key: Option<String>,
    pub(super) from: String,
    /// The recipient of a one-to-one message.
    pub(super) to: Option<String>,
    /// The user who sent it in the name of `from`.
    pub(super) by: Option<String>,
    pub(super) topic: Option<String>,
    /// Delivered only to users who were online, and not stored.
    pub(super) online_only: bool,
    /// Why it was not delivered, or that nothing reports its delivery.
    pub(super) undelivered: Option<String>,
    pub(super) content: Content,
    /// `CloudCustomData`: the app's data, such as the message that this one replies to.
    pub(super) custom_data: Option<String>,
}

/// An edit, or a recall.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Change {
    pub(super) source: Source,
    pub(super) time: u64,
    /// The user who made the change, if the callback says so.
    pub(super) by: Option<String>,
    /// The new content. A recall has none.
    pub(super) content: Option<Content>,
}

impl Sent {
    /// A message without further details.
    pub(super) fn of(event: &RecordedEvent, from: &str, content: Content) -> Self {
        Self {
            source: Source::of(event),
            time: event.time().unwrap_or(0),
            seconds: Self::seconds(event, None),
            seq: None,
            generation: 0,
            key: None,
            from: from.to_owned(),
            to: None,
            by: None,
            topic: None,
            online_only: false,
            undelivered: None,
            content,
            custom_data: None,
        }
    }

    /// The time in the body, or if there is none the event's, in seconds.
    pub(super) fn seconds(event: &RecordedEvent, time: Option<Seconds>) -> i64 {
        let of_event = || i64::try_from(event.time().unwrap_or(0) / 1000).unwrap_or(i64::MAX);
        time.map_or_else(of_event, |Seconds(seconds)| seconds)
    }
}

impl Change {
    pub(super) fn of(event: &RecordedEvent, by: Option<&str>, content: Option<Content>) -> Self {
        let time = event.time().unwrap_or(0);
        Self { source: Source::of(event), time, by: by.map(str::to_owned), content }
    }
}

/// The text of a field, if it is not empty.
pub(super) fn filled(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The number of members of a group who have read a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Readers {
    pub(super) read: Option<i64>,
    pub(super) unread: Option<i64>,
}

/// A report that a message was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    /// The time of the first report.
    pub(super) time: u64,
    /// The newest count, in a group.
    pub(super) readers: Option<Readers>,
    /// The first and the newest report, by the number of the event.
    pub(super) events: [usize; 2],
}

/// The numbers before a message that no recorded message of the group or topic has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// A message and its changes.
#[derive(Debug)]
pub(super) struct Message {
    /// Its number in the conversation, counted from 1.
    pub(super) n: u64,
    pub(super) missing: Option<Missing>,
    pub(super) sent: Sent,
    /// The edits, in order of time.
    pub(super) edits: Vec<Change>,
    pub(super) recall: Option<Change>,
    pub(super) read: Option<Read>,
}

impl Message {
    /// The content after all edits.
    pub(super) fn content(&self) -> &Content {
        self.edits.iter().rev().find_map(|edit| edit.content.as_ref()).unwrap_or(&self.sent.content)
    }

    /// The content as it was sent and after each edit, with the times.
    pub(super) fn versions(&self) -> impl Iterator<Item = (u64, &Content)> {
        let edits = self.edits.iter().filter_map(|edit| Some((edit.time, edit.content.as_ref()?)));
        std::iter::once((self.sent.time, &self.sent.content)).chain(edits)
    }

    /// The events behind it: the message, its edits, its recall.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Source> {
        let edits = self.edits.iter().map(|edit| &edit.source);
        let recall = self.recall.iter().map(|recall| &recall.source);
        std::iter::once(&self.sent.source).chain(edits).chain(recall)
    }

    /// The numbers of the events behind it, read reports included.
    pub(super) fn events(&self) -> impl Iterator<Item = usize> {
        self.sources().map(|source| source.event).chain(self.read.into_iter().flat_map(|read| read.events))
    }

    /// The day when a person was erased from one of these events.
    pub(super) fn erased(&self) -> Option<&str> {
        self.sources().find_map(|source| source.erased.as_deref())
    }

    /// Whether one of these events was changed in the table, for another reason than an erasure.
    pub(super) fn is_altered(&self) -> bool {
        self.sources().any(Source::is_altered)
    }
}
