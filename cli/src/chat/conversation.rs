//! The participants of a conversation, and its events.

use tencent_chat_callbacks::Callback;
use tencent_chat_webhook::record::RecordedEvent;

use super::{
    between::{self, Between},
    group,
    step::Step,
};

/// The participants of a conversation.
#[derive(Debug)]
pub(super) enum Conversation {
    Between(Between),
    /// A group or an official channel.
    In(String),
}

impl Conversation {
    /// The subjects of its events.
    pub(super) fn subjects(&self) -> Vec<&str> {
        match self {
            Self::Between(Between(a, b)) if a != b => vec![a, b],
            Self::Between(Between(one, _)) | Self::In(one) => vec![one],
        }
    }

    /// The name for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Between(Between(a, b)) => format!("{a} and {b}"),
            Self::In(group) => group.clone(),
        }
    }

    pub(super) fn preposition(&self) -> &'static str {
        match self {
            Self::Between(_) => "of",
            Self::In(_) => "in",
        }
    }

    /// The meaning of an event; `None` if it does not belong to the conversation.
    ///
    /// A before-callback does not belong to it: only the after-callback proves that a message was sent.
    pub(super) fn step(&self, event: &RecordedEvent) -> Option<Step> {
        let command = event.command();
        let matters = match self {
            Self::Between(_) => between::COMMANDS.contains(&command),
            Self::In(_) => group::COMMANDS.contains(&command),
        };
        if !matters {
            return None;
        }
        let callback = event.callback();
        match (self, callback.as_ref().map(Callback::event)) {
            (Self::Between(between), Some(Ok(typed))) => between.step(event, &typed),
            (Self::In(_), Some(Ok(typed))) => group::step(event, &typed),
            (Self::Between(between), _) => between.from_undocumented_shape(event, command),
            (Self::In(_), _) => Some(group::from_undocumented_shape(event, command)),
        }
    }
}
