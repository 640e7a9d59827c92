//! A field of a body and its new value: `MemberList[0].Member_Account=test-2`.

use std::str::FromStr;

use serde_json::{Value, value::RawValue};

use crate::fault::Fault;

/// A path with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The path as it was typed.
    path: String,
    /// The same path as a JSON pointer.
    pointer: String,
    value: String,
}

impl FromStr for Setting {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected PATH=VALUE, with a PATH like GroupId or MemberList[0].Member_Account";
        let (path, value) = text.split_once('=').filter(|(path, _)| !path.is_empty()).ok_or(expected)?;
        let steps = path.replace('~', "~0").replace('/', "~1").replace(['.', '['], "/").replace(']', "");
        Ok(Self { path: path.to_owned(), pointer: format!("/{steps}"), value: value.to_owned() })
    }
}

/// A body that is changed, and its new values as they were typed: a JSON number can have more digits than the numbers
/// of `serde_json`.
#[derive(Debug)]
pub(super) struct Body {
    /// A string of a NUL and a number stands for a new value. An argument has no NUL.
    json: Value,
    values: Vec<Box<RawValue>>,
}

impl From<Value> for Body {
    fn from(json: Value) -> Self {
        Self { json, values: Vec::new() }
    }
}

impl Body {
    /// Sets a field that is there. A string stays a string.
    pub(super) fn set(&mut self, setting: &Setting) -> Result<(), Fault> {
        let Setting { pointer, value, .. } = setting;
        let Some(field) = self.json.pointer_mut(pointer) else { return Err(self.missing(setting)) };
        let is_text = field.as_str().is_some_and(|text| !text.starts_with('\0'));
        *field = if is_text { Value::from(value.as_str()) } else { new_value(&mut self.values, value) };
        Ok(())
    }

    /// Adds a field to an object, or the next element to an array.
    pub(super) fn add(&mut self, setting: &Setting) -> Result<(), Fault> {
        let Setting { path, pointer, value } = setting;
        let fault = |why: String| Err(Fault::Usage(format!("can't add {path}: {why}")));
        let new = new_value(&mut self.values, value);
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        match self.json.pointer_mut(parent) {
            Some(Value::Object(fields)) if !fields.contains_key(name) => {
                fields.insert(name.replace("~1", "/").replace("~0", "~"), new);
            }
            Some(Value::Array(elements)) if *name == elements.len().to_string() => elements.push(new),
            Some(Value::Object(_)) => return fault("the body has it; use --set".to_owned()),
            Some(Value::Array(elements)) => {
                return fault(format!("the next element of the array is [{}]", elements.len()));
            }
            _ => {
                return fault("its parent is not in the body; add the whole parent as JSON".to_owned());
            }
        }
        Ok(())
    }

    fn missing(&self, setting: &Setting) -> Fault {
        let Setting { path, value, .. } = setting;
        let mut paths = Vec::new();
        let name = path.rsplit(['.', ']']).next().unwrap_or(path);
        paths_to(name, &self.json, "", &mut paths);
        let to = match paths.as_slice() {
            [] => "to".to_owned(),
            paths => format!("did you mean {}? To", paths.join(", ")),
        };
        Fault::Usage(format!("the sample has no {path}; {to} add it: --add {path}={value}"))
    }
}

/// Keeps a value if it is JSON, and returns its placeholder, else a string.
fn new_value(values: &mut Vec<Box<RawValue>>, text: &str) -> Value {
    match RawValue::from_string(text.to_owned()) {
        Ok(value) => {
            values.push(value);
            Value::from(format!("\0{}", values.len() - 1))
        }
        Err(_) => Value::from(text),
    }
}

impl std::fmt::Display for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = self.json.to_string();
        for (index, value) in self.values.iter().enumerate() {
            text = text.replacen(&format!("\"\\u0000{index}\""), value.get(), 1);
        }
        f.write_str(&text)
    }
}

/// The paths in a value that end with a name.
fn paths_to(name: &str, value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let path = if path.is_empty() { field.clone() } else { format!("{path}.{field}") };
                if field == name {
                    found.push(path.clone());
                }
                paths_to(name, value, &path, found);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                paths_to(name, element, &format!("{path}[{index}]"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Change = fn(&mut Body, &Setting) -> Result<(), Fault>;

    /// The body after a change, or the error.
    fn change(change: Change, setting: &str) -> Result<String, String> {
        let json = json!({ "Id": "g", "List": [{ "A": "a" }], "Seq": 1 });
        let mut body = Body::from(json);
        match change(&mut body, &setting.parse()?) {
            Ok(()) => Ok(body.to_string()),
            Err(Fault::Message(message) | Fault::Usage(message)) => Err(message),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn set_value_has_the_type_of_the_field() {
        for (setting, expected) in [
            ("Id=true", r#"{"Id":"true","List":[{"A":"a"}],"Seq":1}"#),
            ("Id=a=b", r#"{"Id":"a=b","List":[{"A":"a"}],"Seq":1}"#),
            ("Id=", r#"{"Id":"","List":[{"A":"a"}],"Seq":1}"#),
            ("Seq=18446744073709551616", r#"{"Id":"g","List":[{"A":"a"}],"Seq":18446744073709551616}"#),
            ("Seq=1.50", r#"{"Id":"g","List":[{"A":"a"}],"Seq":1.50}"#),
            ("Seq=two", r#"{"Id":"g","List":[{"A":"a"}],"Seq":"two"}"#),
            ("List=[]", r#"{"Id":"g","List":[],"Seq":1}"#),
            ("List[0].A=b", r#"{"Id":"g","List":[{"A":"b"}],"Seq":1}"#),
            ("List.0.A=b", r#"{"Id":"g","List":[{"A":"b"}],"Seq":1}"#),
        ] {
            assert_eq!(change(Body::set, setting).as_deref(), Ok(expected), "{setting}");
        }
    }

    #[test]
    fn field_or_next_element_can_be_added() {
        for (setting, expected) in [
            ("New={\"a\": 1e400}", r#"{"Id":"g","List":[{"A":"a"}],"New":{"a": 1e400},"Seq":1}"#),
            ("New=hi", r#"{"Id":"g","List":[{"A":"a"}],"New":"hi","Seq":1}"#),
            ("List[1]=2", r#"{"Id":"g","List":[{"A":"a"},2],"Seq":1}"#),
            ("List[0].a/b~=2", r#"{"Id":"g","List":[{"A":"a","a/b~":2}],"Seq":1}"#),
        ] {
            assert_eq!(change(Body::add, setting).as_deref(), Ok(expected), "{setting}");
        }
        for (setting, expected) in [
            ("Id=x", "can't add Id: the body has it; use --set"),
            ("List[2]=x", "can't add List[2]: the next element of the array is [1]"),
            ("Id.x=1", "can't add Id.x: its parent is not in the body; "),
            ("New.x=1", "can't add New.x: its parent is not in the body; "),
        ] {
            let error = change(Body::add, setting).expect_err(setting);
            assert!(error.starts_with(expected), "{setting}: {error}");
        }
    }

    #[test]
    fn missing_path_is_an_error_with_the_fix() {
        for (setting, expected) in [
            ("A=hi", "the sample has no A; did you mean List[0].A? To add it: --add A=hi"),
            ("Text=hi", "the sample has no Text; to add it: --add Text=hi"),
            ("List[1]=x", "the sample has no List[1]; to add it: --add List[1]=x"),
            ("A..B=1", "the sample has no A..B; "),
            ("Id", "expected PATH=VALUE"),
            ("=1", "expected PATH=VALUE"),
        ] {
            let error = change(Body::set, setting).expect_err(setting);
            assert!(error.starts_with(expected), "{setting}: {error}");
        }
    }
}
