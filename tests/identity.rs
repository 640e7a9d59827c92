//! What is one event and what is two.

use serde_json::{Value, json};

mod support;
use support::{SDK_APPID, World, post, sample, status_and_body};

const FULL: &str = "Group.CallbackAfterGroupFull";

fn query(command: &str, rest: &str) -> String {
    format!("SdkAppid={SDK_APPID}&CallbackCommand={command}{rest}")
}

/// Sends bodies, each of which must be answered OK; gives the outcomes from the log and the number of items.
async fn outcomes(requests: &[(String, Value)]) -> (Vec<String>, usize) {
    let world = World::start().await;
    for (query, body) in requests {
        let (status, reply) = status_and_body(&world.send(&post(query, &body.to_string())).await);
        assert_eq!((status, &reply["ErrorCode"]), (200, &json!(0)), "{body}");
    }
    let outcome = |line: Value| line["outcome"].as_str().expect("every line has an outcome").to_owned();
    (world.log.lines().into_iter().map(outcome).collect(), world.items().await.len())
}

fn full(event_time: u64) -> Value {
    json!({ "CallbackCommand": FULL, "GroupId": "@TGS#1", "EventTime": event_time })
}

#[tokio::test]
async fn the_same_body_twice_is_one_item_and_two_oks() {
    let request = (query(FULL, ""), full(1_670_574_414_123));
    let result = outcomes(&[request.clone(), request]).await;
    assert_eq!(result, (vec!["recorded".to_owned(), "duplicate".to_owned()], 1));
}

#[tokio::test]
async fn a_duplicate_changes_nothing() {
    let world = World::start().await;
    world.send(&sample("group-destroyed")).await;
    let first = world.item().await;
    let mut again = sample("group-destroyed");
    again["requestContext"]["requestId"] = json!("another request");
    again["rawQueryString"] = json!(query("Group.CallbackAfterGroupDestroyed", "&ClientIP=198.51.100.1"));
    world.send(&again).await;
    assert_eq!(world.item().await, first);
}

#[tokio::test]
async fn a_group_that_is_full_again_a_minute_later_is_two_items() {
    let requests = [1_670_574_414_123, 1_670_574_474_123].map(|time| (query(FULL, ""), full(time)));
    assert_eq!(outcomes(&requests).await, (vec!["recorded".to_owned(); 2], 2));
}

#[tokio::test]
async fn without_event_time_the_request_time_tells_events_apart() {
    let body = json!({ "CallbackCommand": FULL, "GroupId": "@TGS#1" });
    let requests = [1_670_574_414, 1_670_574_474, 1_670_574_414]
        .map(|seconds| (query(FULL, &format!("&RequestTime={seconds}")), body.clone()));
    let (outcomes, items) = outcomes(&requests).await;
    assert_eq!((outcomes, items), (["recorded", "recorded", "duplicate"].map(str::to_owned).into(), 2));
}

#[tokio::test]
async fn two_bodies_in_the_same_millisecond_are_two_items() {
    let message = |text: &str| {
        let body = json!({ "GroupId": "@TGS#1", "EventTime": 1_670_574_414_123_u64, "Name": text });
        (query("Group.CallbackAfterGroupInfoChanged", ""), body)
    };
    assert_eq!(outcomes(&[message("a"), message("b")]).await, (vec!["recorded".to_owned(); 2], 2));
}

#[tokio::test]
async fn the_same_body_for_two_applications_is_two_items() {
    let world = World::with_settings(&[("SDK_APP_IDS", "1,2"), ("ALLOW_UNSIGNED", "true")]).await;
    for sdk_appid in ["1", "2"] {
        let query = format!("SdkAppid={sdk_appid}&CallbackCommand={FULL}");
        world.send(&post(&query, &full(1_670_574_414_123).to_string())).await;
    }
    assert_eq!(world.items().await.len(), 2);
}
