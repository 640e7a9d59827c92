//! The one attempt of a batch from the log.

use std::{net::TcpListener, time::Duration};

use serde_json::Value;
use support::{
    endpoint::{Endpoint, Step},
    subscription::{self, queued},
};

use super::stage::{THROTTLED, end, event, invoke, left, passing, start, start_with_logs_at, unrecorded};
use crate::{
    faults::stage::{Kind, in_time},
    world::{Table, column},
};

/// CloudWatch makes batches of every instance's log, so each must take next to nothing: one second, ten requests, and
/// the next batch none.
#[tokio::test(flavor = "multi_thread")]
async fn first_try_takes_a_second_and_ten_requests() {
    for (entries, step) in [1, 40].into_iter().flat_map(|entries| FAULTS.map(|step| (entries, step))) {
        let lines = unrecorded(&vec![Kind::SMALL; entries]).await;
        in_time(async || {
            let table = Table::start().await;
            let endpoint = Endpoint::scripted(&[step], table.dynamodb.address).await;
            let mut function = start(&endpoint).await;
            let first = function.invoke(event(&lines).to_string()).await;
            let requests = endpoint.requests();
            let next = function.invoke(event(&lines).to_string()).await;
            println!("{entries}, {step:?}: {:?}, {requests} requests; next: {:?}", first.took, next.took);
            assert!((1..=10).contains(&requests), "{step:?}: {requests} requests");
            assert_eq!(endpoint.requests(), requests, "{step:?}: the next batch makes no request");
            let (first_error, next_error) =
                (first.result.expect_err("a fault"), next.result.expect_err("a fault"));
            assert_eq!(
                first_error["errorMessage"],
                "some callbacks are not recorded; the queue retries them"
            );
            assert!(
                next_error["errorMessage"].as_str().is_some_and(|text| text.contains("less than 30 s ago"))
            );
            assert_eq!(column(&end(function).await[..requests], "outcome"), vec!["failed"; requests]);
            if first.took < Duration::from_millis(1300) && next.took < Duration::from_millis(200) {
                Ok(())
            } else {
                Err(format!("{step:?}: {:?}, then {:?}", first.took, next.took))
            }
        })
        .await;
    }
}

/// Silence, a failure of DynamoDB, throttling, and a role without the permission.
const FAULTS: [Step; 4] = [
    Step::Silent,
    Step::Fail(500, "InternalServerError", "It failed."),
    THROTTLED,
    Step::Fail(400, "AccessDeniedException", "No."),
];

#[tokio::test(flavor = "multi_thread")]
async fn first_try_records_forty_callbacks_if_dynamodb_answers() {
    let lines = unrecorded(&[Kind::SMALL; 40]).await;
    in_time(async || {
        let table = Table::start().await;
        let endpoint = passing(&table).await;
        let mut function = start(&endpoint).await;
        let invoked = invoke(&mut function, &event(&lines)).await;
        end(function).await;
        invoked.map_err(|late| late.to_string())?;
        assert_eq!(table.heads().await.len(), 40);
        Ok(())
    })
    .await;
}

/// The queue's messages are tried although batches from the log are handed on.
#[tokio::test(flavor = "multi_thread")]
async fn queue_is_served_while_batches_are_handed_on() {
    let table = Table::start().await;
    let endpoint = Endpoint::scripted(&[THROTTLED, Step::Pass], table.dynamodb.address).await;
    let mut function = start(&endpoint).await;
    let lines = unrecorded(&[Kind::SMALL]).await;
    invoke(&mut function, &event(&lines)).await.expect_err("it is throttled");
    invoke(&mut function, &event(&lines)).await.expect_err("it is handed on");
    assert_eq!(endpoint.requests(), 1);
    assert_eq!(invoke(&mut function, &subscription::control_message()).await, Ok(Value::Null));
    assert_eq!(invoke(&mut function, &queued(&[event(&lines)])).await, Ok(left(&[])));
    assert_eq!(table.bodies().await, [Kind::SMALL.body(0)]);
    end(function).await;
}

/// One entry that DynamoDB rejects holds nothing back: the others are recorded, and the next batch is tried.
#[tokio::test(flavor = "multi_thread")]
async fn entry_at_fault_starts_no_handing_on() {
    let rejected = Step::Fail(400, "ValidationException", "It is invalid.");
    let lines = unrecorded(&[Kind::SMALL; 12]).await;
    let table = Table::start().await;
    // Each of the ten items under way is tried once more, without the body's fields, and one is rejected again.
    let script: Vec<_> = [[rejected; 11].as_slice(), &[Step::Pass]].concat();
    let endpoint = Endpoint::scripted(&script, table.dynamodb.address).await;
    let mut function = start(&endpoint).await;
    invoke(&mut function, &event(&lines)).await.expect_err("one is rejected");
    assert_eq!(table.heads().await.len(), 11);
    assert_eq!(invoke(&mut function, &event(&lines)).await, Ok(Value::Null));
    assert_eq!(table.heads().await.len(), 12);
    end(function).await;
}

/// An incomplete body, for which the log never answers, holds up neither the whole callbacks of its batch nor another
/// message.
#[tokio::test(flavor = "multi_thread")]
async fn whole_callbacks_are_recorded_before_a_search() {
    in_time(whole_before_a_search).await;
}

async fn whole_before_a_search() -> Result<(), String> {
    let table = Table::start().await;
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let url = format!("http://{}", silent.local_addr().expect("a listener has an address"));
    let lines = unrecorded(&[Kind::SMALL, Kind::SMALL, Kind::SMALL, Kind::SMALL, Kind::LARGE]).await;
    let endpoint = passing(&table).await;
    let mut function = start_with_logs_at(&endpoint, &url).await;
    let batch = function.invoke(event(&lines[..5]).to_string()).await;
    if batch.took > Duration::from_millis(1500) || table.heads().await.len() < 4 {
        return Err(format!("{batch:?}"));
    }
    batch.result.expect_err("a body is incomplete");
    table.clear().await;
    let answer = invoke(&mut function, &queued(&[event(&lines[4..5]), event(&lines[..4])])).await;
    assert_eq!(answer, Ok(left(&["0"])));
    assert_eq!(table.heads().await.len(), 4);
    let failed: Vec<_> = end(function).await.into_iter().filter(|line| line["outcome"] == "failed").collect();
    assert_eq!(column(&failed, "reason"), ["incomplete"; 2]);
    assert_eq!(column(&failed, "error"), ["the log did not answer in time"; 2]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn control_message_is_ignored() {
    let table = Table::start().await;
    let endpoint = passing(&table).await;
    let mut function = start(&endpoint).await;
    let control = subscription::control_message();
    assert_eq!(invoke(&mut function, &control).await, Ok(Value::Null));
    assert!(end(function).await.is_empty());
}
