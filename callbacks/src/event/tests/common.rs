//! The fields that many events have, compared with the JSON of each sample.

use super::*;
use crate::Callback;

#[test]
fn time_of_an_event_is_that_of_its_callback() {
    for (command, mut body) in cases() {
        for _ in 0..2 {
            let text = body.to_string();
            let callback = Callback::of(&command, &text).expect("an object");
            assert_eq!(callback.event().expect("the body fits").time(), callback.time(), "{text}");
            // Then without `EventTime`, to compare the other time.
            body["EventTime"].take();
        }
    }
}

#[test]
fn group_operator_and_texts_are_those_of_the_body() {
    let (mut groups, mut operators, mut found) = (0, 0, 0);
    for (command, body) in cases() {
        let json = body.to_string();
        let event = Event::parse(&command, &json).expect("the body fits");
        let group = body["GroupId"].as_str().or(body["ContactItem"]["ToGroupId"].as_str());
        assert_eq!(
            (event.group_id(), event.operator()),
            (group, body["Operator_Account"].as_str()),
            "{json}"
        );
        let elements = body["MsgBody"].as_array().into_iter().flatten();
        let texts: Vec<_> = elements.filter_map(|element| element["MsgContent"]["Text"].as_str()).collect();
        assert_eq!(event.texts().collect::<Vec<_>>(), texts, "{json}");
        groups += usize::from(group.is_some());
        operators += usize::from(event.operator().is_some());
        found += texts.len();
    }
    assert!(groups > 15 && operators > 15 && found > 8, "{groups} {operators} {found}");
}

#[test]
fn texts_are_those_of_text_elements_in_order() {
    let body = r#"{"From_Account":"f","To_Account":"t","MsgBody":[
        {"MsgType":"TIMTextElem","MsgContent":{"Text":"a"}},
        {"MsgType":"TIMCustomElem","MsgContent":{"Text":"b","Data":"c"}},
        {"MsgType":"TIMTextElem","MsgContent":{}},
        {"MsgType":"TIMTextElem","MsgContent":{"Text":"buy now\n"}}]}"#;
    let event = Event::parse("C2C.CallbackBeforeSendMsg", body).expect("the body fits");
    assert_eq!(event.texts().collect::<Vec<_>>(), ["a", "buy now\n"]);
    let Event::C2cBeforeSendMsg(event) = event else { panic!("{event:?}") };
    assert!(event.texts().any(|text| text.contains("buy now")));
}

#[test]
fn undocumented_event_has_only_a_name() {
    for (command, is_before) in [("Live.CallbackBeforeSendGift", true), ("Live.CallbackAfterSendGift", false)]
    {
        let event = Event::parse(command, r#"{"GroupId":"g","EventTime":1670574414123}"#).expect("any body");
        assert_eq!((event.time(), event.group_id(), event.operator()), (None, None, None));
        assert_eq!((event.is_before(), event.texts().count()), (is_before, 0));
    }
}
