//! The redrive as the real binary, its events, and its log.

use std::time::Duration;

use serde_json::{Value, json};
use support::{
    endpoint::{Endpoint, Step},
    lambda::{Instance, command},
    stand_in,
    subscription::{self, LOG_GROUP, LOG_STREAM},
};

use crate::{
    faults::stage::{Kind, Stage},
    world::{Table, log_lines, variables},
};

pub(super) const THROTTLED: Step = Step::Fail(400, "ThrottlingException", "Rate exceeded.");

/// The log lines for the subscription, from a function that could store none of these callbacks.
pub(super) async fn unrecorded(kinds: &[Kind]) -> Vec<String> {
    let stage = Stage::scripted(&[Step::Fail(400, "AccessDeniedException", "No.")]).await;
    for (number, kind) in kinds.iter().enumerate() {
        let mut event = kind.event(number);
        event["requestContext"]["requestId"] = json!(format!("request-{number}"));
        stage.deliver(&event).await;
    }
    let mut lines: Vec<String> = stage.log.text().lines().map(str::to_owned).collect();
    assert!(lines.iter().all(|line| subscription::takes_unrecorded(line)));
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
pub(super) async fn start_with_log(endpoint: &Endpoint, log: Vec<String>) -> Instance {
    let logs = stand_in::serve(move |request| {
        let request: Value = serde_json::from_str(request).expect("a request is JSON");
        assert_eq!(request["logGroupName"], LOG_GROUP);
        let (start, end) = (request["startTime"].as_u64(), request["endTime"].as_u64());
        assert_eq!(end.zip(start).map(|(end, start)| end - start), Some(2 * 120_000));
        assert_eq!(request["logStreamNames"], json!([LOG_STREAM]));
        let pattern = request["filterPattern"].as_str().expect("a pattern");
        let id = pattern.strip_prefix("{ $.unrecorded.id = ").and_then(|rest| rest.strip_suffix(" }"));
        let id: Value = serde_json::from_str(id.expect("it asks for an id")).expect("a text");
        let has_id = |line: &&String| {
            serde_json::from_str::<Value>(line).is_ok_and(|line| line["unrecorded"]["id"] == id)
        };
        let events: Vec<_> = log.iter().filter(has_id).map(|line| json!({ "message": line })).collect();
        (200, json!({ "events": events }).to_string())
    });
    start_with_logs_at(endpoint, &logs).await
}

/// The redrive with these endpoints of DynamoDB and CloudWatch Logs.
pub(super) async fn start_with_logs_at(endpoint: &Endpoint, logs: &str) -> Instance {
    let url = format!("http://{}", endpoint.address);
    let mut program = command(env!("CARGO_BIN_EXE_redrive"), variables(&url));
    let mut function = Instance::start(program.env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs)).await;
    function.timeout = TIMEOUT;
    function
}

pub(super) async fn start(endpoint: &Endpoint) -> Instance {
    start_with_log(endpoint, Vec::new()).await
}

pub(super) fn event(lines: &[String]) -> Value {
    subscription::event(lines.iter().map(String::as_str))
}

pub(crate) async fn invoke(function: &mut Instance, event: &Value) -> Result<Value, Value> {
    function.invoke(event.to_string()).await.result
}

/// The response for messages from the queue. It names these messages as failed.
pub(crate) fn left(messages: &[&str]) -> Value {
    let failures: Vec<_> = messages.iter().map(|id| json!({ "itemIdentifier": id })).collect();
    json!({ "batchItemFailures": failures })
}

/// Stops the redrive, and returns its log. None of its lines matches its own subscription.
pub(super) async fn end(function: Instance) -> Vec<Value> {
    let printed = function.end().await;
    assert!(!printed.contains("\"unrecorded\":"), "{printed}");
    log_lines(&printed)
}

pub(super) async fn passing(table: &Table) -> Endpoint {
    Endpoint::scripted(&[Step::Pass], table.dynamodb.address).await
}
