//! Decides whether an event mentions the person, and which action follows.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, Hasher, RandomState},
};

use tencent_chat_callbacks::{
    callback::{MAX_SUBJECT_BYTES, SUBJECTS},
    object::{Field, Object},
};
use tencent_chat_webhook::{
    record::{
        RecordedEvent,
        attribute::{MAX_ITEM_BYTES, is_own, size, text},
    },
    time::{day, now_millis},
};

use super::body::replaced;

/// The top-level fields of a body that name the owner of the event.
const OWNERS: [&str; 2] = ["From_Account", "Report_Account"];

/// A person to erase.
#[derive(Debug)]
pub(super) struct Person {
    id: String,
    pseudonym: String,
}

/// The decision on an event.
#[derive(Debug)]
pub(super) enum Erasure {
    Deleted,
    /// The new texts of attributes.
    Pseudonymised(BTreeMap<String, String>),
    /// The body is in parts, or the item would exceed DynamoDB's limit.
    NotChanged,
}

impl Person {
    pub(super) fn with_new_pseudonym(id: &str) -> Self {
        // The keys of the hasher are random, so the pseudonym does not depend on the person.
        let random = RandomState::new().build_hasher().finish();
        Self { id: id.to_owned(), pseudonym: format!("erased-{:012x}", random >> 16) }
    }

    /// The decision on an event with its body; `None` if it does not mention the person.
    pub(super) fn erasure(&self, event: &RecordedEvent) -> Option<Erasure> {
        if self.is_owner(event) {
            return Some(Erasure::Deleted);
        }
        // A user id may be `Web` or `1400000001`, which in our attributes is a platform or an application.
        let is_person = |(name, _): &(&String, _)| !is_own(name) && event.attribute(name) == Some(&self.id);
        let mut changes: BTreeMap<String, String> = event
            .item()
            .iter()
            .filter(|(_, value)| value.is_s())
            .filter(is_person)
            .map(|(name, _)| (name.clone(), self.pseudonym.clone()))
            .collect();
        let body = event.body().and_then(|body| replaced(body, &self.id, &self.pseudonym));
        changes.extend(body.map(|body| ("Body".to_owned(), body)));
        if changes.is_empty() {
            return None;
        }
        changes.insert("Erased".to_owned(), day(now_millis()));
        let is_kept = event.has_parts() || !fits(event, &changes);
        Some(if is_kept { Erasure::NotChanged } else { Erasure::Pseudonymised(changes) })
    }

    /// Whether it is the person's own event.
    fn is_owner(&self, event: &RecordedEvent) -> bool {
        let object = event.body().and_then(|body| serde_json::from_str::<Object>(body).ok());
        let is_person = |field: Field<'_>| matches!(field, Field::String(text) if *text == self.id);
        let owns = |name| {
            event.attribute(name) == Some(&self.id)
                || object.as_ref().and_then(|object| object.get(name)).is_some_and(is_person)
        };
        OWNERS.into_iter().any(owns) || (event.subject() == self.id && is_user(event, object.as_ref()))
    }
}

/// Whether the subject is a user: a group may have the id of a user.
fn is_user(event: &RecordedEvent, object: Option<&Object<'_>>) -> bool {
    let can_be = |text: &str| !text.is_empty() && text.len() <= MAX_SUBJECT_BYTES;
    let is_there = |path: &&str| match object {
        Some(object) => matches!(object.at(path), Some(Field::String(text)) if can_be(&text)),
        // The parts of the body are missing.
        None => event.attribute(path).is_some_and(can_be),
    };
    let path = SUBJECTS.iter().copied().find(is_there);
    path.is_some_and(|path| path.ends_with("_Account") || path == "ClientUserId")
}

fn fits(event: &RecordedEvent, changes: &BTreeMap<String, String>) -> bool {
    let mut item = event.item().clone();
    item.extend(changes.iter().map(|(name, value)| (name.clone(), text(value))));
    item.iter().map(|(name, value)| size(name, value)).sum::<usize>() <= MAX_ITEM_BYTES
}
