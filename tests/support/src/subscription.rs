//! What a subscription of a log group hands to a function.

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

/// The event that holds these lines of a log.
#[must_use]
pub fn event<'a>(lines: impl IntoIterator<Item = &'a str>) -> Value {
    let entry =
        |(index, line): (usize, &str)| json!({ "id": index.to_string(), "timestamp": 1, "message": line });
    let batch = json!({
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "/aws/lambda/test",
        "logStream": "2026/11/21/[1]5e1ff0a2",
        "subscriptionFilters": ["unrecorded"],
        "logEvents": lines.into_iter().enumerate().map(entry).collect::<Vec<_>>(),
    });
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(batch.to_string().as_bytes()).expect("memory takes what is written");
    let gzip = gzip.finish().expect("memory takes what is written");
    json!({ "awslogs": { "data": STANDARD.encode(gzip) } })
}

/// Whether a line of the log goes to the subscription: its pattern is `{ $.unrecorded.piece > 0 }`.
#[must_use]
pub fn takes(line: &str) -> bool {
    serde_json::from_str(line).is_ok_and(|line: Value| line["unrecorded"]["piece"].as_u64() > Some(0))
}
