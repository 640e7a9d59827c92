//! The meaning of an event for a conversation.

use tencent_chat_webhook::record::RecordedEvent;

use super::{
    message::{Change, Readers, Sent},
    text::{UNREADABLE, salvaged},
};

/// The meaning of an event. Messages have their keys as names.
#[derive(Debug)]
pub(super) enum Step {
    Sent(Sent),
    /// A message that Tencent did not deliver.
    NotSent,
    Edited(String, Change),
    Recalled(Vec<String>, Change),
    Read(Vec<(String, Option<Readers>)>),
    /// A user has read all messages received up to a second.
    ReadUpTo(String, i64),
    /// The group is destroyed. The next group with the same id starts its numbers again.
    Destroyed,
    /// The body is missing, or does not have its documented shape. A message is still shown.
    Unreadable(Option<Sent>),
}

impl Step {
    /// A message whose body does not have its documented shape. It counts as readable if its text is.
    pub(super) fn from_undocumented_shape(
        event: &RecordedEvent,
        from: &str,
        to: Option<&str>,
        key: Option<String>,
    ) -> Self {
        let message = |text| Sent { key, to: to.map(str::to_owned), ..Sent::of(event, from, text) };
        match salvaged(event) {
            Some(text) => Self::Sent(message(text)),
            None => Self::Unreadable(Some(message(UNREADABLE.to_owned()))),
        }
    }
}
