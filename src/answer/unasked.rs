//! The answer where nobody decides: the one that changes nothing.

use std::fmt;

use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    json::{Answer, Further},
    verdict::Verdict,
};
use crate::event::lenient::Text;

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
    let entries: Vec<&RawValue> = field(body, list).unwrap_or_default();
    let accounts = entries.into_iter().filter_map(|entry| field::<Text<'_>>(entry.get(), "To_Account"));
    let results = accounts.map(|account| Verdict::allow().about(&account)).collect();
    Answer::plain().with(Further::ResultItem(results))
}

/// A field of a JSON object, if it can be read as a `T`, whatever else is wrong with the object. The last one
/// counts, as with most readers.
fn field<'a, T: Deserialize<'a>>(object: &'a str, name: &str) -> Option<T> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    let value = deserializer.deserialize_map(Field(name)).ok()??;
    serde_json::from_str(value.get()).ok()
}

struct Field<'n>(&'n str);

impl<'de> Visitor<'de> for Field<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        // Raw, because a name may be unreadable: one with a lone surrogate.
        while let Some((name, value)) = object.next_entry::<&RawValue, &RawValue>()? {
            let name: Option<Text<'_>> = serde_json::from_str(name.get()).ok();
            if name.is_some_and(|name| name == *self.0) {
                found = Some(value);
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
