//! The reason why a body is not an event.

use std::fmt;

/// The first field of a body that doesn't have its documented shape. It never has the field's value, which may be a
/// user's text, so it is safe to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError {
    path: String,
    /// serde's message without the value: `invalid type: integer, expected a string at line 1 column 9`.
    mismatch: String,
}

impl ShapeError {
    pub(super) fn new(path: String, mismatch: String) -> Self {
        Self { path, mismatch }
    }

    /// The path of the field: `MemberList[1].Member_Account`. Empty if it is the whole body.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The type of the value that the field has: `integer`. Empty if unknown, such as for a missing field.
    #[must_use]
    pub fn found(&self) -> &str {
        self.types().map_or("", |(found, _)| found)
    }

    /// The type that the field should have: `a string`. Empty if unknown, such as for a missing field.
    #[must_use]
    pub fn expected(&self) -> &str {
        self.types().map_or("", |(_, expected)| expected)
    }

    fn types(&self) -> Option<(&str, &str)> {
        let (found, expected) = self.mismatch.strip_prefix("invalid ")?.rsplit_once(", expected ")?;
        let found = ["type: ", "value: "].iter().find_map(|kind| found.strip_prefix(kind)).unwrap_or(found);
        Some((found, expected.rsplit_once(" at line ").map_or(expected, |(expected, _)| expected)))
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.path.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", self.path, self.mismatch)
    }
}

impl std::error::Error for ShapeError {}

#[cfg(test)]
mod tests {
    use crate::event::Event;

    #[test]
    fn shape_error_has_the_path_and_both_types() {
        for (body, path, found, expected) in [
            (r#"{"GroupId":{}}"#, "GroupId", "map", "a string or a number"),
            (r#"{"GroupId":true}"#, "GroupId", "boolean", "a string or a number"),
            (
                r#"{"GroupId":"@T","EventTime":"a, expected b at line 7"}"#,
                "EventTime",
                "string",
                "an integer, as a number or a string",
            ),
            ("[]", "", "length 0", "struct AfterGroupFull with 3 elements"),
            ("5", "", "integer", "struct AfterGroupFull"),
            ("{}", "", "", ""),
            (r#"{"GroupId":"\ud800"}"#, "GroupId", "", ""),
            ("no JSON", "", "", ""),
        ] {
            let error = Event::parse("Group.CallbackAfterGroupFull", body).expect_err(body);
            assert_eq!((error.path(), error.found(), error.expected()), (path, found, expected), "{error}");
        }
    }
}
