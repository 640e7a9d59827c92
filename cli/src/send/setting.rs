//! A field of a body and its new value: `MemberList[0].Member_Account=test-2`.

use std::str::FromStr;

use serde_json::{Map, Value};

use crate::fault::Fault;

/// A path with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// The path as it was typed.
    path: String,
    steps: Vec<Step>,
    value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A field of an object. A number after a dot is the index of an element if the value is an array.
    Field(String),
    /// An element of an array, in brackets.
    Element(usize),
}

impl FromStr for Setting {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, value) = text.split_once('=').ok_or("expected PATH=VALUE")?;
        let steps = steps(path).ok_or("expected a PATH like GroupId or MemberList[0].Member_Account")?;
        Ok(Self { path: path.to_owned(), steps, value: value.to_owned() })
    }
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, brackets) = part.split_at(part.find('[').unwrap_or(part.len()));
        if name.is_empty() {
            return None;
        }
        steps.push(Step::Field(name.to_owned()));
        if brackets.is_empty() {
            continue;
        }
        let numbers = brackets.strip_prefix('[')?.strip_suffix(']')?;
        for number in numbers.split("][") {
            steps.push(Step::Element(index(number)?));
        }
    }
    Some(steps)
}

fn index(digits: &str) -> Option<usize> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

impl Setting {
    /// Sets the field, and creates missing objects and arrays on the way.
    pub(super) fn apply(&self, body: &mut Value) -> Result<(), Fault> {
        let mut at = body;
        for step in &self.steps {
            at = step
                .enter(at)
                .map_err(|fault| Fault::Message(format!("can't set {}: {fault}", self.path)))?;
        }
        *at = match at {
            Value::String(_) => Value::from(self.value.as_str()),
            _ => serde_json::from_str(&self.value).unwrap_or_else(|_| Value::from(self.value.as_str())),
        };
        Ok(())
    }
}

impl Step {
    /// The value one step below another. A missing value is created as `null`.
    fn enter<'a>(&self, value: &'a mut Value) -> Result<&'a mut Value, String> {
        if value.is_null() {
            *value = match self {
                Self::Field(_) => Value::Object(Map::new()),
                Self::Element(_) => Value::Array(Vec::new()),
            };
        }
        match (value, self) {
            (Value::Object(fields), Self::Field(name)) => {
                Ok(fields.entry(name.as_str()).or_insert(Value::Null))
            }
            (Value::Array(elements), _) => {
                let count = elements.len();
                if self.element() == Some(count) {
                    elements.push(Value::Null);
                }
                let element = self.element().and_then(|index| elements.get_mut(index));
                element
                    .ok_or_else(|| format!("the array has no element {self}; its next element is [{count}]"))
            }
            (Value::Object(_), Self::Element(_)) => Err(format!("the parent of {self} is not an array")),
            _ => Err(format!("the parent of {self} is not an object or array")),
        }
    }

    fn element(&self) -> Option<usize> {
        match self {
            Self::Field(name) => index(name),
            Self::Element(index) => Some(*index),
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(name) => f.write_str(name),
            Self::Element(index) => write!(f, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The body with a setting, or the error.
    fn set(setting: &str) -> Result<Value, String> {
        let mut body = json!({ "GroupId": "g", "EventTime": "1", "MsgSeq": 1, "Info": {}, "MemberList": [{ "Member_Account": "a" }] });
        match setting.parse::<Setting>()?.apply(&mut body) {
            Ok(()) => Ok(body),
            Err(Fault::Message(message)) => Err(message),
            Err(Fault::Closed) => Err("closed".to_owned()),
        }
    }

    #[test]
    fn value_has_the_type_of_the_field() {
        for (setting, path, expected) in [
            ("GroupId=true", "/GroupId", json!("true")),
            ("GroupId=a=b", "/GroupId", json!("a=b")),
            ("GroupId=", "/GroupId", json!("")),
            ("EventTime=1767225600000", "/EventTime", json!("1767225600000")),
            ("MsgSeq=2", "/MsgSeq", json!(2)),
            ("MsgSeq=two", "/MsgSeq", json!("two")),
            ("MemberList=[]", "/MemberList", json!([])),
            ("New={\"a\":null}", "/New", json!({ "a": null })),
        ] {
            assert_eq!(set(setting).map(|body| body.pointer(path).cloned()), Ok(Some(expected)), "{setting}");
        }
    }

    #[test]
    fn missing_path_is_created() {
        for (path, pointer) in [
            ("MemberList[0].Member_Account", "/MemberList/0/Member_Account"),
            ("MemberList.0.Member_Account", "/MemberList/0/Member_Account"),
            ("MemberList[1].Member_Account", "/MemberList/1/Member_Account"),
            ("MemberList.1", "/MemberList/1"),
            ("Info.To_Account", "/Info/To_Account"),
            ("CallRecord.EndTime", "/CallRecord/EndTime"),
            ("Matrix[0][0].x", "/Matrix/0/0/x"),
        ] {
            let body = set(&format!("{path}=here")).expect(path);
            assert_eq!(body.pointer(pointer), Some(&json!("here")), "{path}: {body}");
        }
    }

    #[test]
    fn impossible_path_is_an_error() {
        for (setting, expected) in [
            ("GroupId.x=1", "can't set GroupId.x: the parent of x is not an object or array"),
            ("MsgSeq[0]=1", "can't set MsgSeq[0]: the parent of [0] is not an object or array"),
            ("Info[0]=1", "can't set Info[0]: the parent of [0] is not an array"),
            (
                "MemberList[2]=1",
                "can't set MemberList[2]: the array has no element [2]; its next element is [1]",
            ),
            ("MemberList.x=1", "can't set MemberList.x: the array has no element x; its next element is [1]"),
            ("GroupId", "expected PATH=VALUE"),
            ("=1", "expected a PATH like "),
            ("A..B=1", "expected a PATH like "),
            ("[0]=1", "expected a PATH like "),
            ("A[x]=1", "expected a PATH like "),
            ("A[+1]=1", "expected a PATH like "),
            ("A[0=1", "expected a PATH like "),
            ("A[]=1", "expected a PATH like "),
        ] {
            let error = set(setting).expect_err(setting);
            assert!(error.starts_with(expected), "{setting}: {error}");
        }
    }
}
