//! The meaning of an event for a conversation.

use tencent_chat_webhook::record::attribute::Item;

use super::{
    message::{Change, Readers, Sent},
    text::{UNREADABLE, salvaged},
};

/// The meaning of an event. Messages are named by their keys.
#[derive(Debug)]
pub(super) enum Step {
    Sent(Sent),
    /// A message that Tencent did not deliver.
    NotSent,
    Edited(String, Change),
    Recalled(Vec<String>, Change),
    Read(Vec<(String, Option<Readers>)>),
    /// Somebody has read all messages sent to them up to a second.
    ReadUpTo(String, i64),
    /// The group is gone. Another one of the same id counts its messages anew.
    Destroyed,
    /// The body is missing, or is not of its documented shape. A message is shown all the same.
    Unreadable(Option<Sent>),
}

impl Step {
    /// A message whose body is not of its documented shape: it counts as read if its text can be.
    pub(super) fn odd(event: &Item, from: &str, to: Option<&str>, key: Option<String>) -> Self {
        let message = |text| Sent { key, to: to.map(str::to_owned), ..Sent::of(event, from, text) };
        match salvaged(event) {
            Some(text) => Self::Sent(message(text)),
            None => Self::Unreadable(Some(message(UNREADABLE.to_owned()))),
        }
    }
}
