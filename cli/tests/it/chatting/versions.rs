//! Order, origin and delivery of messages.

use serde_json::{Value, json};

use super::{MILLIS, became, became_in_group, c2c, group, numbered, record, text};
use crate::world::{World, unrecorded_with};

/// Records a body as the callback of a user's device.
async fn record_from(world: &World, platform: &str, body: &Value) {
    let query =
        format!("SdkAppid=1400000001&RequestTime=1670574413&ClientIP=192.0.2.1&OptPlatform={platform}");
    world.record_callback(&unrecorded_with("id", query, &body.to_string()), 1).await;
}

fn texts(world: &World, arguments: &[&str]) -> Vec<String> {
    let ran = world.run(&[&["chat", "--json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json().iter().map(|line| line["text"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn group_order_is_that_of_the_numbers() {
    let world = World::start().await;
    // The callbacks' times are 2 ms apart, on two sides of a second.
    let bodies = [numbered("amy", 8, 1001, &text("second")), numbered("bob", 7, 1003, &text("first"))];
    record(&world, &bodies).await;
    assert_eq!(texts(&world, &["g"]), ["first", "second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn message_has_number_origin_and_time_of_receipt() {
    let world = World::start().await;
    let mut body = group("amy", 5, &text("hello"));
    body["CloudCustomData"] = json!("{\"a\":1}");
    record_from(&world, "iPad", &body).await;
    let ran = world.run(&["chat", "g", "--json"]);
    let [line] = ran.json().try_into().expect("one line");
    for (name, expected) in [
        ("n", json!(1)),
        ("ClientIP", json!("192.0.2.1")),
        ("OptPlatform", json!("iPad")),
        ("received", json!(1_670_574_414_321_u64)),
        ("MsgSeq", json!(5)),
        ("CloudCustomData", json!("{\"a\":1}")),
    ] {
        assert_eq!(line[name], expected, "{name}");
    }
    let page = world.run(&["chat", "g", "--html", "-"]).stdout;
    let origin = "<bdi>iPad</bdi> <bdi>192.0.2.1</bdi> received <time ";
    assert!(page.contains(origin) && page.contains("2022-12-09 08:26:54.321"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn change_is_that_of_the_last_message_with_its_key() {
    let world = World::start().await;
    let edit = |at, content: &str| {
        let fields = json!({ "Operator_Account": "amy", "MsgSeq": 5, "MsgBody": text(content) });
        became_in_group("AfterModifyMsg", at, fields)
    };
    let recall = json!({ "MsgSeqList": [{ "MsgSeq": 5 }], "Operator_Account": "amy" });
    let [first, second, third] = [1, 4, 7].map(|at| numbered("amy", 5, at, &text(&format!("sent {at}"))));
    let edits = [edit(2, "edit 2"), edit(3, "edit 3"), edit(5, "edit 5")];
    let recall = became_in_group("AfterRecallMsg", 6, recall);
    record(&world, &[&[first, second, third, recall], &edits[..]].concat()).await;
    let ran = world.run(&["chat", "g", "--json"]);
    let shown: Vec<_> =
        ran.json().iter().map(|line| (line["text"].clone(), line["recalled"].is_null())).collect();
    let expected = [("edit 3", true), ("edit 5", false), ("sent 7", true)];
    assert_eq!(shown, expected.map(|(text, is_kept)| (json!(text), is_kept)), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn undelivered_messages_are_shown_on_request() {
    let world = World::start().await;
    let before = |of: &str, random: u64, at: u64| {
        let fields = json!({ "From_Account": "eve", "Random": random, "MsgBody": text(of) });
        became_in_group("BeforeSendMsg", at, fields)
    };
    let mut sent = group("eve", 2, &text("delivered"));
    sent["Random"] = json!(1);
    let exception = json!({
        "From_Account": "eve", "Operator_Account": "eve", "Random": 2, "ErrorCode": 80001, "ErrorInfo": "dirty word",
        "MsgBody": text("refused"),
    });
    record(
        &world,
        &[
            before("delivered", 1, 1),
            sent,
            before("refused", 2, 3),
            became_in_group("SendMsgException", 4, exception),
            before("never reported", 3, 5),
        ],
    )
    .await;
    let denied = before("denied", 4, 6);
    let callback = crate::world::unrecorded("id", &denied.to_string())
        .with_answer(Some(r#"{"ActionStatus":"OK","ErrorCode":10101,"ErrorInfo":"No."}"#));
    world.record_callback(&callback, 1).await;

    assert_eq!(texts(&world, &["g"]), ["delivered"]);
    let ran = world.run(&["chat", "g", "--undelivered", "--json"]);
    let shown: Vec<_> =
        ran.json().iter().map(|line| (line["text"].clone(), line["undelivered"].clone())).collect();
    let expected = [
        ("delivered", Value::Null),
        ("refused", json!("refused by Tencent: 80001 dirty word")),
        ("never reported", json!("no callback reports that it was sent")),
        ("denied", json!("denied: 10101 No.")),
    ];
    assert_eq!(shown, expected.map(|(text, why)| (json!(text), why)));
    let page = world.run(&["chat", "g", "--undelivered", "--html", "-"]).stdout;
    assert!(page.contains("Not delivered: denied: 10101 No.</li>"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn undelivered_messages_between_users_are_shown() {
    let world = World::start().await;
    let asked = |number: u64, after: u64, of: &str| {
        let mut body = c2c("amy", "bob", number, after, &text(of));
        body["CallbackCommand"] = json!("C2C.CallbackBeforeSendMsg");
        body.as_object_mut().expect("an object").remove("SendMsgResult");
        body
    };
    let mut refused = c2c("amy", "bob", 2, 1, &text("refused"));
    (refused["SendMsgResult"], refused["ErrorInfo"]) = (json!(20006), json!("blocked"));
    let bodies = [
        became("MsgReadAll", 20, json!({ "Report_Account": "bob" })),
        asked(1, 0, "delivered"),
        c2c("amy", "bob", 1, 0, &text("delivered")),
        asked(2, 1, "refused"),
        refused,
        asked(3, 2, "never reported"),
    ];
    record(&world, &bodies).await;
    assert_eq!(texts(&world, &["amy", "bob"]), ["delivered"]);
    assert_eq!(texts(&world, &["amy", "bob", "--undelivered"]), ["delivered", "refused", "never reported"]);
    let shown = world.run(&["chat", "amy", "bob", "--undelivered", "--json"]).json();
    let read: Vec<_> = shown.iter().map(|line| line["read"].as_u64()).collect();
    assert_eq!(read, [Some(MILLIS + 20_000), None, None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_events_are_listed_with_their_reason() {
    let world = World::start().await;
    let exception = json!({
        "From_Account": "eve", "Operator_Account": "eve", "Random": 2, "ErrorCode": 80001, "MsgBody": text("x"),
    });
    record(&world, &[group("amy", 1, &text("fine")), became_in_group("SendMsgException", 4, exception)])
        .await;
    let fields = json!({ "From_Account": "eve", "Random": 1, "MsgBody": text("x") });
    let asked = became_in_group("BeforeSendMsg", 2, fields);
    let callback = crate::world::unrecorded("id", &asked.to_string())
        .with_answer(Some(r#"{"ActionStatus":"OK","ErrorCode":2,"ErrorInfo":""}"#));
    world.record_callback(&callback, 1).await;
    let listed = world.run(&["list", "g", "--refused", "--json"]);
    let times: Vec<_> = listed.json().iter().map(|line| line["EventTime"].clone()).collect();
    assert_eq!(times, [json!(MILLIS + 2), json!(MILLIS + 4)]);
    let table = world.run(&["list", "g", "--refused"]).stdout;
    assert!(table.contains("answered ErrorCode 2") && table.contains("80001"), "{table}");
}
