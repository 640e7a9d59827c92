//! Where `erase` finds the person.

use serde_json::{Value, json};
use support::dynamodb::TABLE;
use tencent_chat_webhook::record::attribute;

use super::{body, items, large, pseudonym, ran, record};
use crate::world::{World, unrecorded};

#[tokio::test(flavor = "multi_thread")]
async fn edits_numbers_replies_and_answers_are_found() {
    let world = World::start().await;
    let edit =
        |operator: &str| format!(r#""GroupId":"g","Operator_Account":"{operator}","MsgSeq":1,"MsgBody":[]"#);
    let quoted = r#"{\"messageReply\":{\"messageSender\":\"123456\",\"messageAbstract\":\"last words\"}}"#;
    record(
        &world,
        "1400000001",
        &[
            body("Group.CallbackAfterModifyMsg", 1, &edit("123456")),
            body("Group.CallbackAfterModifyMsg", 2, &edit("bob")),
            body("C2C.CallbackAfterSendMsg", 3, r#""From_Account":123456,"To_Account":"bob","MsgBody":[]"#),
            body("C2C.CallbackAfterSendMsg", 4, r#""From_Account":"bob","To_Account":123456,"MsgBody":[]"#),
            body(
                "Group.CallbackAfterSendMsg",
                5,
                &format!(r#""GroupId":"g","From_Account":"bob","MsgSeq":123456,"MsgBody":[],"CloudCustomData":"{quoted}""#),
            ),
            large(6, r#""GroupId":"g""#, "123456"),
        ],
    )
    .await;
    let asked = body("Group.CallbackBeforeInviteJoinGroup", 7, r#""GroupId":"g","Operator_Account":"bob""#);
    let callback = unrecorded("id", &asked)
        .with_answer(Some(r#"{"ActionStatus":"OK","ErrorCode":0,"RefusedMembers_Account":["123456"]}"#));
    world.record_callback(&callback, 1).await;

    let ran = ran(&world, &["erase", "--person", "123456", "--yes"]);
    assert!(ran.stdout.ends_with("deleted 2, pseudonymised 4, not changed 0\n"), "{ran:?}");
    let left = items(&world).await;
    let text = Value::from(left.clone()).to_string();
    assert!(!text.contains("last words"), "{text}");
    assert_eq!(text.matches("123456").count(), 1, "only MsgSeq is left: {text}");
    let answer =
        left.iter().find_map(|item| item.get("Answer")).expect("an answer").as_str().expect("a text");
    let answer: Value = serde_json::from_str(answer).expect("it is JSON");
    assert_eq!(answer["RefusedMembers_Account"], json!([pseudonym(&text)]));
    let listed = world.run(&["list", "g", "--json"]);
    assert_eq!((listed.code, listed.lines().len()), (Some(0), 4), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn list_and_erase_find_the_same_events() {
    let world = World::start().await;
    let events = [
        body("Group.CallbackX", 1, r#""GroupId":"g","L":["amy"]"#),
        body("Group.CallbackX", 2, r#""GroupId":"g","D":"{\"by\":\"amy\"}""#),
        body("Group.CallbackX", 3, r#""GroupId":"g","Type":"amy""#),
        body("Group.CallbackX", 4, r#""GroupId":"g","Text":"I saw amy""#),
        body("State.StateChange", 5, r#""Info":{"To_Account":"amy"}"#),
        body("Group.CallbackX", 6, r#""GroupId":"g","D":"\"{\\\"by\\\":\\\"amy\\\"}\"""#),
    ];
    record(&world, "1400000001", &events).await;
    let listed = world.run(&["list", "--person", "amy", "--yes", "--json"]).json();
    let erased = world.run(&["erase", "--person", "amy", "--yes", "--dry-run", "--json"]).json();
    let keys = |lines: &[Value]| {
        let mut keys: Vec<_> = lines.iter().map(|line| line["sk"].to_string()).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&listed), keys(&erased));
    assert_eq!(listed.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn event_without_a_body_is_erased() {
    let world = World::start().await;
    let sent = body("C2C.CallbackAfterSendMsg", 1, r#""From_Account":"amy","To_Account":"bob","MsgBody":[]"#);
    record(&world, "1400000001", &[sent]).await;
    let [item] = items(&world).await.try_into().expect("one item");
    let attribute = |name: &str| attribute::text(item[name].as_str().expect("a text"));
    let remove = world.client().update_item().table_name(TABLE).update_expression("REMOVE Body");
    let remove = remove.key("pk", attribute("pk")).key("sk", attribute("sk"));
    remove.send().await.expect("the body is removed");
    assert_eq!(world.run(&["person", "amy", "--yes", "--json"]).json().len(), 1);
    let erased = ran(&world, &["erase", "--person", "amy", "--yes"]);
    assert_eq!(erased.stdout.lines().last(), Some("deleted 1, pseudonymised 0, not changed 0"), "{erased:?}");
}
