//! What an event means for a conversation.

use super::message::{Change, Readers, Sent};

/// What an event means. Messages are named by their keys.
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
