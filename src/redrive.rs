//! From log entries of callbacks that could not be stored back to records.

use std::{borrow::Cow, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    callback::Message,
    query::Query,
    record::{Receipt, Record},
};

/// How much of a body goes into one log line, in bytes as JSON escapes them: a line of CloudWatch holds
/// 256 KB, and the rest of the line is far below 16 KB.
const LINE_BODY_BYTES: usize = 240 * 1000;

/// A callback that could not be stored, or a piece of it: what the log holds of it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Unrecorded<'a> {
    /// Lambda's id of the invocation, which all pieces share.
    pub id: Cow<'a, str>,
    /// Which piece of the body this is, counted from 1.
    pub piece: usize,
    /// How many pieces there are.
    pub pieces: usize,
    /// Tencent's URL parameters without `Sign`.
    pub query: Cow<'a, str>,
    /// When it was received: milliseconds since the epoch.
    #[serde(rename = "ReceivedAt")]
    pub received_at: u64,
    /// API Gateway's id of the request.
    #[serde(rename = "RequestId")]
    pub request_id: Cow<'a, str>,
    /// This piece of the body.
    pub body: Cow<'a, str>,
}

impl Unrecorded<'_> {
    /// Cuts a body into pieces that fit into a log line each.
    #[must_use]
    pub fn pieces(&self) -> Vec<Unrecorded<'_>> {
        let bodies = cut(&self.body);
        let pieces = bodies.len();
        let piece = |(index, body)| Unrecorded {
            piece: index + 1,
            pieces,
            body: Cow::Borrowed(body),
            ..self.clone()
        };
        bodies.into_iter().enumerate().map(piece).collect()
    }

    /// The record, as the function would have written it. `retention_days` is the setting's.
    ///
    /// # Errors
    /// What keeps it from being one.
    pub fn record(&self, retention_days: Option<u32>) -> Result<Record, String> {
        let query = Query::parse(&self.query);
        let sdk_appid = query.sdk_appid.clone().ok_or("its SdkAppid is missing")?;
        let receipt = Receipt {
            sdk_appid: &sdk_appid,
            received_at: self.received_at,
            request_id: &self.request_id,
            retention_days,
        };
        match Message::parse(&query, self.body.as_bytes()) {
            Ok(Message::Callback(callback)) => Ok(Record::new(&query, &callback, &receipt)),
            Ok(Message::Probe) => Err("it has neither command nor body".to_owned()),
            Err(refusal) => Err(refusal.error_info().to_owned()),
        }
    }
}

fn cut(body: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut weight) = (0, 0);
    for (index, character) in body.char_indices() {
        let escaped = match character {
            '"' | '\\' => 2,
            '\0'..='\x1f' => 6,
            _ => character.len_utf8(),
        };
        if weight + escaped > LINE_BODY_BYTES {
            pieces.push(&body[start..index]);
            (start, weight) = (index, 0);
        }
        weight += escaped;
    }
    pieces.push(&body[start..]);
    pieces
}

/// What is in a log: whole callbacks, and those of which a piece is missing.
#[derive(Debug, Default)]
pub struct Found {
    /// Callbacks to record, each once however often the log has it.
    pub whole: Vec<Unrecorded<'static>>,
    /// Ids of the callbacks of which the log has only some pieces.
    pub incomplete: Vec<String>,
}

/// Looks for unrecorded callbacks in what `aws logs tail`, `aws logs filter-log-events` or `cat` gives: plain
/// lines, lines after a prefix, lines as strings within JSON.
#[must_use]
pub fn find(log: &str) -> Found {
    let mut pieces = BTreeMap::new();
    match serde_json::from_str::<Value>(log) {
        Ok(whole) => harvest(whole, &mut pieces),
        Err(_) => log.lines().for_each(|line| harvest_line(line, &mut pieces)),
    }
    join(pieces)
}

type Pieces = BTreeMap<(String, usize), Unrecorded<'static>>;

/// Every JSON object of a line: a prefix, or tabs between objects, don't disturb.
fn harvest_line(line: &str, pieces: &mut Pieces) {
    let mut rest = line;
    while let Some(start) = rest.find('{') {
        rest = &rest[start..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                rest = &rest[values.byte_offset()..];
                harvest(value, pieces);
            }
            _ => rest = &rest[1..],
        }
    }
}

fn harvest(value: Value, pieces: &mut Pieces) {
    match value {
        Value::String(text) if text.contains("\"unrecorded\"") => harvest_line(&text, pieces),
        Value::Array(values) => values.into_iter().for_each(|value| harvest(value, pieces)),
        Value::Object(mut fields) => match fields.remove("unrecorded").map(serde_json::from_value) {
            Some(Ok(piece)) => insert(piece, pieces),
            _ => fields.into_iter().for_each(|(_, value)| harvest(value, pieces)),
        },
        _ => {}
    }
}

fn insert(piece: Unrecorded<'static>, pieces: &mut Pieces) {
    pieces.insert((piece.id.clone().into_owned(), piece.piece), piece);
}

fn join(pieces: Pieces) -> Found {
    let mut found = Found::default();
    let mut pieces = pieces.into_values().peekable();
    while let Some(mut callback) = pieces.next() {
        let mut count = 1;
        let mut in_order = callback.piece == 1;
        while let Some(next) = pieces.next_if(|next| next.id == callback.id) {
            count += 1;
            in_order &= next.piece == count;
            callback.body.to_mut().push_str(&next.body);
        }
        if in_order && count == callback.pieces {
            (callback.piece, callback.pieces) = (1, 1);
            found.whole.push(callback);
        } else {
            found.incomplete.push(callback.id.into_owned());
        }
    }
    found
}
