//! The participants of a conversation, and its events.

use tencent_chat_callbacks::{Callback, event::is_before_callback};
use tencent_chat_webhook::record::RecordedEvent;

use super::{
    between::{self, Between},
    group,
    order::Numbering,
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
    /// The conversation in a group, or of two users.
    pub(super) fn of(names: &[String]) -> Self {
        match names {
            [one, other] => Self::Between(Between(one.clone(), other.clone())),
            names => Self::In(names.first().cloned().unwrap_or_default()),
        }
    }

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

    /// How its messages are numbered.
    pub(super) fn numbering(&self) -> Numbering {
        match self {
            Self::Between(_) => Numbering::Second,
            Self::In(_) => Numbering::Group,
        }
    }

    /// The meaning of an event; `None` if it does not belong to the conversation.
    ///
    /// A before-callback belongs to it only `with_asked`: it does not prove that a message was sent.
    pub(super) fn step(&self, event: &RecordedEvent, with_asked: bool) -> Option<Step> {
        let command = event.command();
        if is_before_callback(command) && !with_asked {
            return None;
        }
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
            (Self::Between(between), _) => between.step_of_undocumented_shape(event, command),
            (Self::In(_), _) => Some(group::step_of_undocumented_shape(event, command)),
        }
    }
}
