//! When two deliveries are the same event.

use futures_util::future::join_all;
use serde_json::{Value, json};
use support::{
    endpoint::Step,
    requests::{SDK_APPID, post},
};

use crate::{
    faults::stage::{Kind, Stage, in_time},
    world::{World, ok, status_and_body},
};

/// A callback that differs from the first one only in these values.
fn full(sdk_appid: &str, rest: &str, event_time: u64, name: &str) -> Value {
    let body = json!({ "GroupId": "@TGS#1", "EventTime": event_time, "Name": name });
    let query = format!("SdkAppid={sdk_appid}&CallbackCommand=Group.CallbackAfterGroupFull{rest}");
    let mut event = post(&query, &body.to_string());
    event["requestContext"]["requestId"] = json!(format!("request{rest}"));
    event
}

#[tokio::test]
async fn event_differs_by_time_content_or_application() {
    let first = full("1", "", 1_670_574_414_123, "a");
    for (second, outcome) in [
        (first.clone(), "duplicate"),
        (full("1", "&RequestTime=1670574999&ClientIP=198.51.100.1", 1_670_574_414_123, "a"), "duplicate"),
        (full("1", "", 1_670_574_474_123, "a"), "recorded"),
        (full("1", "", 1_670_574_414_123, "b"), "recorded"),
        (full("2", "", 1_670_574_414_123, "a"), "recorded"),
    ] {
        let world = World::with_settings(&[("SDK_APP_IDS", "1,2"), ("ALLOW_UNSIGNED", "true")]).await;
        assert_eq!(status_and_body(&world.send(&first).await), (200, ok()));
        let before = world.table.items().await;
        assert_eq!(status_and_body(&world.send(&second).await), (200, ok()), "{second}");
        assert_eq!(world.log.outcomes(), ["recorded", outcome], "{second}");
        let after = world.table.items().await;
        assert!(after.contains(&before[0]), "what was there is as it was: {second}");
        assert_eq!(after.len(), if outcome == "recorded" { 2 } else { 1 });
    }
}

#[tokio::test]
async fn time_is_the_same_in_every_notation_of_json() {
    for (field, time) in [
        (r#""EventTime":1670574414123.0"#, "1670574414123"),
        (r#""EventTime":1.670574414123E12"#, "1670574414123"),
        (r#""EventTime":"1670574414123.0""#, "1670574414123"),
        (r#""EventTime":1.670574414e9"#, "1670574414000"),
        (r#""MsgTime":1670574414.0"#, "1670574414000"),
        (r#""LastReadTime":"1.670574414E9""#, "1670574414000"),
        (r#""Events":[{"EventTime":1.670574414E+9}]"#, "1670574414000"),
        (r#""CallRecord":{"EndTime":1670574414123.0}"#, "1670574414123"),
        (r#""CallRecord":{"EndTime":"1670574414"}"#, "1670574414000"),
    ] {
        let world = World::start().await;
        for request_time in [1_670_574_998, 1_670_574_999] {
            let query = format!("SdkAppid={SDK_APPID}&CallbackCommand=A.B&RequestTime={request_time}");
            world.send(&post(&query, &format!("{{{field}}}"))).await;
        }
        assert_eq!(world.log.outcomes(), ["recorded", "duplicate"], "{field}");
        let item = world.table.item().await;
        assert!(item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with(time)), "{field}: {item}");
        let event_time = field.starts_with(r#""EventTime"#).then(|| json!({ "N": time }));
        assert_eq!(item.get("EventTime"), event_time.as_ref(), "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_deliveries_are_recorded_once_and_answered_ok() {
    for (kind, count) in [(Kind::SMALL, 16), (Kind::LARGE, 4)] {
        in_time(async || {
            let stage = Stage::scripted(&[Step::Pass]).await;
            let event = kind.event(1);
            let replies = join_all((0..count).map(|_| stage.deliver(&event))).await;
            let mut outcomes = stage.log.outcomes();
            outcomes.sort_unstable();
            if outcomes.contains(&"failed".to_owned()) {
                return Err(format!("{kind}: {:.400}", stage.log.text()));
            }
            assert!(replies.iter().all(|reply| (reply.0, reply.1.as_str()) == (200, "OK")), "{kind}");
            assert_eq!(outcomes[count - 2..], ["duplicate", "recorded"], "{kind}");
            assert!(stage.table.bodies().await == [kind.body(1)], "{kind}");
            Ok(())
        })
        .await;
    }
}
