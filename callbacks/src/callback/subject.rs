//! The group, user or other object that a callback is about.

use std::borrow::Cow;

use crate::object::{Field, Object};

/// The longest subject that is accepted, in bytes.
pub const MAX_SUBJECT_BYTES: usize = 1024;

/// The fields that can name the subject, in this order.
pub const SUBJECTS: &[&str] = &[
    "GroupId",
    "RoomId",
    "CallRecord.CallId",
    "Official_Account",
    "ContactItem.ToGroupId",
    "From_Account",
    "Report_Account",
    "Info.To_Account",
    "PairList[0].From_Account",
    "Owner_Account",
    "Operator_Account",
    "ClientUserId",
    "Events[0].TaskId",
    "Events[0].To_Account",
];

/// The first of [`SUBJECTS`] that is a string of 1 to [`MAX_SUBJECT_BYTES`] bytes. Fields that are present but can't
/// be a subject are named in `problems`.
pub(super) fn subject<'a>(object: &Object<'a>, problems: &mut Vec<String>) -> Option<Cow<'a, str>> {
    for &path in SUBJECTS {
        match object.at(path) {
            Some(Field::String(subject)) if subject.is_empty() => problems.push(format!("{path} is empty")),
            Some(Field::String(subject)) if subject.len() > MAX_SUBJECT_BYTES => {
                problems.push(format!("{path} is over {MAX_SUBJECT_BYTES} bytes"));
            }
            Some(Field::String(subject)) => return Some(subject),
            None | Some(Field::Null) => {}
            Some(_) => problems.push(format!("{path} is not a string")),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callback::tests::nested;

    #[test]
    fn first_field_that_can_be_a_subject_wins() {
        let longest = "x".repeat(MAX_SUBJECT_BYTES);
        let too_long = format!(r#"{{"GroupId":"{longest}x","Owner_Account":"o"}}"#);
        let long = format!(r#"{{"GroupId":"{longest}","Owner_Account":"o"}}"#);
        for (body, subject, problem) in [
            ("{}", None, ""),
            (r#"{"GroupId":"g","From_Account":"f"}"#, Some("g"), ""),
            (r#"{"RoomId":"r","GroupId":"g"}"#, Some("g"), ""),
            (r#"{"CallRecord":{"CallId":"c"},"RoomId":"r"}"#, Some("r"), ""),
            (r#"{"CallRecord":{"CallId":"c"},"From_Account":"f"}"#, Some("c"), ""),
            (r#"{"RoomId":7,"Owner_Account":"o"}"#, Some("o"), "RoomId is not a string"),
            (r#"{"Official_Account":"o","From_Account":"f"}"#, Some("o"), ""),
            (r#"{"ContactItem":{"ToGroupId":"g","To_Account":"t"},"From_Account":"f"}"#, Some("g"), ""),
            (r#"{"Report_Account":"r","Owner_Account":"o"}"#, Some("r"), ""),
            (r#"{"Info":{"To_Account":"t"},"PairList":[{"From_Account":"f"}]}"#, Some("t"), ""),
            (r#"{"PairList":[{"From_Account":"f"},{"From_Account":"g"}]}"#, Some("f"), ""),
            (r#"{"Operator_Account":"p","Owner_Account":"o"}"#, Some("o"), ""),
            (r#"{"Operator_Account":"p","ClientUserId":"c"}"#, Some("p"), ""),
            (r#"{"ClientUserId":"c","Events":[{"TaskId":"t"}]}"#, Some("c"), ""),
            (r#"{"Events":[{"To_Account":"a","TaskId":"t"}]}"#, Some("t"), ""),
            (r#"{"Events":[{"To_Account":"a"}]}"#, Some("a"), ""),
            (r#"{"Events":[],"Info":"x","PairList":{},"ContactItem":null}"#, None, ""),
            (r#"{"GroupId":"","From_Account":null,"Owner_Account":"o"}"#, Some("o"), "GroupId is empty"),
            (
                r#"{"GroupId":7,"Info":{"To_Account":[]}}"#,
                None,
                "GroupId is not a string; Info.To_Account is not a string",
            ),
            (r#"{"GroupId":"\ud800","Owner_Account":"o"}"#, Some("o"), "GroupId is not a string"),
            (&too_long, Some("o"), "GroupId is over 1024 bytes"),
            (&long, Some(&longest), ""),
        ] {
            let mut problems = Vec::new();
            let found = super::subject(&serde_json::from_str(body).expect(body), &mut problems);
            assert_eq!((found.as_deref(), problems.join("; ").as_str()), (subject, problem), "{body}");
        }
    }

    #[test]
    fn subject_is_found_after_a_thousand_fields() {
        for path in SUBJECTS {
            let body = nested(path, r#""g""#);
            let found = super::subject(&serde_json::from_str(&body).expect(path), &mut Vec::new());
            assert_eq!(found.as_deref(), Some("g"), "{path}");
        }
    }
}
