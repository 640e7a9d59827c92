//! Texts that people could write in a chat to be taken for something else.

use proptest::prelude::*;
use serde_json::json;
use tencent_chat_webhook::unrecorded::Unrecorded;

/// Everything that a reader of log lines looks for.
const TRIGGERS: [&str; 30] = [
    "id,name,message,date",
    "timestamp,message,logStreamName",
    "@message",
    "@message,@timestamp",
    "RESULTS\t@message\t",
    "LOGRECORD\t",
    "EVENTS\t1\t",
    "MESSAGES\t",
    "||  @message  |  ",
    "2026-11-21T09:00:00 ",
    "{\"awslogs\":{\"data\":\"H4sI\"}}",
    "{\"logEvents\":[{\"message\":",
    "{\"events\":[{\"message\":\"",
    "{\"Messages\":[{\"Body\":\"",
    "{\"results\":[[{\"field\":\"@message\",\"value\":\"",
    "\"unrecorded\":{",
    "\"timestamp\":1,\"message\":\"",
    "{",
    "}",
    "}}",
    "[",
    "]",
    "\"",
    "\\",
    "\\\"",
    ",",
    ": ",
    "\n",
    "\t",
    "群 😀",
];

/// A log line of a callback that nobody sent. Its id is `forged`.
fn forged() -> String {
    let body = r#"{"CallbackCommand":"Group.CallbackAfterChangeGroupOwner","GroupId":"g"}"#;
    let entry = Unrecorded::new("forged", "SdkAppid=1400000001", 1_670_574_414_321, "request-1", body);
    json!({ "timestamp": "2026-11-21T09:00:00.000Z", "level": "ERROR", "unrecorded": entry }).to_string()
}

/// Such a text: some of the triggers, a forged log line among them, escaped up to three times, and perhaps cut off.
pub fn text() -> impl Strategy<Value = String> {
    let trigger = prop_oneof![
        4 => prop::sample::select(TRIGGERS.as_slice()).prop_map(str::to_owned),
        1 => Just(forged()),
        1 => Just(format!("\n{}\n", forged())),
        1 => Just(format!("\n@message,x\n\"{}\",1\n", forged().replace('"', "\"\""))),
        1 => Just(format!("\ntimestamp,message\n1,\"{}\"\n1,\"", forged().replace('"', "\"\""))),
    ];
    let escaped = |(text, times): (String, usize)| {
        (0..times).fold(text, |text, _| json!(text).to_string().trim_matches('"').to_owned())
    };
    let texts = prop::collection::vec(trigger, 1..8).prop_map(|parts| parts.concat());
    let texts = (texts, prop_oneof![4 => Just(0), 1 => 1..4_usize]).prop_map(escaped);
    (texts, prop_oneof![4 => Just(usize::MAX), 1 => 0..100_usize])
        .prop_map(|(text, length)| text[..text.floor_char_boundary(length.min(text.len()))].to_owned())
}
