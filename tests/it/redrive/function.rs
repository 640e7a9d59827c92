//! The redrive as the real binary, with events from the log subscription and from the queue.

use std::time::Duration;

use serde_json::{Value, json};
use support::{
    endpoint::{Endpoint, Step},
    lambda::{Instance, command},
    stand_in,
    subscription::{self, LOG_GROUP, queued},
};

use crate::{
    faults::stage::{Kind, Stage},
    world::{Table, column, log_lines, variables},
};

const THROTTLED: Step = Step::Fail(400, "ThrottlingException", "Rate exceeded.");

/// The log lines for the subscription, from a function that could store none of these callbacks.
async fn unrecorded(kinds: &[Kind]) -> Vec<String> {
    let stage = Stage::scripted(&[Step::Fail(400, "AccessDeniedException", "No.")]).await;
    for (number, kind) in kinds.iter().enumerate() {
        let mut event = kind.event(number);
        event["requestContext"]["requestId"] = json!(format!("request-{number}"));
        stage.deliver(&event).await;
    }
    let mut lines: Vec<String> = stage.log.text().lines().map(str::to_owned).collect();
    assert!(lines.iter().all(|line| subscription::takes(line)));
    // In this process all invocations have the same id.
    let mut number = 0;
    for line in &mut lines {
        let mut json: Value = serde_json::from_str(line).expect("a line is JSON");
        json["unrecorded"]["id"] = json!(format!("invocation-{number}"));
        number += usize::from(json["unrecorded"]["piece"] == json["unrecorded"]["pieces"]);
        *line = json.to_string();
    }
    lines
}

/// The time of an invocation when deployed.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The redrive with this DynamoDB endpoint, and a log group with these lines.
async fn start_with_log(endpoint: &Endpoint, log: Vec<String>) -> Instance {
    let logs = stand_in::serve(move |request| {
        let request: Value = serde_json::from_str(request).expect("a request is JSON");
        assert_eq!(request["logGroupName"], LOG_GROUP);
        let (start, end) = (request["startTime"].as_u64(), request["endTime"].as_u64());
        assert_eq!(end.zip(start).map(|(end, start)| end - start), Some(2 * 3_600_000));
        let pattern = request["filterPattern"].as_str().expect("a pattern");
        let id = pattern.strip_prefix("{ $.unrecorded.id = ").and_then(|rest| rest.strip_suffix(" }"));
        let id: Value = serde_json::from_str(id.expect("it asks for an id")).expect("a text");
        let has_id = |line: &&String| {
            serde_json::from_str::<Value>(line).is_ok_and(|line| line["unrecorded"]["id"] == id)
        };
        let events: Vec<_> = log.iter().filter(has_id).map(|line| json!({ "message": line })).collect();
        (200, json!({ "events": events }).to_string())
    });
    let url = format!("http://{}", endpoint.address);
    let mut program = command(env!("CARGO_BIN_EXE_redrive"), variables(&url));
    let mut function = Instance::start(program.env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs)).await;
    function.timeout = TIMEOUT;
    function
}

async fn start(endpoint: &Endpoint) -> Instance {
    start_with_log(endpoint, Vec::new()).await
}

fn event(lines: &[String]) -> Value {
    subscription::event(lines.iter().map(String::as_str))
}

async fn invoke(function: &mut Instance, event: &Value) -> Result<Value, Value> {
    function.invoke(event.to_string()).await.result
}

/// The response for messages from the queue. It names these messages as failed.
fn left(messages: &[&str]) -> Value {
    let failures: Vec<_> = messages.iter().map(|id| json!({ "itemIdentifier": id })).collect();
    json!({ "batchItemFailures": failures })
}

/// Stops the redrive, and returns its log. None of its lines matches its own subscription.
async fn end(function: Instance) -> Vec<Value> {
    let printed = function.end().await;
    assert!(!printed.contains("\"unrecorded\":"), "{printed}");
    log_lines(&printed)
}

async fn passing(table: &Table) -> Endpoint {
    Endpoint::scripted(&[Step::Pass], table.dynamodb.address).await
}

#[tokio::test(flavor = "multi_thread")]
async fn redrive_records_a_callback_and_then_finds_a_duplicate() {
    let table = Table::start().await;
    let endpoint = passing(&table).await;
    let mut function = start(&endpoint).await;
    let lines = unrecorded(&Kind::ALL).await;
    assert_eq!(lines.len(), 8, "the large ones are in three pieces each");
    assert_eq!(invoke(&mut function, &event(&lines)).await, Ok(Value::Null));
    assert_eq!(invoke(&mut function, &queued(&[event(&lines)])).await, Ok(left(&[])));
    assert_eq!(table.bodies().await.len(), 4);

    let logged = end(function).await;
    assert_eq!(column(&logged[..4], "outcome"), vec!["recorded"; 4]);
    assert_eq!(column(&logged[4..], "outcome"), vec!["duplicate"; 4]);
    let mut ids = column(&logged[..4], "id");
    ids.sort_unstable();
    assert_eq!(ids, ["invocation-0", "invocation-1", "invocation-2", "invocation-3"]);
}

/// If DynamoDB does not respond, many callbacks occupy an instance for 5 s in all, not each for its own time.
#[tokio::test(flavor = "multi_thread")]
async fn first_redrive_try_is_short_and_fails_the_invocation() {
    let lines = unrecorded(&[Kind::SMALL; 20]).await;
    for step in [THROTTLED, Step::Silent, Step::Fail(400, "AccessDeniedException", "No.")] {
        let table = Table::start().await;
        let endpoint = Endpoint::scripted(&[step], table.dynamodb.address).await;
        let mut function = start(&endpoint).await;
        let invoked = function.invoke(event(&lines).to_string()).await;
        assert!(invoked.took < Duration::from_secs(7), "{step:?}: {invoked:?}");
        let error = invoked.result.expect_err("nothing is in the table");
        assert_eq!(error["errorMessage"], "some callbacks are not recorded; the queue retries them");
        assert_eq!(column(&end(function).await, "outcome"), ["failed"], "{step:?}: the rest is left");
    }
}

/// Callbacks left over from a batch are recorded by one try from the queue, although DynamoDB fails for a long time.
#[tokio::test(flavor = "multi_thread")]
async fn queue_retry_outlasts_a_fault_of_half_a_minute() {
    let table = Table::start().await;
    let endpoint = Endpoint::failing_for(Duration::from_secs(30), THROTTLED, table.dynamodb.address).await;
    let mut function = start(&endpoint).await;
    let lines = unrecorded(&[Kind::SMALL, Kind::LARGE]).await;
    assert_eq!(invoke(&mut function, &queued(&[event(&lines)])).await, Ok(left(&[])));
    assert_eq!(table.bodies().await.len(), 2);
    assert_eq!(column(&end(function).await, "outcome"), ["recorded"; 2], "each is logged once");
}

#[tokio::test(flavor = "multi_thread")]
async fn message_with_a_failure_does_not_hold_back_others() {
    let whole = unrecorded(&[Kind::SMALL, Kind::LARGE]).await;
    let cut_off = whole[0][..whole[0].find("\"unrecorded\":{").expect("the piece") + 40].to_owned();
    let foreign = whole[0].replace("SdkAppid=", "App=").replace("invocation-0", "invocation-9");
    for (bad, reason) in [
        (event(&whole[2..]), "incomplete"),
        (event(&[cut_off]), "unreadable"),
        (event(&[foreign]), "unrecordable"),
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
    assert_eq!(invoke(&mut function, &event(&lines[..2])).await, Ok(Value::Null));
    assert_eq!(invoke(&mut function, &queued(&[event(&lines[2..])])).await, Ok(left(&[])));
    let mut bodies = table.bodies().await;
    bodies.sort_by_key(String::len);
    assert_eq!(bodies, [Kind::SMALL.body(0), Kind::LARGE.body(1)]);
    assert_eq!(column(&end(function).await, "outcome"), ["recorded", "recorded", "duplicate"]);
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
