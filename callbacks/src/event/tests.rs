use serde_json::Value;

use super::*;
use crate::{sample::samples, value::Millis};

mod catalogue;
mod common;
mod owned;
mod properties;
#[cfg(feature = "serialize")]
mod serialize;

/// A realistic body for each documented command.
fn cases() -> impl Iterator<Item = (String, Value)> {
    samples().map(|sample| (sample.command, sample.body))
}

/// The variant's name in lower case.
fn variant(event: &Event<'_>) -> String {
    let debug = format!("{event:?}");
    debug.split('(').next().expect("a name").to_lowercase()
}

#[test]
fn every_documented_command_has_an_event_with_its_name() {
    let mut seen = 0;
    for (command, body) in cases() {
        let body = body.to_string();
        let event = Event::parse(&command, &body).unwrap_or_else(|error| panic!("{command}: {error}"));
        let name = command.replace("Callback", "").replace('.', "").to_lowercase();
        assert!(variant(&event) == name || command == "State.StateChange", "{event:?}");
        assert_eq!(event.command(), command);
        seen += 1;
    }
    assert_eq!(seen, Command::ALL.len());
}

#[test]
fn body_of_an_undocumented_command_is_not_parsed() {
    for command in ["Live.CallbackAfterCreateRoom", "Unknown", "", "group.CallbackAfterGroupFull"] {
        let event = Event::parse(command, "no JSON").expect("it is not parsed");
        assert_eq!((&event, event.command()), (&Event::Unknown(command.into()), command));
    }
}

#[test]
fn every_field_of_a_created_group_is_read() {
    let body = r#"{"GroupId":"@T","Operator_Account":"root","Owner_Account":"leckie","Type":"Public",
        "Name":"First \"quoted\"","MemberList":[{"Member_Account":"bob"}],"Tomorrow":[{}],
        "UserDefinedDataList":[{"Key":"k","Value":"v"}],"InviteOption":null,"EventTime":"1670574414123"}"#;
    let event = Event::parse("Group.CallbackAfterCreateGroup", body).expect("the body fits");
    let name: String = "First \"quoted\"".into();
    let expected = group::AfterCreateGroup {
        group_id: "@T".into(),
        operator_account: "root".into(),
        owner_account: "leckie".into(),
        kind: "Public".into(),
        name: name.as_str().into(),
        member_list: Some(vec![group::Member { member_account: "bob".into() }]),
        user_defined_data_list: Some(vec![group::UserDefinedData { key: "k".into(), value: "v".into() }]),
        invite_option: None,
        event_time: Some(Millis(1_670_574_414_123)),
    };
    assert_eq!(event, Event::GroupAfterCreateGroup(Box::new(expected)));
}

#[test]
fn strings_and_numbers_are_read_in_place_of_each_other() {
    for (command, body) in cases() {
        let swapped = swap(&body).to_string();
        Event::parse(&command, &swapped).unwrap_or_else(|error| panic!("{command}: {error}"));
    }
    let body = r#"{"GroupId":17,"EventTime":"1670574414123"}"#;
    let Ok(Event::GroupAfterGroupFull(full)) = Event::parse("Group.CallbackAfterGroupFull", body) else {
        panic!("the body fits");
    };
    assert_eq!((&*full.group_id, full.event_time), ("17", Some(Millis(1_670_574_414_123))));
}

/// Numbers as strings, and strings as numbers.
fn swap(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::String(text) => text.len().into(),
        Value::Array(list) => list.iter().map(swap).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), swap(value))).collect(),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

#[test]
fn error_has_the_path_of_the_mismatching_field() {
    for (body, expected) in [
        ("{}", "missing field `GroupId`"),
        ("[]", "invalid length 0"),
        ("no JSON", "expected ident"),
        (r#"{"GroupId":null}"#, "GroupId: invalid type: null, expected a string or a number"),
        (r#"{"GroupId":{}}"#, "GroupId: invalid type: map, expected a string or a number"),
        (r#"{"GroupId":"\ud800"}"#, "GroupId: unexpected end of hex escape"),
        (r#"{"GroupId":"@T","EventTime":"soon"}"#, "EventTime: invalid value: string, expected an integer"),
        (r#"{"GroupId":"@T","EventTime":1e300}"#, "EventTime: invalid value: floating point, expected"),
        (
            r#"{"GroupId":1.5}"#,
            "GroupId: invalid type: floating point, expected a string or a number at line 1",
        ),
        (r#"{"GroupId":"@T","GroupId":"@U"}"#, "duplicate field `GroupId`"),
    ] {
        let error = Event::parse("Group.CallbackAfterGroupFull", body).expect_err(body).to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    for (items, expected) in [
        (r#"[{"To_Account":"a"},{"To_Account":[]}]"#, "FriendItem[1].To_Account: invalid type: sequence"),
        (
            r#"[{"To_Account":"a"}, {"To_Account": ["b"]}]"#,
            "FriendItem[1].To_Account: invalid type: sequence",
        ),
        (
            "[\n{\"To_Account\":\"群\"},\n5]",
            "FriendItem[1]: invalid type: integer, expected struct FriendItem",
        ),
        (r#"[{"To_Account":"a"},{}]"#, "FriendItem[1]: missing field `To_Account`"),
        (r#" {"To_Account":"a"}"#, "FriendItem: invalid type: map"),
    ] {
        let body = format!(r#"{{ "From":{{"a":[1]}},{}"FriendItem":{items}}}"#, '\n');
        let error = Event::parse("Sns.CallbackPrevFriendAdd", &body).expect_err(&body).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn parse_error_never_quotes_the_body() {
    let long = "planted".repeat(1000);
    let wrong = [
        Value::from("planted"),
        Value::from("planted, expected \"planted\" `planted`: planted"),
        Value::from(long.as_str()),
        Value::from(424_242_424_242_u64),
        Value::from(-42.424),
        serde_json::json!({ "planted": "planted" }),
        serde_json::json!({ "planted": ["planted", { "planted text": 42.424 }] }),
        serde_json::json!({ "my planted card": "planted", long.as_str(): true }),
        serde_json::json!(["planted", 424_242, { "planted": true }]),
        serde_json::json!([[424_242]]),
    ];
    let mut errors = 0;
    for (command, body) in cases() {
        for (path, field) in catalogue::fields(&body) {
            for value in &wrong {
                let mut body = body.clone();
                *body.pointer_mut(&field).expect("the field") = value.clone();
                let Err(error) = Event::parse(&command, &body.to_string()) else { continue };
                let error = error.to_string();
                errors += 1;
                assert!(!error.contains("planted") || path == "CreatedGroupNum", "{path}: {error}");
                assert!(!error.contains("4242") && error.len() < 300, "{path}: {error}");
            }
        }
    }
    assert!(errors > 1000, "{errors}");
}

#[test]
fn deep_nesting_is_an_error_only_in_typed_fields() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    for field in ["Operator_Account", "GroupId", "TopicIdList", "Type"] {
        let body = format!(r#"{{"{field}":{deep}}}"#);
        let error = Event::parse("Group.CallbackAfterTopicDestroyed", &body).expect_err(field).to_string();
        assert!(error.len() < 200, "{error}");
    }
    let body = format!(r#"{{"GroupId":"@T","Tomorrow":{deep}}}"#);
    assert!(Event::parse("Group.CallbackAfterGroupFull", &body).is_ok());
}

#[test]
fn single_topic_is_read_as_a_list() {
    for list in [r#""@TOPIC#_a""#, r#"["@TOPIC#_a"]"#] {
        let body = format!(r#"{{"GroupId":"@T","Type":"Community","TopicIdList":{list}}}"#);
        let Ok(Event::GroupAfterTopicDestroyed(event)) =
            Event::parse("Group.CallbackAfterTopicDestroyed", &body)
        else {
            panic!("{body}");
        };
        assert_eq!(*event.topic_id_list, ["@TOPIC#_a"]);
    }
}

#[test]
fn words_of_the_samples_are_documented() {
    for (command, body) in cases() {
        let json = body.to_string();
        let event = Event::parse(&command, &json).expect("the body fits");
        assert!(!format!("{event:?}").contains("Other("), "{event:?}");
    }
    let body = r#"{"GroupId":"g","Type":"AVChatRoom","ExitType":"Expired","Operator_Account":"o",
        "ExitMemberList":[]}"#;
    let Ok(Event::GroupAfterMemberExit(event)) = Event::parse("Group.CallbackAfterMemberExit", body) else {
        panic!("the body fits");
    };
    assert_eq!(event.kind, group::GroupKind::AvChatRoom);
    assert_eq!(event.exit_type, group::ExitType::Other("Expired".into()));
    assert!(event.kind == "AVChatRoom" && event.exit_type == "Expired");
}

#[test]
fn unfollowed_users_are_read_from_both_documented_forms() {
    for list in [
        r#""To_Account":["a","b"]"#,
        r#""FollowList":[{"To_Account":"a"},{"To_Account":"b"}]"#,
        r#""To_Account":"a","FollowList":[{"To_Account":"b"}]"#,
    ] {
        let body = format!(r#"{{"From_Account":"f",{list}}}"#);
        let Ok(Event::FollowAfterFollowDelete(event)) =
            Event::parse("Follow.CallbackAfterFollowDelete", &body)
        else {
            panic!("{body}");
        };
        assert_eq!(event.unfollowed().map(|account| &**account).collect::<Vec<_>>(), ["a", "b"]);
    }
}

#[test]
fn changed_member_is_read_under_both_names() {
    for name in ["Member_Account", "Modified_Account"] {
        let body = format!(r#"{{"GroupId":"@T","Type":"Public","Operator_Account":"o","{name}":"bob"}}"#);
        let Ok(Event::GroupAfterMemberFieldChanged(event)) =
            Event::parse("Group.CallbackAfterMemberFieldChanged", &body)
        else {
            panic!("{body}");
        };
        assert_eq!(event.member_account, "bob");
    }
}

#[test]
fn command_name_has_1_to_128_allowed_characters() {
    let longest = "a".repeat(128);
    for name in ["a", "Live.CallbackAfterCreateRoom", "x-1_y.", longest.as_str()] {
        assert!(is_name(name), "{name}");
    }
    let too_long = "a".repeat(129);
    for text in ["", "a b", "a#b", "群", "a/b", "a\n", too_long.as_str()] {
        assert!(!is_name(text), "{text:?}");
    }
}

#[test]
fn before_callback_is_recognised_by_the_last_part_of_its_name() {
    for (name, expected) in [
        ("Live.CallbackBeforeSendGift", true),
        ("Sns.CallbackPrevFriendAdd", true),
        ("CallbackBeforeAnything", true),
        ("Chatbot.OnC2CSignalMessage", true),
        ("CallbackBefore.After", false),
        ("Group.CallbackAfterBefore", false),
        ("Group.Before", false),
        ("Bot.OnC2CMessage", false),
    ] {
        assert_eq!(is_before_callback(name), expected, "{name}");
    }
}
