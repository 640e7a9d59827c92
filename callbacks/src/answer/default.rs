//! The default answer, which changes nothing.

use serde_json::value::RawValue;

use super::{
    json::{Answer, Further},
    verdict::Verdict,
};
use crate::{
    callback::Callback,
    object::{Field, Object},
    surrogate,
    value::Text,
};

/// The answer to a callback without a decision.
pub(super) fn default_answer(callback: &Callback<'_>) -> Answer {
    match callback.command() {
        "Sns.CallbackPrevFriendAdd" => allow_all(callback.object(), "FriendItem"),
        "Sns.CallbackPrevFriendResponse" => allow_all(callback.object(), "ResponseFriendItem"),
        "Chatbot.OnC2CSignalMessage" => Verdict::ignore().into(),
        _ => Answer::plain(),
    }
}

/// Allows every friend in the list who has a readable account.
fn allow_all(object: &Object<'_>, list: &str) -> Answer {
    let Some(Field::Array(list)) = object.get(list) else {
        return Answer::plain().with(Further::ResultItem(Vec::new()));
    };
    let repaired = surrogate::replaced(list);
    let entries: Vec<&RawValue> =
        serde_json::from_str(repaired.as_deref().unwrap_or(list)).unwrap_or_default();
    let results = entries.into_iter().filter_map(account).map(|account| Verdict::allow().about(account));
    Answer::plain().with(Further::ResultItem(results.collect()))
}

/// The `To_Account` of an entry.
fn account(entry: &RawValue) -> Option<String> {
    match serde_json::from_str::<Object<'_>>(entry.get()).ok()?.get("To_Account")? {
        Field::String(account) => Some(account.into_owned()),
        Field::Number(digits) => {
            serde_json::from_str::<Text<'_>>(digits).ok().map(|account| account.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
