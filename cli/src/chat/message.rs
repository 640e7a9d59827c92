//! A message and its changes.

use serde::{Deserialize, Serialize};
use tencent_chat_callbacks::value::Seconds;
use tencent_chat_webhook::record::RecordedEvent;

use super::source::Source;

/// A message as it was sent.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Sent {
    pub(super) source: Source,
    /// The event's time, in milliseconds.
    pub(super) time: u64,
    /// The time on Tencent's server.
    pub(super) seconds: i64,
    /// Tencent's number of the message. It orders the messages of one second.
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
    pub(super) text: String,
}

/// An edit, or a recall.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Change {
    pub(super) source: Source,
    pub(super) time: u64,
    /// The user who made the change, if the callback says so.
    pub(super) by: Option<String>,
    /// The new text. A recall has none.
    pub(super) text: Option<String>,
}

impl Sent {
    /// A message without further details.
    pub(super) fn of(event: &RecordedEvent, from: &str, text: String) -> Self {
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
            text,
        }
    }

    /// The time in the body, or if there is none the event's, in seconds.
    pub(super) fn seconds(event: &RecordedEvent, time: Option<Seconds>) -> i64 {
        let of_event = || i64::try_from(event.time().unwrap_or(0) / 1000).unwrap_or(i64::MAX);
        time.map_or_else(of_event, |Seconds(seconds)| seconds)
    }
}

impl Change {
    pub(super) fn of(event: &RecordedEvent, by: Option<&str>, text: Option<String>) -> Self {
        let time = event.time().unwrap_or(0);
        Self { source: Source::of(event), time, by: by.map(str::to_owned), text }
    }
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
}

/// A message and its changes.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) sent: Sent,
    /// The last edit.
    pub(super) edit: Option<Change>,
    pub(super) edits: u32,
    pub(super) recall: Option<Change>,
    pub(super) read: Option<Read>,
}

impl Message {
    /// The text after all edits.
    pub(super) fn text(&self) -> &str {
        self.edit.as_ref().and_then(|edit| edit.text.as_ref()).unwrap_or(&self.sent.text)
    }

    /// The events behind it: the message, its last edit, its recall.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&'static str, &Source)> {
        [
            ("Message", Some(&self.sent.source)),
            ("Edit", self.edit.as_ref().map(|edit| &edit.source)),
            ("Recall", self.recall.as_ref().map(|recall| &recall.source)),
        ]
        .into_iter()
        .filter_map(|(what, source)| Some((what, source?)))
    }

    /// The day when a person was erased from one of these events.
    pub(super) fn erased(&self) -> Option<&str> {
        self.sources().find_map(|(_, source)| source.erased.as_deref())
    }
}
