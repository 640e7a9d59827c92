//! Events as JSON.

use serde_json::json;

use super::*;

#[test]
fn serialized_event_parses_into_the_same_event() {
    for (command, body) in cases() {
        let json = body.to_string();
        let event = Event::parse(&command, &json).expect("the body fits");
        let written = serde_json::to_string(&event).expect("the event has JSON");
        assert_eq!(Event::parse(&command, &written), Ok(event), "{written}");
    }
}

/// The JSON with its numbers as strings: some samples have a string where a number is documented.
fn without_numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::Array(list) => list.iter().map(without_numbers).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), without_numbers(value))).collect()
        }
        _ => value.clone(),
    }
}

#[test]
fn serialized_event_has_each_field_of_the_body() {
    for (command, mut body) in cases() {
        let json = body.to_string();
        let event = Event::parse(&command, &json).expect("the body fits");
        body.as_object_mut().expect("an object").remove("CallbackCommand");
        let written = serde_json::to_value(&event).expect("the event has JSON");
        assert_eq!(without_numbers(&written), without_numbers(&body), "{command}");
    }
}

#[test]
fn serialized_values_have_their_documented_form() {
    let body = r#"{"GroupId":5,"Type":"Public","From_Account":"f","Random":"6","MsgTime":"7.5","EventTime":8.0,
        "OnlineOnlyFlag":"1","TopicId":null,"MsgBody":[{"MsgType":"TIMFaceElem","MsgContent":{"Index": 1.50}}]}"#;
    let event = Event::parse("Group.CallbackAfterSendMsg", body).expect("the body fits");
    let expected = concat!(
        r#"{"GroupId":"5","Type":"Public","From_Account":"f","Random":6,"MsgTime":7,"OnlineOnlyFlag":1,"#,
        r#""MsgBody":[{"MsgType":"TIMFaceElem","MsgContent":{"Index": 1.50}}],"EventTime":8}"#
    );
    assert_eq!(serde_json::to_string(&event.into_owned()).expect("the event has JSON"), expected);

    let body = r#"{"GroupId":"g","Type":"Community","TopicIdList":"t"}"#;
    let event = Event::parse("Group.CallbackAfterTopicDestroyed", body).expect("the body fits");
    assert_eq!(serde_json::to_value(&event).expect("the event has JSON")["TopicIdList"], json!(["t"]));
}

#[test]
fn undocumented_event_serializes_as_an_empty_object() {
    let event = Event::parse("Live.CallbackAfterCreateRoom", r#"{"RoomId":"r"}"#).expect("any body");
    assert_eq!(serde_json::to_string(&event).expect("the event has JSON"), "{}");
}
