//! The answer where nobody decides: the one that changes nothing.

use serde_json::value::RawValue;

use super::{
    json::{Answer, Further},
    verdict::Verdict,
};
use crate::{
    callback::object::{Field, Object},
    event::lenient::Text,
};

/// The answer to a command whose body did not fit its type, or which is not known.
pub(super) fn unasked(command: &str, body: &str) -> Answer {
    match command {
        "Sns.CallbackPrevFriendAdd" => allow_all(body, "FriendItem"),
        "Sns.CallbackPrevFriendResponse" => allow_all(body, "ResponseFriendItem"),
        "Chatbot.OnC2CSignalMessage" => Verdict::ignore().into(),
        _ => Answer::plain(),
    }
}

/// Allows every friend who can be made out in the list.
fn allow_all(body: &str, list: &str) -> Answer {
    let entries: Vec<&RawValue> = match field(body, list) {
        Some(Field::Array(entries)) => serde_json::from_str(entries).unwrap_or_default(),
        _ => Vec::new(),
    };
    let results = entries.into_iter().filter_map(account).map(|account| Verdict::allow().about(account));
    Answer::plain().with(Further::ResultItem(results.collect()))
}

/// The `To_Account` of an entry.
fn account(entry: &RawValue) -> Option<String> {
    match field(entry.get(), "To_Account")? {
        Field::String(account) => Some(account.into_owned()),
        Field::Number(digits) => {
            serde_json::from_str::<Text<'_>>(digits).ok().map(|account| account.to_string())
        }
        _ => None,
    }
}

/// A field of a JSON object, whatever else is wrong with the object.
fn field<'a>(object: &'a str, name: &str) -> Option<Field<'a>> {
    serde_json::from_str::<Object<'a>>(object).ok()?.get(name)
}

#[cfg(test)]
mod tests;
