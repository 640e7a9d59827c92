//! The whole events of a conversation in a temporary file, for an evidence file.

use serde_json::value::RawValue;
use tencent_chat_webhook::record::RecordedEvent;

use crate::{
    event::fields,
    fault::Fault,
    spool::{Spool, Spooled},
};

/// The events while they are read.
#[derive(Debug)]
pub(super) struct KeptSpool {
    spool: Spool,
    /// Those that are proof whatever is shown: the end of a group, and what can't be read.
    always: Vec<bool>,
}

/// All events, in order of time. Only those that prove something shown are exported.
#[derive(Debug)]
pub(crate) struct Kept {
    spooled: Spooled,
    is_proof: Vec<bool>,
    next: usize,
}

impl KeptSpool {
    pub(super) fn new() -> Result<Self, Fault> {
        Ok(Self { spool: Spool::new()?, always: Vec::new() })
    }

    pub(super) fn push(&mut self, event: &RecordedEvent, always: bool) -> Result<(), Fault> {
        self.always.push(always);
        self.spool.push(&fields(event)).map(|_| ())
    }

    pub(super) fn done(self) -> Result<Kept, Fault> {
        Ok(Kept { spooled: self.spool.read()?, is_proof: self.always, next: 0 })
    }
}

impl Kept {
    /// Notes the events behind a message that is shown.
    pub(super) fn mark(&mut self, events: impl Iterator<Item = usize>) {
        for event in events {
            if let Some(is_proof) = self.is_proof.get_mut(event) {
                *is_proof = true;
            }
        }
    }

    /// The JSON of the next event that proves something.
    pub(crate) fn next(&mut self) -> Result<Option<Box<RawValue>>, Fault> {
        while let Some(json) = self.spooled.next()? {
            let is_proof = self.is_proof.get(self.next).copied().unwrap_or_default();
            self.next += 1;
            if is_proof {
                return Ok(Some(json));
            }
        }
        Ok(None)
    }
}
