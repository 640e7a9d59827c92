//! From log entries of callbacks that could not be stored back to records.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

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

/// How long a redrive waits for one write: nobody waits for the answer, and a body may be of megabytes.
const PATIENCE: Duration = Duration::from_secs(30);

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

/// Cuts between characters, where a piece would pass [`LINE_BODY_BYTES`].
fn cut(body: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut weight) = (0, 0);
    for (index, byte) in body.bytes().enumerate() {
        let escaped = match byte {
            b'"' | b'\\' => 2,
            0..=0x1f => 6,
            _ => 1,
        };
        // Up to three bytes more may belong to the last character.
        if weight + escaped + 3 > LINE_BODY_BYTES && body.is_char_boundary(index) {
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
            Ok(record) => {
                store.write(record, Instant::now() + PATIENCE).await.map_err(|error| error.to_string())
            }
            Err(fault) => Err(fault),
        };
        (callback.id.into_owned(), stored)
    };
    stream::iter(callbacks).map(write).buffer_unordered(AT_A_TIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worst that can stand around a piece of body in a line: see [`LINE_BODY_BYTES`].
    const AROUND: usize = 56 * 1024;

    fn unrecorded(body: &str) -> Unrecorded<'_> {
        Unrecorded {
            id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".into(),
            piece: 1,
            pieces: 1,
            query: "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&RequestTime=1670574413"
                .into(),
            received_at: 1_670_574_414_321,
            request_id: "request-1".into(),
            body: body.into(),
        }
    }

    #[test]
    fn every_piece_fits_into_a_line_however_its_characters_are_escaped() {
        for character in ["x", "\"", "\\", "\n", "\u{1}", "\u{7f}", "é", "群", "😀"] {
            for before in 0..4 {
                let body = "x".repeat(before) + &character.repeat(LINE_BODY_BYTES);
                let whole = unrecorded(&body);
                let pieces = whole.pieces();
                let mut joined = String::new();
                for (index, piece) in pieces.iter().enumerate() {
                    let line = serde_json::to_string(piece).expect("a piece serializes");
                    assert!(line.len() + AROUND < 256 * 1024, "{character:?}: {} bytes", line.len());
                    assert_eq!((piece.piece, piece.pieces), (index + 1, pieces.len()));
                    joined += &piece.body;
                }
                assert!(joined == body, "{character:?}");
            }
        }
    }

    #[test]
    fn a_small_body_is_one_piece() {
        for body in ["", "{}"] {
            let whole = unrecorded(body);
            assert_eq!(whole.pieces(), std::slice::from_ref(&whole));
        }
    }

    #[test]
    fn gives_the_record_that_the_function_would_have_written() {
        let body = r#"{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g"}"#;
        let record = unrecorded(body).record(Some(1)).expect("it is a callback");
        let string = |name: &str| record.head[name].as_s().or_else(|_| record.head[name].as_n()).cloned();
        assert_eq!(string("pk"), Ok("1400000001#g".to_owned()));
        // No EventTime: the time is RequestTime, not that of the redrive.
        assert!(string("sk").is_ok_and(|sk| sk.starts_with("1670574413000#Group.CallbackAfterGroupFull#")));
        assert_eq!(string("ReceivedAt"), Ok("1670574414321".to_owned()));
        assert_eq!(string("RequestId"), Ok("request-1".to_owned()));
        assert_eq!(string("ExpiresAt"), Ok("1670660814".to_owned()));
    }

    #[test]
    fn what_is_no_callback_is_an_error() {
        let without_application = Unrecorded { query: "CallbackCommand=A.B".into(), ..unrecorded("{}") };
        assert!(without_application.record(None).is_err());
        let probe = Unrecorded { query: "SdkAppid=1".into(), ..unrecorded("") };
        assert!(probe.record(None).is_err());
        assert!(unrecorded("[").record(None).is_err());
    }
}
