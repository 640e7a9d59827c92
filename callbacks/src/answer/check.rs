//! Checks whether Tencent can use the JSON that another receiver answers with.

use std::{borrow::Cow, collections::HashSet, error::Error, fmt};

use serde_json::{Map, Value};

use super::{
    default::accounts,
    rule::{Allowed, FRIEND, Rule, in_words, is_among},
};
use crate::{callback::Callback, event::Command};

/// The fields that only some commands have.
const EXTRA: [&str; 6] = [
    "MsgBody",
    "CloudCustomData",
    "RefusedMembers_Account",
    "RefusedSubscribers_Account",
    "ResultItem",
    "RspData",
];

/// Why an answer does not fit its command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerError {
    /// It is not a JSON object.
    NotAnObject,
    /// A field is missing, or it has another type or value.
    Field {
        /// Its path: `ErrorCode`, `ResultItem[0].ResultCode`.
        path: String,
        /// The expected type or value.
        expected: Cow<'static, str>,
    },
    /// The command does not have this field.
    ForeignField(&'static str),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => f.write_str("the answer is not a JSON object"),
            Self::Field { path, expected } => write!(f, "{path}: expected {expected}"),
            Self::ForeignField(name) => write!(f, "{name}: this command does not have this field"),
        }
    }
}

impl Error for AnswerError {}

impl Callback<'_> {
    /// Checks an answer in JSON, which another receiver gave to this callback: fields, `ErrorCode`, and the further
    /// fields of the command. For an undocumented command, only the three fields of every answer are known.
    ///
    /// ```
    /// let body = r#"{"GroupId":"g"}"#;
    /// let callback = tencent_chat_callbacks::Callback::of("Group.CallbackAfterGroupFull", body)?;
    /// let error = callback.check_answer(r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":1}"#);
    /// assert_eq!(error.unwrap_err().to_string(), "ErrorCode: expected 0");
    /// # Ok::<(), tencent_chat_callbacks::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// The first part that Tencent would not accept.
    pub fn check_answer(&self, json: &str) -> Result<(), AnswerError> {
        let json = json.strip_prefix('\u{feff}').unwrap_or(json);
        let answer: Map<String, Value> = serde_json::from_str(json).map_err(|_| AnswerError::NotAnObject)?;
        expect(answer.get("ActionStatus").is_some_and(|status| status == "OK"), "ActionStatus", "OK")?;
        expect(answer.get("ErrorInfo").is_some_and(Value::is_string), "ErrorInfo", "a string")?;
        expect(code(answer.get("ErrorCode")).is_some(), "ErrorCode", "a whole number")?;
        if Command::find(self.command()).is_none() {
            return Ok(());
        }
        let rule = Rule::of(self.command());
        rule.check_code(&answer)?;
        rule.check_fields(&answer)?;
        match rule.extra {
            Allowed::Friends(list) => self.check_friends(list, &answer["ResultItem"]),
            _ => Ok(()),
        }
    }

    /// Each friend of the callback needs an entry.
    fn check_friends(&self, list: &str, items: &Value) -> Result<(), AnswerError> {
        let answered: HashSet<_> =
            items.as_array().into_iter().flatten().filter_map(|item| item["To_Account"].as_str()).collect();
        let holds = accounts(self.object(), list).iter().all(|friend| answered.contains(friend.as_str()));
        expect(holds, "ResultItem", "an entry for each entry of the callback's list")
    }
}

impl Rule {
    fn check_code(self, answer: &Map<String, Value>) -> Result<(), AnswerError> {
        // Tencent ignores it if each friend has a code (page 43468).
        if matches!(self.extra, Allowed::Friends(_)) {
            return Ok(());
        }
        let drop = if self.extra == Allowed::Message { &[(2, 2)][..] } else { &[] };
        expect_code(answer.get("ErrorCode"), "ErrorCode", [self.codes, drop].concat())
    }

    /// The further fields have their type. Tencent ignores a field of another command, so it is probably a mistake.
    fn check_fields(self, answer: &Map<String, Value>) -> Result<(), AnswerError> {
        for name in EXTRA {
            match (answer.get(name), self.extra, name) {
                (None, Allowed::Friends(_), "ResultItem") => return Err(field(name, "an array")),
                (None, Allowed::Robot, "RspData") => return Err(field(name, "a string")),
                (None, ..) => {}
                (Some(items), Allowed::Friends(_), "ResultItem") => each(items, name, check_friend)?,
                (Some(elements), Allowed::Message, "MsgBody") => {
                    expect(elements != &Value::Array(Vec::new()), name, "at least one element")?;
                    each(elements, name, check_element)?;
                }
                (Some(text), Allowed::Message, "CloudCustomData")
                | (Some(text), Allowed::Robot, "RspData") => {
                    expect(text.is_string(), name, "a string")?;
                }
                (Some(users), Allowed::Refused(refused), _) if refused == name => {
                    each(users, name, |user, path| expect(user.is_string(), path, "a string"))?;
                }
                (Some(_), ..) => return Err(AnswerError::ForeignField(name)),
            }
        }
        Ok(())
    }
}

fn check_friend(item: &Value, path: &str) -> Result<(), AnswerError> {
    expect(item["To_Account"].is_string(), &format!("{path}.To_Account"), "a string")?;
    expect_code(item.get("ResultCode"), &format!("{path}.ResultCode"), FRIEND.to_vec())
}

fn check_element(element: &Value, path: &str) -> Result<(), AnswerError> {
    expect(element["MsgType"].is_string(), &format!("{path}.MsgType"), "a string")?;
    expect(element["MsgContent"].is_object(), &format!("{path}.MsgContent"), "an object")
}

/// Checks each element of an array, with its path.
fn each(
    array: &Value,
    name: &str,
    check: impl Fn(&Value, &str) -> Result<(), AnswerError>,
) -> Result<(), AnswerError> {
    let elements = array.as_array().ok_or_else(|| field(name, "an array"))?;
    elements.iter().enumerate().try_for_each(|(index, element)| check(element, &format!("{name}[{index}]")))
}

fn code(value: Option<&Value>) -> Option<u32> {
    value?.as_u64()?.try_into().ok()
}

/// Checks that a code is 0 or among these.
fn expect_code(value: Option<&Value>, path: &str, mut codes: Vec<(u32, u32)>) -> Result<(), AnswerError> {
    codes.push((0, 0));
    codes.sort_unstable();
    let is_valid = code(value).is_some_and(|code| is_among(code, &codes));
    if is_valid { Ok(()) } else { Err(field(path, in_words(&codes))) }
}

fn expect(holds: bool, path: &str, expected: &'static str) -> Result<(), AnswerError> {
    if holds { Ok(()) } else { Err(field(path, expected)) }
}

fn field(path: &str, expected: impl Into<Cow<'static, str>>) -> AnswerError {
    AnswerError::Field { path: path.to_owned(), expected: expected.into() }
}

#[cfg(test)]
mod tests;
