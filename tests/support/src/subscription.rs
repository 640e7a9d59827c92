//! The events that a log group's subscription sends to a function.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

/// The log group of the lines.
pub const LOG_GROUP: &str = "/aws/lambda/test";

/// The stream of the lines.
pub const LOG_STREAM: &str = "2026/11/21/[1]5e1ff0a2";

/// The event that contains these log lines.
#[must_use]
pub fn event<'a>(lines: impl IntoIterator<Item = &'a str>) -> Value {
    let entry =
        |(index, line): (usize, &str)| json!({ "id": index.to_string(), "timestamp": 1, "message": line });
    batch("DATA_MESSAGE", &lines.into_iter().enumerate().map(entry).collect::<Vec<_>>())
}

/// CloudWatch's check that the function can be reached.
#[must_use]
pub fn control_message() -> Value {
    let text = "CWL CONTROL MESSAGE: Checking health of destination Lambda.";
    batch("CONTROL_MESSAGE", &[json!({ "id": "", "timestamp": 1, "message": text })])
}

fn batch(message_type: &str, log_events: &[Value]) -> Value {
    let batch = json!({
        "messageType": message_type,
        "owner": "123456789012",
        "logGroup": LOG_GROUP,
        "logStream": LOG_STREAM,
        "subscriptionFilters": ["unrecorded"],
        "logEvents": log_events,
    });
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(batch.to_string().as_bytes()).expect("writing to memory succeeds");
    let gzip = gzip.finish().expect("writing to memory succeeds");
    json!({ "awslogs": { "data": STANDARD.encode(gzip) } })
}

/// The event from the queue with these events as messages. A string is a message as it is. The message ids are their
/// indexes.
#[must_use]
pub fn queued(events: &[Value]) -> Value {
    let record = |(number, event): (usize, &Value)| {
        json!({
            "messageId": number.to_string(),
            "receiptHandle": "handle",
            "body": event.as_str().map_or_else(|| event.to_string(), str::to_owned),
            "attributes": { "ApproximateReceiveCount": "1" },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
            "awsRegion": "us-east-1",
        })
    };
    json!({ "Records": events.iter().enumerate().map(record).collect::<Vec<_>>() })
}

/// Whether a log line matches the redrive's subscription. Its pattern is `{ $.unrecorded.piece > 0 }`.
#[must_use]
pub fn takes_unrecorded(line: &str) -> bool {
    serde_json::from_str(line).is_ok_and(|line: Value| line["unrecorded"]["piece"].as_u64() > Some(0))
}

/// Whether a log line matches the subscription of `reforward`. Its pattern is `{ $.unforwarded.hop > 0 }`.
#[must_use]
pub fn takes_unforwarded(line: &str) -> bool {
    serde_json::from_str(line).is_ok_and(|line: Value| line["unforwarded"]["hop"].as_u64() > Some(0))
}
