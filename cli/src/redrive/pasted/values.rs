//! Reads the log lines in JSON that AWS printed.

use aws_lambda_events::cloudwatch_logs::AwsLogs;
use serde_json::{Map, Value};
use tencent_chat_webhook::unrecorded::Pieces;

/// The entries found so far.
#[derive(Default)]
pub(super) struct Values {
    pub(super) pieces: Pieces,
}

impl Values {
    /// Reads a JSON value at the beginning of a line.
    pub(super) fn value(&mut self, value: Value) {
        match value {
            Value::Object(object) => self.object(object),
            Value::Array(values) => values.into_iter().for_each(|value| self.element(value)),
            _ => {}
        }
    }

    /// Reads an element of an array, or a row of a Logs Insights query.
    fn element(&mut self, value: Value) {
        match value {
            Value::Object(object) => self.object(object),
            Value::String(text) => self.text(&text),
            Value::Array(mut row) => {
                let is_message = |field: &Value| field["field"] == "@message";
                if let Some(field) = row.iter().find(|field| is_message(field)) {
                    self.text(field["value"].as_str().unwrap_or_default());
                } else if row.len() == 1 {
                    self.element(row.remove(0));
                } else {
                    self.mention(&Value::Array(row).to_string());
                }
            }
            _ => {}
        }
    }

    /// Reads an object: a log line, a response of AWS, or a part of one.
    fn object(&mut self, mut object: Map<String, Value>) {
        if is_log_line(&object) {
            self.line(object);
        } else if let Some(batch) = batch(&mut object) {
            self.batch(&batch);
        } else if let Some(message) = object.remove("@message") {
            self.message(message);
        } else if let Some(Value::Object(mut record)) = object.remove("logRecord") {
            self.message(record.remove("@message").unwrap_or_default());
        } else if let Some(Value::Array(rows)) = object.remove("results") {
            for row in rows {
                self.element(row);
            }
        } else if let Some(Value::Array(events)) =
            object.remove("events").or_else(|| object.remove("logEvents"))
        {
            self.texts(&events, "message");
        } else if let Some(Value::Array(messages)) = object.remove("Messages") {
            self.texts(&messages, "Body");
        } else if let (Some(Value::String(body)), Some(_)) = (object.get("Body"), object.get("MessageId")) {
            self.text(body);
        } else if let (Some(Value::String(message)), Some(Value::Number(_))) =
            (object.get("message"), object.get("timestamp"))
        {
            self.text(message);
        } else {
            self.line(object);
        }
    }

    /// Reads the log lines in a field of these objects.
    fn texts(&mut self, objects: &[Value], name: &str) {
        for object in objects {
            self.text(object[name].as_str().unwrap_or_default());
        }
    }

    /// Reads a text that is a log line, or the body of a queue message.
    pub(super) fn text(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(object @ Value::Object(_)) => self.message(object),
            _ => self.mention(text),
        }
    }

    /// Reads a log line, or the body of a queue message. The console's JSON file has a line's own JSON.
    pub(super) fn message(&mut self, message: Value) {
        match message {
            Value::Object(mut object) => match batch(&mut object) {
                Some(batch) => self.batch(&batch),
                None => self.line(object),
            },
            Value::String(text) => self.text(&text),
            _ => {}
        }
    }

    /// Reads a log line.
    fn line(&mut self, mut object: Map<String, Value>) {
        match object.remove("unrecorded").map(serde_json::from_value) {
            Some(Ok(piece)) => self.pieces.add(piece),
            Some(Err(_)) => self.unreadable(),
            None => {}
        }
    }

    /// Reads the lines of a batch. A batch without any entry counts as unreadable: it is damaged, or not meant for
    /// the redrive.
    fn batch(&mut self, batch: &Value) {
        let mut entries = 0;
        // A batch deserializes only from a text.
        if let Ok(AwsLogs { data, .. }) = serde_json::from_str(&batch.to_string()) {
            if data.message_type == "CONTROL_MESSAGE" {
                return;
            }
            entries = data.log_events.iter().filter(|event| self.pieces.read(&event.message)).count();
        }
        if entries == 0 {
            self.unreadable();
        }
    }

    pub(super) fn unreadable(&mut self) {
        self.pieces.add_unreadable();
    }

    /// Counts a text that can't be read, if it may have an entry or a batch.
    pub(super) fn mention(&mut self, text: &str) {
        if text.contains("unrecorded") || text.contains("awslogs") {
            self.unreadable();
        }
    }
}

/// Whether an object is a line of the function, whatever else it looks like.
fn is_log_line(object: &Map<String, Value>) -> bool {
    let is_text = |name: &str| object.get(name).is_some_and(Value::is_string);
    is_text("level") && is_text("timestamp")
}

/// The batch in an event of the subscription, or in the record of one that failed.
fn batch(object: &mut Map<String, Value>) -> Option<Value> {
    let in_record = |object: &mut Map<String, Value>| {
        object.get_mut("requestPayload")?.as_object_mut()?.remove("awslogs")
    };
    object.remove("awslogs").or_else(|| in_record(object))
}
