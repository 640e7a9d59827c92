//! Every documented command: the reply, and the whole item, worked out here a second time from the parsed
//! body. `tests/commands.jsonl` holds a realistic body for each, and the subject that it is about.

use std::collections::HashSet;

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tencent_chat_webhook::command::DOCUMENTED;

mod support;
use support::{SDK_APPID, World, post, status_and_body};

#[derive(Deserialize)]
struct Case {
    #[serde(rename = "CallbackCommand")]
    command: String,
    subject: String,
    body: Value,
}

fn cases() -> Vec<Case> {
    let lines = include_str!("commands.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("a case a line")).collect()
}

/// The attributes that hold the body's scalars.
fn scalars(body: &Value) -> Map<String, Value> {
    let fields = body.as_object().expect("a body is an object");
    let own = ["EventTime", "RequestId", "CallbackCommand"];
    let attribute = |value: &Value| match value {
        Value::String(text) => Some(json!({ "S": text })),
        Value::Number(number) => Some(json!({ "N": number.to_string() })),
        Value::Bool(value) => Some(json!({ "BOOL": value })),
        _ => None,
    };
    let named = fields.iter().filter(|field| !own.contains(&field.0.as_str()));
    named.filter_map(|(name, value)| Some((name.clone(), attribute(value)?))).collect()
}

fn expected_item(case: &Case, body: &str, received_at: &str) -> Value {
    let event_time = match &case.body["EventTime"] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let time = event_time.clone().unwrap_or_else(|| received_at.to_owned());
    let seconds = time[..10].parse().expect("a time has 13 digits");
    let day = DateTime::from_secs(seconds).fmt(DateTimeFormat::DateTime).expect("a time can be written");
    let digest = hex::encode(Sha256::digest(body));
    let command = &case.command;

    let mut item = scalars(&case.body);
    let mut put =
        |name: &str, kind: &str, value: String| item.insert(name.to_owned(), json!({ kind: value }));
    put("pk", "S", format!("{SDK_APPID}#{}", case.subject));
    put("sk", "S", format!("{time}#{command}#{}", &digest[..16]));
    put("CommandDay", "S", format!("{SDK_APPID}#{command}#{}", &day[..10]));
    put("SdkAppid", "S", SDK_APPID.to_owned());
    put("CallbackCommand", "S", command.clone());
    put("ClientIP", "S", "203.0.113.7".to_owned());
    put("OptPlatform", "S", "RESTAPI".to_owned());
    put("ReceivedAt", "N", received_at.to_owned());
    put("RequestId", "S", "request-1".to_owned());
    put("Body", "S", body.to_owned());
    if let Some(event_time) = event_time {
        put("EventTime", "N", event_time);
    }
    if let Some(members) = case.body["MemberList"].as_array() {
        put("MemberCount", "N", members.len().to_string());
    }
    Value::Object(item)
}

#[test]
fn there_is_a_case_for_every_documented_command() {
    let tried: HashSet<_> = cases().into_iter().map(|case| case.command).collect();
    let documented: HashSet<_> = DOCUMENTED.iter().map(|command| command.name.to_owned()).collect();
    assert_eq!(tried, documented);
}

#[tokio::test]
async fn every_documented_command_is_recorded_whole() {
    for case in cases() {
        let world = World::start().await;
        let body = case.body.to_string();
        let query = format!(
            "CallbackCommand={}&ClientIP=203.0.113.7&OptPlatform=RESTAPI&SdkAppid={SDK_APPID}&contenttype=json",
            case.command
        );
        let reply = world.send(&post(&query, &body)).await;
        let ok = json!({ "ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0 });
        assert_eq!(status_and_body(&reply), (200, ok), "{}", case.command);

        let item = world.item().await;
        let received_at = item["ReceivedAt"]["N"].as_str().expect("ReceivedAt is a number");
        assert_eq!(item, expected_item(&case, &body, received_at), "{}", case.command);
        assert_eq!(world.log.lines()[0]["command"], *case.command, "{}", case.command);
    }
}
