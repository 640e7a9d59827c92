use tencent_chat_webhook::record::attribute::{Item, number, text};

use super::*;

/// The JSON with a pseudonym `X` for the person; `None` if the person is not in it.
fn replaced(json: &str, id: &str) -> Option<String> {
    let edits = Person::new(id).edits(json, "X");
    (!edits.is_empty()).then(|| apply(json, &edits))
}

#[test]
fn only_whole_string_values_are_replaced() {
    for (body, expected) in [
        (r#"{"a":"amy"}"#, Some(r#"{"a":"X"}"#)),
        (
            r#"{"a": ["bob", "amy" ,"amy"], "b": {"c":"amy"}}"#,
            Some(r#"{"a": ["bob", "X" ,"X"], "b": {"c":"X"}}"#),
        ),
        // The same text with escapes.
        (r#"{"a":"am\u0079","b":"\u0061\u006D\u0079"}"#, Some(r#"{"a":"X","b":"X"}"#)),
        (r#"{"amy" : "amy", "amy":1}"#, Some(r#"{"amy" : "X", "amy":1}"#)),
        (
            r#"{"a":"\"amy\"","b":"\\","c":"amy","d":"\ud800"}"#,
            Some(r#"{"a":"\"amy\"","b":"\\","c":"X","d":"\ud800"}"#),
        ),
        (
            "{\"群\":\"群\",\n\t\"a\":\"amy\",\"n\":1.50E+1}",
            Some("{\"群\":\"群\",\n\t\"a\":\"X\",\"n\":1.50E+1}"),
        ),
        // JSON encoded twice.
        (r#"{"a":"\"{\\\"b\\\":\\\"amy\\\"}\""}"#, Some(r#"{"a":"\"{\\\"b\\\":\\\"X\\\"}\""}"#)),
        (r#"{"a":"amy2","b":"Amy","c":"hello, amy","d":" amy","e":"","amy":null}"#, None),
        (r#"{"b":"\ud800amy","Type":"amy"}"#, None),
        ("{}", None),
    ] {
        assert_eq!(replaced(body, "amy").as_deref(), expected, "{body}");
    }
}

#[test]
fn id_is_replaced_if_it_has_escapes() {
    for (id, body) in [
        ("a\"b", r#"{"a":"a\"b"}"#),
        ("a\\", r#"{"a":"a\\"}"#),
        ("a/b", r#"{"a":"a\/b"}"#),
        ("小明😀", r#"{"a":"小\u660e\ud83d\ude00"}"#),
    ] {
        assert_eq!(replaced(body, id).as_deref(), Some(r#"{"a":"X"}"#), "{body}");
    }
}

#[test]
fn number_is_a_person_only_where_a_user_can_be() {
    for (body, expected) in [
        (r#"{"To_Account":12,"MsgSeq":12}"#, Some(r#"{"To_Account":"X","MsgSeq":12}"#)),
        (r#"{"Del_Account":[12, 123,"12"]}"#, Some(r#"{"Del_Account":["X", 123,"X"]}"#)),
        (r#"{"L":[{"Member_Account":12}],"N":12}"#, Some(r#"{"L":[{"Member_Account":"X"}],"N":12}"#)),
        (r#"{"Data":"{\"userId\":12,\"count\":12}"}"#, Some(r#"{"Data":"{\"userId\":\"X\",\"count\":12}"}"#)),
        (r#"{"To_Account":12.0,"MsgSeq":-12}"#, None),
    ] {
        assert_eq!(replaced(body, "12").as_deref(), expected, "{body}");
    }
    let long = r#"{"Data":"{\"by\":123456}","Random":123456}"#;
    assert_eq!(replaced(long, "123456").as_deref(), Some(r#"{"Data":"{\"by\":\"X\"}","Random":123456}"#));
}

#[test]
fn json_in_a_string_is_searched_and_quoted_words_go() {
    for (body, expected) in [
        (
            r#"{"CloudCustomData":"{\"reply\":{\"messageSender\":\"amy\",\"messageAbstract\":\"her words\",\"messageID\":\"1\"}}"}"#,
            r#"{"CloudCustomData":"{\"reply\":{\"messageSender\":\"X\",\"messageAbstract\":\"\",\"messageID\":\"1\"}}"}"#,
        ),
        // The reply to bob keeps his words.
        (
            r#"{"D":"{\"a\":{\"sender\":\"bob\",\"text\":\"his\"},\"b\":[\"amy\"]}"}"#,
            r#"{"D":"{\"a\":{\"sender\":\"bob\",\"text\":\"his\"},\"b\":[\"X\"]}"}"#,
        ),
        (r#"{"D":"{\"amy\":\"👍\"}"}"#, r#"{"D":"{\"X\":\"👍\"}"}"#),
        // A string in a string, and an emoji that was cut.
        (r#"{"D":"[\"{\\\"u\\\":\\\"amy\\\"}\"]"}"#, r#"{"D":"[\"{\\\"u\\\":\\\"X\\\"}\"]"}"#),
        (
            r#"{"D":"{\"u\":\"amy\",\"t\":\"\ud83d\"}"}"#,
            "{\"D\":\"{\\\"u\\\":\\\"X\\\",\\\"t\\\":\\\"\u{fffd}\\\"}\"}",
        ),
    ] {
        assert_eq!(replaced(body, "amy").as_deref(), Some(expected), "{body}");
    }
    assert_eq!(replaced(r#"{"D":"{no JSON: \"amy\"}"}"#, "amy"), None);
}

#[test]
fn merged_forward_loses_the_persons_messages() {
    let of = |from: &str, body: &str, lines: &str| {
        format!(
            r#"{{"From_Account":"bob","MsgBody":[{{"MsgContent":{{"AbstractList":{lines},"MsgList":[{{"From_Account":"{from}","MsgBody":{body}}},{{"From_Account":"carl","MsgBody":["his"]}}]}}}}]}}"#
        )
    };
    let body = of("amy", r#"[{"Text":"hers","To":"amy"}]"#, r#"["amy: hers"]"#);
    assert_eq!(replaced(&body, "amy"), Some(of("X", "[]", "[]")));
    // In the person's own event, nothing is quoted.
    assert_eq!(
        replaced(r#"{"From_Account":"amy","MsgBody":["hers"]}"#, "amy").as_deref(),
        Some(r#"{"From_Account":"X","MsgBody":["hers"]}"#)
    );
}

fn event(attributes: &[(&str, &str)]) -> RecordedEvent {
    let item: Item = attributes.iter().map(|(name, value)| ((*name).to_owned(), text(*value))).collect();
    item.into()
}

#[test]
fn person_is_in_an_event_as_author_subject_or_anywhere_else() {
    let modify = "Group.CallbackAfterModifyMsg";
    for (attributes, owns, is_in) in [
        (&[("pk", "1#g"), ("Body", r#"{"MemberList":[{"Member_Account":"amy"}]}"#)][..], false, true),
        (&[("pk", "1#g"), ("Body", r#"{"GroupId":"g","From_Account":"amy"}"#)], true, true),
        (&[("pk", "1#amy"), ("Body", r#"{"Info":{"To_Account":"amy"}}"#)], true, true),
        (&[("pk", "1#amy"), ("Body", r#"{"GroupId":"amy"}"#)], false, true),
        (
            &[("pk", "1#g"), ("CallbackCommand", modify), ("Body", r#"{"Operator_Account":"amy"}"#)],
            true,
            true,
        ),
        (&[("pk", "1#g"), ("Body", r#"{"Operator_Account":"amy"}"#)], false, true),
        (&[("pk", "1#g"), ("Answer", r#"{"RefusedMembers_Account":["amy"]}"#), ("Body", "{}")], false, true),
        (&[("pk", "1#g"), ("OptPlatform", "amy"), ("Type", "amy"), ("Body", "{}")], false, false),
        (&[("pk", "1#g"), ("Body", r#"{"Text":"I saw amy"}"#)], false, false),
    ] {
        let (person, event) = (Person::new("amy"), event(attributes));
        assert_eq!((person.owns(&event), person.is_in(&event)), (owns, is_in), "{attributes:?}");
    }
}

#[test]
fn number_attribute_is_a_person_only_in_an_account() {
    let attributes = [("To_Account", number(12)), ("MsgSeq", number(12)), ("Name", text("12"))];
    let item: Item = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let changes = Person::new("12").attributes(&item.into(), "X");
    assert_eq!(changes.keys().collect::<Vec<_>>(), ["Name", "To_Account"]);
}
