//! Title, facts and remarks of a page, from what the manifest says too.

use super::{conversation::Conversation, media::Media, recorded::Recorded};
use crate::{
    evidence::manifest::{ConversationSelection, Counts, Origin},
    plain::counted,
};

/// Title and facts in the head of the page.
#[derive(Debug)]
pub(super) struct About {
    pub(super) title: String,
    /// The user on one side, in a conversation of two.
    pub(super) one: Option<String>,
    pub(super) facts: Vec<(&'static str, String)>,
}

impl About {
    pub(super) fn of(
        origin: &Origin,
        selection: &ConversationSelection,
        counts: Counts,
        media: Option<&Media>,
    ) -> Self {
        let ConversationSelection { of, since, until, undelivered } = selection;
        let conversation = Conversation::of(of);
        let with = if *undelivered { ", undelivered ones included" } else { "" };
        let mut facts = origin.facts(since.as_deref(), Some(until));
        facts.push(("Messages", format!("{}{with}", counts.messages)));
        if let Some(media) = media {
            facts.push(("Files", format!("{} of {} URLs saved", media.saved(), media.linked.len())));
        }
        Self {
            title: format!("Conversation {} {}", conversation.preposition(), conversation.name()),
            one: of.get(1).and(of.first()).cloned(),
            facts,
        }
    }
}

/// Remarks on what is missing or was changed. They are complete only after the last message.
pub(super) fn remarks(recorded: &Recorded) -> Vec<String> {
    let Recorded { counts, gaps, altered, .. } = recorded;
    let Counts { not_delivered, without_message, unreadable, .. } = *counts;
    let mut remarks = Vec::new();
    if counts.altered > 0 {
        let names: Vec<_> = altered.iter().map(u64::to_string).collect();
        let more = if counts.altered > altered.len() as u64 { ", …" } else { "" };
        remarks.push(format!(
            "{} changed in the table after the recording: {}{more}",
            counted(counts.altered, "message"),
            names.join(", ")
        ));
    }
    if !gaps.is_empty() {
        remarks.push(format!(
            "{} in the numbers (MsgSeq): notices that Tencent numbers too, or messages that are not recorded",
            counted(gaps.len() as u64, "gap")
        ));
    }
    if not_delivered > 0 {
        remarks.push(format!("{} left out: not delivered", counted(not_delivered, "message")));
    }
    if without_message > 0 {
        remarks.push(format!(
            "{} not shown: older, or not recorded",
            counted(without_message, "edited or recalled message")
        ));
    }
    if unreadable > 0 {
        remarks.push(format!(
            "{}: the body is incomplete, or not of its documented shape",
            counted(unreadable, "unreadable event")
        ));
    }
    remarks
}
