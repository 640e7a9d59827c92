//! The attempts of messages from the queue.

use std::time::Duration;

use serde_json::{Value, json};
use support::{
    endpoint::{Endpoint, Step},
    subscription::queued,
};
use tencent_chat_webhook::unrecorded::Unrecorded;

use super::stage::{THROTTLED, end, event, invoke, left, passing, start, start_with_log, unrecorded};
use crate::{
    faults::stage::Kind,
    world::{Table, column},
};

#[tokio::test(flavor = "multi_thread")]
async fn redrive_records_a_callback_and_then_finds_a_duplicate() {
    let table = Table::start().await;
    let endpoint = passing(&table).await;
    let mut function = start(&endpoint).await;
    let lines = unrecorded(&Kind::ALL).await;
    assert_eq!(lines.len(), 10, "the large ones are in four pieces each");
    // From the queue, because a batch from the log has one second, which a busy machine may not give to large bodies.
    assert_eq!(invoke(&mut function, &queued(&[event(&lines)])).await, Ok(left(&[])));
    assert_eq!(invoke(&mut function, &queued(&[event(&lines)])).await, Ok(left(&[])));
    assert_eq!(table.bodies().await.len(), 4);

    let logged = end(function).await;
    assert_eq!(column(&logged[..4], "outcome"), vec!["recorded"; 4]);
    assert_eq!(column(&logged[4..], "outcome"), vec!["duplicate"; 4]);
    let mut ids = column(&logged[..4], "id");
    ids.sort_unstable();
    assert_eq!(ids, ["invocation-0", "invocation-1", "invocation-2", "invocation-3"]);
}

/// Callbacks left over from a batch are recorded by one try from the queue, if DynamoDB fails only for seconds.
#[tokio::test(flavor = "multi_thread")]
async fn queue_retry_outlasts_a_fault_of_seconds() {
    let table = Table::start().await;
    let endpoint = Endpoint::failing_for(Duration::from_secs(2), THROTTLED, table.dynamodb.address).await;
    let mut function = start(&endpoint).await;
    let lines = unrecorded(&[Kind::SMALL, Kind::LARGE]).await;
    assert_eq!(invoke(&mut function, &queued(&[event(&lines)])).await, Ok(left(&[])));
    assert_eq!(table.bodies().await.len(), 2);
    assert_eq!(column(&end(function).await, "outcome"), ["recorded"; 2], "each is logged once");
}

/// With 50 s for each message, two invocations could not try every message of a long outage in time.
#[tokio::test(flavor = "multi_thread")]
async fn queue_retry_ends_if_nothing_is_stored_for_5_s() {
    let lines = unrecorded(&[Kind::SMALL; 20]).await;
    for step in [THROTTLED, Step::Silent] {
        let table = Table::start().await;
        let endpoint = Endpoint::scripted(&[step], table.dynamodb.address).await;
        let mut function = start(&endpoint).await;
        let invoked = function.invoke(queued(&[event(&lines)]).to_string()).await;
        assert!((3..8).contains(&invoked.took.as_secs()), "{step:?}: {invoked:?}");
        assert_eq!(invoked.result, Ok(left(&["0"])));
        let logged = end(function).await;
        assert!((1..=20).contains(&logged.len()), "{step:?}: each is logged at most once");
    }
}

/// The line of another callback, whose query has a text replaced.
fn rewritten(line: &str, from: &str, to: &str) -> String {
    let mut line: Value = serde_json::from_str(line).expect("a line is JSON");
    let query = line["unrecorded"]["query"].as_str().expect("a query").replace(from, to);
    let body = line["unrecorded"]["body"].as_str().expect("a body");
    line["unrecorded"] = json!(Unrecorded::new("invocation-9", query, 1_670_574_414_321, "request-9", body));
    line.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn message_with_a_failure_does_not_hold_back_others() {
    let whole = unrecorded(&[Kind::SMALL, Kind::LARGE]).await;
    let cut_off = whole[0][..whole[0].find("\"unrecorded\":{").expect("the piece") + 40].to_owned();
    let foreign = rewritten(&whole[0], "SdkAppid=", "App=");
    for (bad, reason) in [
        (event(&whole[2..]), "incomplete"),
        (event(&[cut_off]), "unreadable"),
        (event(&[foreign]), "unrecordable"),
        (event(&[whole[0].replace("leckie", "******").replace("invocation-0", "invocation-9")]), "masked"),
        (event(&["{\"level\":\"INFO\"}".to_owned()]), "unreadable"),
        (event(&[]), "unreadable"),
        (json!({ "not": "a batch" }), "unreadable"),
    ] {
        let table = Table::start().await;
        let endpoint = passing(&table).await;
        let mut function = start(&endpoint).await;
        let answer = invoke(&mut function, &queued(&[bad.clone(), event(&whole[..1])])).await;
        assert_eq!(answer, Ok(left(&["0"])), "{reason}");
        assert_eq!(table.bodies().await, [Kind::SMALL.body(0)], "{reason}");
        if bad["awslogs"].is_object() {
            invoke(&mut function, &bad).await.expect_err(reason);
        }
        let logged = end(function).await;
        assert!(column(&logged, "reason").iter().all(|found| found == reason), "{logged:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_missing_from_a_batch_are_looked_up_in_the_log() {
    let table = Table::start().await;
    let endpoint = passing(&table).await;
    let lines = unrecorded(&[Kind::SMALL, Kind::LARGE]).await;
    let mut function = start_with_log(&endpoint, lines.clone()).await;
    assert_eq!(invoke(&mut function, &queued(&[event(&lines[..2])])).await, Ok(left(&[])));
    assert_eq!(invoke(&mut function, &queued(&[event(&lines[2..])])).await, Ok(left(&[])));
    let mut bodies = table.bodies().await;
    bodies.sort_by_key(String::len);
    assert_eq!(bodies, [Kind::SMALL.body(0), Kind::LARGE.body(1)]);
    assert_eq!(column(&end(function).await, "outcome"), ["recorded", "recorded", "duplicate"]);
}

/// A message with all pieces of a body needs no search, although another message has only some of them.
#[tokio::test(flavor = "multi_thread")]
async fn whole_callback_is_recorded_beside_its_pieces() {
    let table = Table::start().await;
    let endpoint = passing(&table).await;
    let lines = unrecorded(&[Kind::LARGE]).await;
    let mut function = start(&endpoint).await;
    let answer = invoke(&mut function, &queued(&[event(&lines[1..]), event(&lines)])).await;
    assert_eq!(answer, Ok(left(&[])));
    assert_eq!(table.bodies().await, [Kind::LARGE.body(0)]);
    assert_eq!(column(&end(function).await, "outcome"), ["recorded"]);
}
