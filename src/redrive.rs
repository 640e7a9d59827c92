//! From log entries of callbacks that could not be stored back to records.

use std::borrow::Cow;

use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::{
    callback::Message,
    query::Query,
    record::{Receipt, Record},
    store::{Store, Stored},
};

mod found;
pub use found::{Found, find};

/// How much of a body goes into one log line, in bytes as JSON escapes them. A line of CloudWatch holds
/// 256 KB; the rest of the line (subject, problem and query, escaped) is below 56 KB even at its worst.
const LINE_BODY_BYTES: usize = 200 * 1000;

/// How many callbacks a redrive writes at the same time.
const AT_A_TIME: usize = 8;

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

/// Records callbacks through the same code as the function, and tells of each, by its id, what became of it.
pub fn record_all(
    store: &Store,
    callbacks: Vec<Unrecorded<'static>>,
    retention_days: Option<u32>,
) -> impl Stream<Item = (String, Result<Stored, String>)> {
    let write = move |callback: Unrecorded<'static>| async move {
        let stored = match callback.record(retention_days) {
            Ok(record) => store.write(record).await.map_err(|error| error.to_string()),
            Err(fault) => Err(fault),
        };
        (callback.id.into_owned(), stored)
    };
    stream::iter(callbacks).map(write).buffer_unordered(AT_A_TIME)
}
