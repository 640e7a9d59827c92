//! A recorded conversation.
//!
//! A message's edits, recalls and read marks are recorded after it. So all events are read once: the messages are kept
//! in a temporary file, and only their changes, places and numbers in memory.

use std::collections::HashSet;

use futures_util::TryStreamExt;
use serde_json::value::RawValue;

use super::{
    changes::Changed,
    conversation::Conversation,
    kept::Kept,
    message::{Message, Sent},
    order::Next,
    reading::{Done, ReadOptions, Reading},
};
use crate::{
    evidence::manifest::{Counts, Gap},
    fault::Fault,
    media::Medium,
    spool::Spooled,
    table::Items,
};

/// A conversation, with its messages in order.
#[derive(Debug)]
pub(super) struct Recorded {
    messages: Spooled,
    order: std::vec::IntoIter<Next>,
    changed: Changed,
    pub(super) counts: Counts,
    pub(super) gaps: Vec<Gap>,
    kept: Option<Kept>,
    /// The numbers of the first messages that were changed in the table.
    pub(super) altered: Vec<u64>,
    n: u64,
    /// As a manifest states it.
    without_message: Option<u64>,
}

/// The most messages that a remark names.
const NAMED: usize = 20;

impl Recorded {
    /// Reads the events of a conversation, in order of time.
    pub(super) async fn read(
        conversation: &Conversation,
        options: ReadOptions,
        mut events: Items,
    ) -> Result<Self, Fault> {
        let mut reading = Reading::new(conversation.numbering(), options)?;
        while let Some(event) = events.try_next().await? {
            if let Some(step) = conversation.step(&event, options.undelivered) {
                reading.step(&event, step)?;
            }
        }
        Ok(Self::of(reading.done()?))
    }

    fn of(Done { messages, order, changed, counts, gaps, kept }: Done) -> Self {
        let order = order.into_iter();
        Self {
            messages,
            order,
            changed,
            counts,
            gaps,
            kept,
            altered: Vec::new(),
            n: 0,
            without_message: None,
        }
    }

    /// Takes the numbers of what is left out from a manifest: an evidence file does not have these events.
    pub(super) fn state_left_out(&mut self, stated: Counts) {
        self.counts.not_delivered = stated.not_delivered;
        self.without_message = Some(stated.without_message);
    }

    /// The files that the messages point to, each URL once, in order.
    pub(super) fn media(&mut self) -> Result<Vec<Medium>, Fault> {
        let (mut media, mut seen) = (Vec::new(), HashSet::new());
        for next in self.order.clone() {
            let Some(sent) = self.messages.at::<Sent>(next.at)? else { continue };
            let message = self.changed.apply(0, None, sent)?;
            let source = &message.sent.source;
            for (_, content) in message.versions() {
                let of_version = Medium::of(content, &source.pk, &source.sk).into_iter();
                media.extend(of_version.filter(|medium| seen.insert(medium.url.clone())));
            }
        }
        Ok(media)
    }

    /// The JSON of the next event behind the messages so far, if events are kept.
    pub(super) fn next_kept(&mut self) -> Result<Option<Box<RawValue>>, Fault> {
        self.kept.as_mut().map_or(Ok(None), Kept::next)
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Fault> {
        let Some(next) = self.order.next() else { return Ok(None) };
        let Some(sent) = self.messages.at::<Sent>(next.at)? else { return Ok(None) };
        self.n += 1;
        let message = self.changed.apply(self.n, next.missing, sent)?;
        if message.is_altered() {
            self.counts.altered += 1;
            if self.altered.len() < NAMED {
                self.altered.push(self.n);
            }
        }
        self.counts.erased += u64::from(message.erased().is_some());
        if let Some(kept) = &mut self.kept {
            kept.mark(message.events());
        }
        if self.order.len() == 0 {
            self.counts.without_message =
                self.without_message.unwrap_or_else(|| self.changed.without_message());
        }
        Ok(Some(message))
    }
}
