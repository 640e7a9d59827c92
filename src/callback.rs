//! The command and the JSON object in the body.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{error::Category, value::RawValue};

use crate::{command, query::Query, refusal::Refusal};

/// The largest body that is recorded, in bytes: 3.5 MB. DynamoDB writes at most 4 MB in one transaction.
pub const MAX_BODY_BYTES: usize = 3_500_000;

/// The command under which an object is recorded that comes without any.
pub const UNKNOWN_COMMAND: &str = "Unknown";

/// What an admitted request can be.
#[derive(Debug)]
pub enum Message<'a> {
    /// No command and an empty body: the console checks that the URL answers (page 269/32431).
    Probe,
    /// An event.
    Callback(Callback<'a>),
}

/// An event as it came.
#[derive(Debug)]
pub struct Callback<'a> {
    /// `CallbackCommand` of the URL, else of the body, else [`UNKNOWN_COMMAND`].
    pub command: Cow<'a, str>,
    /// The body, to the byte.
    pub body: &'a str,
    /// The fields of the body's top level.
    pub fields: Fields<'a>,
}

impl<'a> Message<'a> {
    /// Reads the body of an admitted request.
    ///
    /// # Errors
    /// One of the refusals named `Body…` or `Command…`.
    pub fn parse(query: &Query<'a>, body: &'a [u8]) -> Result<Self, Refusal> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Refusal::BodyTooLarge);
        }
        let body = std::str::from_utf8(body).map_err(|_| Refusal::BodyNotText)?;
        if query.callback_command.is_none() && body.trim_ascii().is_empty() {
            return Ok(Self::Probe);
        }
        let fields: Fields<'a> = serde_json::from_str(body).map_err(|error| match error.classify() {
            Category::Data => Refusal::BodyNotObject,
            _ => Refusal::BodyNotJson,
        })?;
        let command = command(query, &fields)?;
        Ok(Self::Callback(Callback { command, body, fields }))
    }
}

/// The command that URL and body agree on.
fn command<'a>(query: &Query<'a>, fields: &Fields<'a>) -> Result<Cow<'a, str>, Refusal> {
    let in_body = match fields.get("CallbackCommand") {
        None | Some(Scalar::Null) => None,
        Some(Scalar::String(name)) => Some(name),
        Some(_) => return Err(Refusal::CommandMalformed),
    };
    let command = match (query.callback_command.clone(), in_body) {
        (Some(in_url), Some(in_body)) if in_url != in_body => return Err(Refusal::CommandsDiffer),
        (in_url, in_body) => in_url.or(in_body).unwrap_or(Cow::Borrowed(UNKNOWN_COMMAND)),
    };
    if command::is_name(&command) { Ok(command) } else { Err(Refusal::CommandMalformed) }
}

/// The top level of a JSON object: names decoded, values as they came.
///
/// Values are only scanned, not parsed, so that no nesting is too deep, no number too long, and no escape in
/// a string (a lone surrogate, say) makes the object unreadable.
#[derive(Debug)]
pub struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

/// A value of the top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// A string, decoded.
    String(Cow<'a, str>),
    /// A string that is no Unicode text: it holds a lone surrogate.
    NotText,
    /// A number, as it is written.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
    /// An array or an object, as it is written.
    Nested(&'a str),
}

impl<'a> Fields<'a> {
    /// The field of this name; the last one where there are several, as in any JSON parser.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Scalar<'a>> {
        self.0.iter().rev().find(|field| field.0 == name).map(|field| Scalar::of(field.1))
    }

    /// All fields in their order, those of one name repeatedly.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Scalar<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), Scalar::of(value)))
    }

    /// The length of the array of this name.
    #[must_use]
    pub fn array_len(&self, name: &str) -> Option<usize> {
        let Some(Scalar::Nested(array)) = self.get(name) else {
            return None;
        };
        serde_json::from_str::<Vec<IgnoredAny>>(array).ok().map(|elements| elements.len())
    }
}

impl<'a> Scalar<'a> {
    fn of(value: &'a RawValue) -> Self {
        let text = value.get();
        match text.as_bytes()[0] {
            b'"' => match serde_json::from_str(text) {
                Ok(Text(text)) => Self::String(text),
                Err(_) => Self::NotText,
            },
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'n' => Self::Null,
            b'{' | b'[' => Self::Nested(text),
            _ => Self::Number(text),
        }
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &RawValue>()? {
            // A name with a lone surrogate can be no attribute's; the body keeps it.
            if let Some(name) = name {
                fields.push((name, value));
            }
        }
        Ok(Fields(fields))
    }
}

/// A name, if it is Unicode text. Read as bytes: that is how `serde_json` lets a lone surrogate pass.
struct Name<'a>(Option<Cow<'a, str>>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_bytes<E>(self, name: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Name(std::str::from_utf8(name).ok().map(Cow::Borrowed)))
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(Name(std::str::from_utf8(name).ok().map(|name| Cow::Owned(name.to_owned()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<'a>(command: Option<&'a str>, body: &'a [u8]) -> Result<Message<'a>, Refusal> {
        Message::parse(&Query { callback_command: command.map(Cow::Borrowed), ..Query::default() }, body)
    }

    fn callback<'a>(command: Option<&'a str>, body: &'a str) -> Callback<'a> {
        match parse(command, body.as_bytes()) {
            Ok(Message::Callback(callback)) => callback,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn url_and_body_agree_on_the_command() {
        for (in_url, body, expected) in [
            (Some("A.B"), r#"{"CallbackCommand":"A.B"}"#, Ok("A.B")),
            (Some("A.B"), "{}", Ok("A.B")),
            (Some("A.B"), r#"{"CallbackCommand":null}"#, Ok("A.B")),
            (None, r#"{"CallbackCommand":"A.B"}"#, Ok("A.B")),
            (None, r#"{"CallbackCommand":"X","CallbackCommand":"A.B"}"#, Ok("A.B")),
            (None, "{}", Ok("Unknown")),
            (Some("A.B"), r#"{"CallbackCommand":"A.b"}"#, Err(Refusal::CommandsDiffer)),
            (Some("A.B"), r#"{"CallbackCommand":5}"#, Err(Refusal::CommandMalformed)),
            (None, r#"{"CallbackCommand":"a b"}"#, Err(Refusal::CommandMalformed)),
            (Some(""), "{}", Err(Refusal::CommandMalformed)),
        ] {
            let command = parse(in_url, body.as_bytes()).map(|message| match message {
                Message::Callback(callback) => callback.command.into_owned(),
                Message::Probe => panic!("{body} is no probe"),
            });
            assert_eq!(command, expected.map(str::to_owned), "{in_url:?} {body}");
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused_by_name() {
        for (body, expected) in [
            (b"".as_slice(), Refusal::BodyNotJson),
            (b"{", Refusal::BodyNotJson),
            (b"{\"a\":1}x", Refusal::BodyNotJson),
            (b"{\"a\":\"\x01\"}", Refusal::BodyNotJson),
            (b"{'a':1}", Refusal::BodyNotJson),
            (b"[]", Refusal::BodyNotObject),
            (b"\"{}\"", Refusal::BodyNotObject),
            (b"null", Refusal::BodyNotObject),
            (b"{\"a\":\"\xff\"}", Refusal::BodyNotText),
        ] {
            assert_eq!(parse(Some("A.B"), body).err(), Some(expected), "{body:?}");
        }
    }

    #[test]
    fn no_command_and_no_body_is_a_probe() {
        for body in ["", " \r\n"] {
            assert!(matches!(parse(None, body.as_bytes()), Ok(Message::Probe)));
        }
    }

    #[test]
    fn the_size_limit_is_exact() {
        let body = |len: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(len - 8));
        assert!(parse(None, body(MAX_BODY_BYTES).as_bytes()).is_ok());
        assert_eq!(parse(None, body(MAX_BODY_BYTES + 1).as_bytes()).err(), Some(Refusal::BodyTooLarge));
    }

    #[test]
    fn fields_keep_what_they_can_and_lose_nothing_else() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let body = format!(
            r#"{{"n":-1.50e3,"t":true,"s":"a\u00e9\n","z":null,"lone":"\ud800","\ud800":1,"deep":{deep},"MemberList":[{{}},{{}}]}}"#
        );
        let fields = callback(Some("A.B"), &body).fields;
        assert_eq!(fields.get("n"), Some(Scalar::Number("-1.50e3")));
        assert_eq!(fields.get("t"), Some(Scalar::Bool(true)));
        assert_eq!(fields.get("s"), Some(Scalar::String("aé\n".into())));
        assert_eq!(fields.get("z"), Some(Scalar::Null));
        assert_eq!(fields.get("lone"), Some(Scalar::NotText));
        assert_eq!(fields.get("deep"), Some(Scalar::Nested(&deep)));
        assert_eq!(fields.get("nothing"), None);
        assert_eq!(fields.iter().count(), 7);
        assert_eq!(fields.array_len("MemberList"), Some(2));
        assert_eq!(fields.array_len("deep"), Some(1));
        assert_eq!(fields.array_len("s"), None);
    }
}
