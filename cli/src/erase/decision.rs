//! Decides what happens to an event.

use std::collections::BTreeMap;

use tencent_chat_webhook::record::{RecordedEvent, attribute::Item};

use super::{
    parts::{self, Changed},
    pseudonym::Pseudonym,
    write::ERASING,
};
use crate::person::{Edit, Person};

/// The decision on an event.
#[derive(Debug)]
pub(super) enum Decision {
    /// The person is not in it.
    None,
    Delete,
    Pseudonymise(Pseudonymisation),
    /// The person is in it, and it can't be changed: a part of the body would exceed DynamoDB's limit, or other parts
    /// of it are missing.
    Keep,
    /// Parts of the body are missing, and the person is not in the remaining ones.
    Incomplete,
}

/// The changes of an event.
#[derive(Debug)]
pub(super) struct Pseudonymisation {
    pub(super) attributes: BTreeMap<String, String>,
    /// Of the body.
    pub(super) edits: Vec<Edit>,
    /// Of the parts, if the body is in parts. Those in one list are changed together.
    pub(super) parts: Option<Vec<Vec<Changed>>>,
}

impl Decision {
    /// The decision on an event with its body, if that is complete.
    pub(super) fn on(event: &RecordedEvent, found: &[Item], person: &Person, pseudonym: &Pseudonym) -> Self {
        // Another run was interrupted while it deleted this one.
        if event.attribute(ERASING).is_some() || person.owns(event) {
            return Self::Delete;
        }
        let attributes = person.attributes(event, &pseudonym.0);
        let Some(body) = event.body() else {
            let is_left = !attributes.is_empty() || parts::may_have(found, person);
            return if is_left { Self::Keep } else { Self::Incomplete };
        };
        let edits = person.edits(body, &pseudonym.0);
        if attributes.is_empty() && edits.is_empty() {
            return Self::None;
        }
        let parts = (!found.is_empty()).then(|| parts::changed(found, &edits));
        if parts.iter().flatten().flatten().any(|part| !part.fits()) {
            return Self::Keep;
        }
        Self::Pseudonymise(Pseudonymisation { attributes, edits, parts })
    }
}
