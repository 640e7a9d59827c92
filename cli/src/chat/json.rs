//! A message as a JSON object.

use serde_json::{Map, Value, json};

use super::message::Message;
use crate::content::Content;

/// The message with what is known of it.
pub(super) fn json(message: &Message) -> Value {
    let Message { n, missing, sent, edits, recall, read } = message;
    let source = &sent.source;
    let mut line = json!({ "n": n, "pk": source.pk, "sk": source.sk, "time": sent.time, "from": sent.from });
    put(&mut line, content(message.content()));
    let optional = [
        ("received", source.received.map(Value::from)),
        ("ClientIP", source.client_ip.as_deref().map(Value::from)),
        ("OptPlatform", source.platform.as_deref().map(Value::from)),
        ("MsgSeq", sent.seq.map(Value::from)),
        ("TopicId", sent.topic.as_deref().map(Value::from)),
        ("Operator_Account", sent.by.as_deref().map(Value::from)),
        ("CloudCustomData", sent.custom_data.as_deref().map(Value::from)),
        ("undelivered", sent.undelivered.as_deref().map(Value::from)),
        ("missing", missing.map(|missing| json!([missing.from, missing.to]))),
        ("edited", edits.last().map(|edit| edit.time.into())),
        ("recalled", recall.as_ref().map(|recall| recall.time.into())),
        ("read", read.map(|read| read.time.into())),
        ("erased", message.erased().map(Value::from)),
        ("altered", message.is_altered().then_some(Value::Bool(true))),
        ("versions", (!edits.is_empty()).then(|| versions(message))),
    ];
    put(
        &mut line,
        optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
    );
    line
}

fn versions(message: &Message) -> Value {
    let version = |(time, of): (u64, &Content)| {
        let mut version = json!({ "time": time });
        put(&mut version, content(of));
        version
    };
    message.versions().map(version).collect()
}

fn content(content: &Content) -> Map<String, Value> {
    match serde_json::to_value(content) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn put(object: &mut Value, fields: Map<String, Value>) {
    if let Some(object) = object.as_object_mut() {
        object.extend(fields);
    }
}
