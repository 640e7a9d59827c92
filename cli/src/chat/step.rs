//! The meaning of an event for a conversation.

use tencent_chat_webhook::record::RecordedEvent;

use super::message::{Change, Readers, Sent};
use crate::content::{Content, UNREADABLE};

/// The meaning of an event. Messages have their keys as names.
#[derive(Debug)]
pub(super) enum Step {
    /// A message, with the name that its before-callback has too.
    Sent(Box<Sent>, Option<String>),
    /// A message that Tencent did not deliver.
    NotSent(Box<Sent>, Option<String>),
    /// A message that a user wants to send: a before-callback.
    Asked(Box<Sent>, Option<String>),
    Edited(String, Change),
    Recalled(Vec<String>, Change),
    Read(Vec<(String, Option<Readers>)>),
    /// A user has read all messages received up to a second.
    ReadUpTo(String, i64),
    /// The group is destroyed. The next group with the same id starts its numbers again.
    Destroyed,
    /// The body is missing, or does not have its documented shape. A message is still shown.
    Unreadable(Option<Box<Sent>>),
}

impl Step {
    /// A message whose body does not have its documented shape. It counts as readable if its elements are. `message` is
    /// what the attributes say of it.
    pub(super) fn from_undocumented_shape(event: &RecordedEvent, message: Sent) -> Self {
        if let Some(content) = Content::of_event(event) {
            return Self::Sent(Box::new(Sent { content, ..message }), None);
        }
        let content = Content::text_only(UNREADABLE);
        Self::Unreadable(Some(Box::new(Sent { content, ..message })))
    }
}
