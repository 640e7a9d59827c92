//! Whether a person is in an event, and where. `list --person` and `erase` give the same answer.
//!
//! The person is where the id is: as a whole string, as a number in an `…_Account` field, and inside JSON that is a
//! string, such as `CloudCustomData`. A longer text that mentions the id is not the person.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use tencent_chat_callbacks::{
    callback::{MAX_SUBJECT_BYTES, SUBJECTS},
    object::{Field, Object},
};
use tencent_chat_webhook::record::{RecordedEvent, attribute::is_own};

mod frame;
mod json;
mod literal;
pub(crate) use json::{Edit, apply};

/// The top-level fields of a body that name the author of an event.
const AUTHORS: [&str; 2] = ["From_Account", "Report_Account"];

/// An edit names its author here.
const EDIT: (&str, &str) = ("Group.CallbackAfterModifyMsg", "Operator_Account");

/// The end of the names of fields that hold a user.
const ACCOUNT: &str = "_Account";

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    id: String,
}

impl Person {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.to_owned() }
    }

    /// Whether the person is in the event, as its author or otherwise.
    pub(crate) fn is_in(&self, event: &RecordedEvent) -> bool {
        event.subject() == self.id
            || !self.attributes(event, "").is_empty()
            || event.body().is_some_and(|body| !self.edits(body, "").is_empty())
    }

    /// Whether a piece of JSON may have the person.
    pub(crate) fn may_be_in(&self, piece: &str) -> bool {
        piece.contains(&self.id)
    }

    /// Whether it is the person's own event: the person is its author or its subject.
    pub(crate) fn owns(&self, event: &RecordedEvent) -> bool {
        let object = event.body().and_then(|body| serde_json::from_str::<Object>(body).ok());
        let is_person = |field: Field<'_>| match field {
            Field::String(text) => *text == self.id,
            Field::Number(digits) => digits == self.id,
            _ => false,
        };
        let owns = |name| {
            event.attribute(name) == Some(&self.id)
                || object.as_ref().and_then(|object| object.get(name)).is_some_and(is_person)
        };
        AUTHORS.into_iter().any(owns)
            || (event.command() == EDIT.0 && owns(EDIT.1))
            || (event.subject() == self.id && is_user(event, object.as_ref()))
    }

    /// The attributes that have the person, with their new texts. `Answer` is JSON.
    ///
    /// An id may be `Web` or `1400000001`, which in our attributes is a platform or an application.
    pub(crate) fn attributes(&self, event: &RecordedEvent, pseudonym: &str) -> BTreeMap<String, String> {
        let fields = event.item().iter().filter(|(name, _)| !is_own(name));
        let of_fields = fields.filter_map(|(name, value)| {
            // As the body has it, so that the same places are found.
            let json = match value {
                AttributeValue::S(text) => json!({ name: text }).to_string(),
                AttributeValue::N(digits) => format!("{{{}:{digits}}}", Value::from(name.as_str())),
                _ => return None,
            };
            let edits = self.edits(&json, pseudonym);
            let field: BTreeMap<String, String> =
                (!edits.is_empty()).then(|| serde_json::from_str(&apply(&json, &edits)).ok())??;
            field.into_iter().next()
        });
        let mut changes: BTreeMap<_, _> = of_fields.collect();
        if let Some(answer) = event.attribute("Answer") {
            let edits = self.edits(answer, pseudonym);
            if !edits.is_empty() {
                changes.insert("Answer".to_owned(), apply(answer, &edits));
            }
        }
        changes
    }

    /// The changes that put a pseudonym in the place of the person, in order. The rest of the JSON stays, byte for byte.
    pub(crate) fn edits(&self, json: &str, pseudonym: &str) -> Vec<Edit> {
        // Without the id there is nothing to find, unless it is escaped.
        if !json.contains(&self.id) && !json.contains('\\') {
            return Vec::new();
        }
        json::edits(json, &self.id, pseudonym)
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
    path.is_some_and(|path| path.ends_with(ACCOUNT) || path == "ClientUserId")
}

#[cfg(test)]
mod tests;
