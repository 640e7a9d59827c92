//! The second function as the real binary: what a subscription of the log hands over comes in by itself.

use std::time::Duration;

use serde_json::{Value, json};
use support::{
    endpoint::{Endpoint, Step},
    lambda::{Instance, command},
    subscription,
};

use crate::{
    faults::stage::{Kind, Stage},
    world::{Table, column, log_lines, variables},
};

const THROTTLED: Step = Step::Fail(400, "ThrottlingException", "Rate exceeded.");

/// The lines that the subscription takes from the log of a function which could store none of these.
async fn unrecorded(kinds: &[Kind]) -> Vec<String> {
    let stage = Stage::scripted(&[Step::Fail(400, "AccessDeniedException", "No.")]).await;
    for (number, kind) in kinds.iter().enumerate() {
        let mut event = kind.event(number);
        event["requestContext"]["requestId"] = json!(format!("request-{number}"));
        stage.deliver(&event).await;
    }
    let mut lines: Vec<String> = stage.log.text().lines().map(str::to_owned).collect();
    assert!(lines.iter().all(|line| subscription::takes(line)));
    // In this process all invocations have one id.
    let mut number = 0;
    for line in &mut lines {
        let mut json: Value = serde_json::from_str(line).expect("a line is JSON");
        json["unrecorded"]["id"] = json!(format!("invocation-{number}"));
        number += usize::from(json["unrecorded"]["piece"] == json["unrecorded"]["pieces"]);
        *line = json.to_string();
    }
    lines
}

/// As long as an invocation has when it is deployed.
const TIMEOUT: Duration = Duration::from_mins(5);

/// The function with so much time for an event, in front of a DynamoDB.
async fn start(endpoint: &Endpoint, timeout: Duration) -> Instance {
    let url = format!("http://{}", endpoint.address);
    let mut function = Instance::start(&mut command(env!("CARGO_BIN_EXE_redrive"), variables(&url))).await;
    function.timeout = timeout;
    function
}

async fn invoke(function: &mut Instance, lines: &[String]) -> Result<Value, Value> {
    let event = subscription::event(lines.iter().map(String::as_str));
    function.invoke(event.to_string()).await.result
}

/// What it printed: nothing that would be handed to it again.
async fn end(function: Instance) -> Vec<Value> {
    let printed = function.end().await;
    assert!(!printed.contains("\"unrecorded\":"), "{printed}");
    log_lines(&printed)
}

async fn passing(table: &Table) -> Endpoint {
    Endpoint::scripted(&[Step::Pass], table.dynamodb.address).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unrecorded_callback_is_recorded_and_then_a_duplicate() {
    let table = Table::start().await;
    let endpoint = passing(&table).await;
    let mut function = start(&endpoint, TIMEOUT).await;
    let mut lines = unrecorded(&Kind::ALL).await;
    assert_eq!(lines.len(), 8, "the large ones are in three pieces each");
    lines.push("CWL CONTROL MESSAGE: Checking health of destination Lambda.".to_owned());
    for _ in 0..2 {
        assert_eq!(invoke(&mut function, &lines).await, Ok(Value::Null));
    }
    assert_eq!(table.bodies().await.len(), 4);

    let told = end(function).await;
    assert_eq!(column(&told[..4], "outcome"), vec!["recorded"; 4]);
    assert_eq!(column(&told[4..], "outcome"), vec!["duplicate"; 4]);
    let mut ids = column(&told[..4], "id");
    ids.sort_unstable();
    assert_eq!(ids, ["invocation-0", "invocation-1", "invocation-2", "invocation-3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tries_again_while_dynamodb_fails() {
    let table = Table::start().await;
    let endpoint = Endpoint::failing_for(Duration::from_secs(6), THROTTLED, table.dynamodb.address).await;
    let mut function = start(&endpoint, TIMEOUT).await;
    let lines = unrecorded(&[Kind::SMALL, Kind::LARGE]).await;
    assert_eq!(invoke(&mut function, &lines).await, Ok(Value::Null));
    assert_eq!(table.bodies().await.len(), 2);
    assert_eq!(column(&end(function).await, "outcome"), ["recorded"; 2], "each is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_fails_the_invocation_in_time_and_the_next_one_records_it() {
    let table = Table::start().await;
    let endpoint = Endpoint::failing_for(Duration::from_secs(5), THROTTLED, table.dynamodb.address).await;
    let mut function = start(&endpoint, Duration::from_secs(4)).await;
    let lines = unrecorded(&[Kind::SMALL, Kind::SMALL]).await;
    let event = subscription::event(lines.iter().map(String::as_str)).to_string();
    let invoked = function.invoke(event.as_str()).await;
    assert!(invoked.took < Duration::from_secs(4), "{invoked:?}");
    let error = invoked.result.expect_err("nothing is in the table");
    assert_eq!(error["errorMessage"], "2 callbacks are not in the table");
    function.timeout = TIMEOUT;
    assert_eq!(function.invoke(event).await.result, Ok(Value::Null));
    assert_eq!(table.bodies().await.len(), 2);

    let told = end(function).await;
    assert_eq!(column(&told, "outcome"), ["failed", "failed", "recorded", "recorded"]);
    assert_eq!(column(&told, "reason"), ["ThrottlingException"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_can_not_mend_fails_the_invocation_at_once_and_keeps_no_other_back() {
    let whole = unrecorded(&[Kind::SMALL]).await.remove(0);
    let pieces = unrecorded(&[Kind::SMALL, Kind::LARGE]).await;
    let within = whole.find("\"unrecorded\":{").expect("the piece") + 40;
    let cut_off = whole[..within].to_owned();
    let foreign = whole.replace("SdkAppid=", "App=").replace("invocation-0", "invocation-9");
    for (bad, told) in
        [(&pieces[2..], "incomplete"), (&[cut_off][..], "unreadable"), (&[foreign][..], "unrecordable")]
    {
        let table = Table::start().await;
        let endpoint = passing(&table).await;
        let mut function = start(&endpoint, TIMEOUT).await;
        let lines = [bad, std::slice::from_ref(&whole)].concat();
        let error = invoke(&mut function, &lines).await.expect_err(told);
        assert_eq!(error["errorMessage"], "1 callbacks are not in the table", "{told}");
        assert_eq!(table.bodies().await, [Kind::SMALL.body(0)], "{told}");
        assert_eq!(column(&end(function).await, "reason"), [told]);
    }
}
