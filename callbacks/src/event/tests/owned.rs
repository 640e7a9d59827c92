//! Events that outlive their body.

use std::thread;

use super::*;

#[test]
fn owned_event_equals_the_borrowed_one_in_another_thread() {
    let unknown = ("Live.CallbackAfterCreateRoom".to_owned(), serde_json::json!({}));
    for (command, body) in cases().chain([unknown]) {
        let json = body.to_string();
        let owned = {
            let (command, json) = (command.clone(), json.clone());
            Event::parse(&command, &json).expect("the body fits").into_owned()
        };
        let owned = thread::spawn(move || owned).join().expect("the thread returns the event");
        assert_eq!(Ok(owned), Event::parse(&command, &json));
    }
}

#[test]
fn owned_parts_of_an_event_outlive_the_body() {
    let (element, kind, created) = {
        let json = r#"{"GroupId":"g","Type":"Public","From_Account":"f","MsgBody":[{"MsgType":"TIMTextElem",
            "MsgContent":{"Text":"a"}}]}"#
            .to_owned();
        let event = Event::parse("Group.CallbackBeforeSendMsg", &json).expect("the body fits");
        let Event::GroupBeforeSendMsg(event) = event else { panic!("{event:?}") };
        (event.msg_body[0].clone().into_owned(), event.kind.clone().into_owned(), event.into_owned())
    };
    assert_eq!((element.text(), kind), (Some("a".into()), group::GroupKind::Public));
    assert!(created.texts().eq(["a"]));
}
