//! The log entry of a callback that the receiver did not take.

use serde_json::{Value, json};
use support::requests::SDK_APPID;
use tencent_chat_webhook::unforwarded::Unforwarded;

use super::{
    AFTER, ALLOW, BEFORE, BODY, Stage,
    receiver::{Behaviour, Receiver},
};

/// Delivers a callback, and returns its log line.
async fn line(behaviour: Behaviour, is_ok: bool, user_agent: &str, command: &str) -> Value {
    let receiver = Receiver::start(behaviour).await;
    let stage = Stage::start(&format!("http://{}/?key=planted", receiver.address), is_ok).await;
    stage.deliver_from(user_agent, command).await;
    let log = stage.log.text();
    assert!(!log.contains("planted") && !log.contains("own=") && !log.contains("Sign="), "{log}");
    let lines = stage.log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn entry_is_logged_unless_the_receiver_has_taken_or_refused_it() {
    for (behaviour, is_logged) in [
        (Behaviour::Answer(200, ALLOW, 0), false),
        (Behaviour::Answer(200, "<html>", 0), false),
        (Behaviour::Answer(204, "", 0), false),
        (Behaviour::Large(10_000_000), false),
        (Behaviour::Compressed, false),
        (Behaviour::Endless, false),
        (Behaviour::Answer(400, ALLOW, 0), false),
        (Behaviour::Answer(410, ALLOW, 0), false),
        (Behaviour::Answer(422, ALLOW, 0), false),
        (Behaviour::Answer(401, ALLOW, 0), true),
        (Behaviour::Answer(404, ALLOW, 0), true),
        (Behaviour::Answer(429, ALLOW, 0), true),
        (Behaviour::Answer(500, ALLOW, 0), true),
        (Behaviour::Redirect, true),
        (Behaviour::Silent, true),
        (Behaviour::Reset, true),
    ] {
        for (is_ok, command) in
            [(true, AFTER), (false, AFTER), (true, BEFORE), (true, "ChatBot.OnAssignAgent")]
        {
            let line = line(behaviour, is_ok, "", command).await;
            let what = format!("{behaviour:?}, {command}: {line}");
            assert_eq!(line.get("unforwarded").is_some(), is_logged && command == AFTER, "{what}");
            assert_eq!(line.get("unrecorded").is_some(), !is_ok, "{what}");
            if line.get("unforwarded").is_some() {
                assert_eq!(line["level"], if is_ok { "WARN" } else { "ERROR" }, "{what}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entry_has_the_item_s_key_query_and_hop() {
    let receiver = Receiver::start(Behaviour::Answer(503, ALLOW, 0)).await;
    let stage = Stage::start(&format!("http://{}", receiver.address), true).await;
    stage.deliver(AFTER).await;
    let item = stage.table.item().await;
    let entry = stage.log.lines()[0]["unforwarded"].clone();
    assert_eq!((&entry["pk"], &entry["sk"]), (&item["pk"]["S"], &item["sk"]["S"]));
    assert_eq!(entry["query"], format!("SdkAppid={SDK_APPID}&CallbackCommand={AFTER}"));
    assert_eq!(entry["hop"], 1);
    let read: Unforwarded<'_> = serde_json::from_value(entry).expect("an entry");
    assert!(read.is_intact());
    assert!(!Unforwarded { pk: "1400000001#******".into(), ..read }.is_intact(), "it is masked");
    assert_eq!(BODY, stage.table.bodies().await[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_that_had_its_last_hop_has_no_entry() {
    let silent = Behaviour::Answer(503, ALLOW, 0);
    for (passed, hop) in [(0, json!(1)), (1, json!(2)), (2, json!(3)), (3, Value::Null)] {
        let user_agent = format!("tencent-chat-webhook/9.9.9 (hop {passed})");
        let line = line(silent, true, &user_agent, AFTER).await;
        assert_eq!(line["unforwarded"]["hop"], hop, "{line}");
    }
}
