//! The default answer, which changes nothing.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{
    Answer, Extra, ResultItem,
    rule::{Allowed, Rule},
};
use crate::{
    callback::Callback,
    object::{Field, Object},
    surrogate,
    value::Text,
};

impl Callback<'_> {
    /// The default answer, which changes nothing.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match Rule::of(self.command()).extra {
            Allowed::Friends(list) => allow_all(self.object(), list),
            Allowed::Robot => ignore(),
            _ => Answer::ok(),
        }
    }
}

/// Passes nothing to the robot (page 59057).
fn ignore() -> Answer {
    Answer::code(1, Cow::Borrowed("")).with(Extra::RspData(Cow::Borrowed("")))
}

/// Allows every friend in the list who has a readable account.
fn allow_all(object: &Object<'_>, list: &str) -> Answer {
    let allow = |to_account| ResultItem { to_account, code: 0, info: Cow::Borrowed("") };
    let results = accounts(object, list).into_iter().map(allow);
    Answer::ok().with(Extra::ResultItem(results.collect()))
}

/// The readable accounts in the list of friends.
pub(super) fn accounts(object: &Object<'_>, list: &str) -> Vec<String> {
    let Some(Field::Array(list)) = object.get(list) else { return Vec::new() };
    let repaired = surrogate::replaced(list);
    let entries: Vec<&RawValue> =
        serde_json::from_str(repaired.as_deref().unwrap_or(list)).unwrap_or_default();
    entries.into_iter().filter_map(account).collect()
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
