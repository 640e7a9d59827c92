//! The top level of a JSON object: names decoded, values unchanged.
//!
//! Values are only scanned, not parsed. So deep nesting, long numbers or odd escapes in a string (such as a lone
//! surrogate) never make an object unreadable.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// How many fields of an object are read whatever their name. Documented objects have fewer than 50, and reading
/// 300,000 would take a large part of Tencent's 2 seconds.
pub const MAX_FIELDS: usize = 1000;

/// The first [`MAX_FIELDS`] fields of a JSON object, and those after them that the library itself looks up: command,
/// subject, time, and the lists of friends and members. Otherwise a repeat of such a body would get another subject or
/// time, and be a new event.
#[derive(Debug)]
pub struct Object<'a> {
    fields: Vec<(Cow<'a, str>, &'a RawValue)>,
    unread: usize,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field<'a> {
    /// A string, decoded.
    String(Cow<'a, str>),
    /// A string that is not valid Unicode: it contains a lone surrogate.
    NotText,
    /// A number, as it is written.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
    /// An object, as it is written.
    Object(&'a str),
    /// An array, as it is written.
    Array(&'a str),
}

impl<'a> Object<'a> {
    /// The field with this name; if there are several, the last one, as in any JSON parser.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Field<'a>> {
        self.fields.iter().rev().find(|field| field.0 == name).map(|field| Field::from(field.1))
    }

    /// The field at a path such as `Info.To_Account` or `PairList[0].From_Account`: through objects, and
    /// through the first element of arrays.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<Field<'a>> {
        let Some((step, rest)) = path.split_once('.') else {
            return self.get(path);
        };
        let inner = match (self.get(step.trim_end_matches("[0]"))?, step.ends_with("[0]")) {
            (Field::Object(inner), false) => inner,
            (Field::Array(array), true) => serde_json::from_str::<Vec<&RawValue>>(array).ok()?.first()?.get(),
            _ => return None,
        };
        serde_json::from_str::<Object<'a>>(inner).ok()?.at(rest)
    }

    /// All fields that are read, in order, including repeated names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Field<'a>)> {
        self.fields.iter().map(|(name, value)| (name.as_ref(), Field::from(*value)))
    }

    /// How many fields after the first [`MAX_FIELDS`] are not read.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The length of the array with this name.
    #[must_use]
    pub fn array_len(&self, name: &str) -> Option<usize> {
        let Some(Field::Array(array)) = self.get(name) else {
            return None;
        };
        serde_json::from_str::<Vec<IgnoredAny>>(array).ok().map(|elements| elements.len())
    }
}

impl<'a> From<&'a RawValue> for Field<'a> {
    fn from(value: &'a RawValue) -> Self {
        let text = value.get();
        match text.as_bytes()[0] {
            b'"' => match serde_json::from_str(text) {
                Ok(Text(text)) => Self::String(text),
                Err(_) => Self::NotText,
            },
            b't' => Self::Bool(true),
            b'f' => Self::Bool(false),
            b'n' => Self::Null,
            b'{' => Self::Object(text),
            b'[' => Self::Array(text),
            _ => Self::Number(text),
        }
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        for _ in 0..MAX_FIELDS {
            let Some((Name(name), value)) = map.next_entry::<Name<'de>, &RawValue>()? else {
                return Ok(Object { fields, unread: 0 });
            };
            // A name with a lone surrogate can't be an attribute's name; the field stays in the body.
            if let Some(name) = name {
                fields.push((name, value));
            }
        }
        let (mut looked_up, mut unread) = (Vec::new(), 0);
        while let Some(Name(name)) = map.next_key()? {
            if let Some(name) = name.filter(|name| is_looked_up(name)) {
                keep_last(&mut looked_up, name, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
                unread += 1;
            }
        }
        fields.append(&mut looked_up);
        Ok(Object { fields, unread })
    }
}

/// Adds a field, and drops an earlier one with its name: memory stays bounded, however often a name is repeated.
fn keep_last<'a>(fields: &mut Vec<(Cow<'a, str>, &'a RawValue)>, name: Cow<'a, str>, value: &'a RawValue) {
    fields.retain(|field| field.0 != name);
    fields.push((name, value));
}

/// Whether the library looks up a field with this name, in a body or in an object inside it.
fn is_looked_up(name: &str) -> bool {
    matches!(
        name,
        "CallbackCommand"
            // Of the paths in `callback::SUBJECTS`.
            | "GroupId" | "RoomId" | "CallRecord" | "CallId" | "Official_Account" | "ContactItem" | "ToGroupId"
            | "From_Account" | "Report_Account" | "Info" | "To_Account" | "PairList" | "Owner_Account"
            | "Operator_Account" | "ClientUserId" | "Events" | "TaskId"
            // Of `EventTime` and the paths in `callback::OTHER_TIMES`.
            | "EventTime" | "MsgTime" | "LastReadTime" | "EndTime"
            // Lists.
            | "FriendItem" | "ResponseFriendItem" | "MemberList"
    )
}

/// A name, if it is valid Unicode. Read as bytes, because `serde_json` accepts a lone surrogate only in bytes.
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

    fn object(json: &str) -> Object<'_> {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn every_kind_of_field_is_read_or_reported_as_not_text() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let json = format!(
            r#"{{"n":-1.50e3,"t":true,"f":false,"s":"a\u00e9\n","z":null,"lone":"\ud800","\ud800":1,"deep":{deep},"MemberList":[{{}},{{}}],"o":{{}}}}"#
        );
        let fields = object(&json);
        for (name, expected) in [
            ("n", Some(Field::Number("-1.50e3"))),
            ("t", Some(Field::Bool(true))),
            ("f", Some(Field::Bool(false))),
            ("s", Some(Field::String("aé\n".into()))),
            ("z", Some(Field::Null)),
            ("lone", Some(Field::NotText)),
            ("deep", Some(Field::Array(&deep))),
            ("o", Some(Field::Object("{}"))),
            ("nothing", None),
        ] {
            assert_eq!(fields.get(name), expected, "{name}");
        }
        assert_eq!(fields.iter().count(), 9);
        assert_eq!(fields.array_len("MemberList"), Some(2));
        assert_eq!(fields.array_len("deep"), Some(1));
        assert_eq!(fields.array_len("s"), None);
    }

    #[test]
    fn the_first_thousand_fields_are_read_and_the_others_counted() {
        for (count, unread) in [(1, 0), (999, 0), (1000, 0), (1001, 1), (5000, 4000)] {
            let fields: Vec<_> = (0..count).map(|index| format!(r#""{index}":"\ud800""#)).collect();
            let json = format!("{{{}}}", fields.join(","));
            let object = object(&json);
            assert_eq!((object.iter().count(), object.unread()), (count - unread, unread));
            assert_eq!(object.get("1000"), None);
        }
        // The unread rest must be JSON too.
        let json = format!(r#"{{{}"\ud800":1,"b":x}}"#, r#""a":1,"#.repeat(1000));
        assert!(serde_json::from_str::<Object<'_>>(&json).is_err());
        let json = json.replace('x', "2");
        assert_eq!(object(&json).unread(), 2);
    }

    #[test]
    fn field_that_is_looked_up_is_read_after_the_first_thousand() {
        let read = r#""GroupId":"a","#.to_owned() + &r#""n":1,"#.repeat(999);
        let rest = r#""GroupId":"b","n":2,"MemberList":[1,2],"\ud800":1,"\u0047roupId":"c""#;
        let json = format!("{{{read}{rest}}}");
        let object = object(&json);
        assert_eq!((object.iter().count(), object.unread()), (1002, 2));
        assert_eq!(object.get("GroupId"), Some(Field::String("c".into())));
        assert_eq!(object.array_len("MemberList"), Some(2));
        assert_eq!(object.get("n"), Some(Field::Number("1")));
    }

    #[test]
    fn path_leads_through_objects_and_first_elements() {
        let fields = object(
            r#"{"Info":{"To_Account":"eve","To_Account":"bob"},"List":[{"a":1},{"a":2},3],"None":[]}"#,
        );
        for (path, expected) in [
            ("Info.To_Account", Some(Field::String("bob".into()))),
            ("List[0].a", Some(Field::Number("1"))),
            ("List[0].b", None),
            ("None[0].a", None),
            ("List.a", None),
            ("Info[0].To_Account", None),
            ("Nothing.a", None),
            ("Info.To_Account.x", None),
        ] {
            assert_eq!(fields.at(path), expected, "{path}");
        }
    }
}
