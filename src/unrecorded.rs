//! The log entry of a callback that could not be stored, with everything that a redrive needs.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tencent_chat_callbacks::Callback;

use crate::{
    digest::sha256,
    outcome::Failure,
    record::{Arrival, Fields, ItemSettings, Record, Source},
};

mod entries;
#[cfg(feature = "redrive")]
pub(crate) use entries::object;
pub use entries::{Incomplete, LogEntries, Pieces};

/// The reason of a failure that the entry itself causes.
pub(crate) const UNRECORDABLE: &str = "unrecordable";

/// The reason of a failure whose entry differs from what the function wrote.
pub(crate) const MASKED: &str = "masked";

/// The longest part of a body in one log line, in bytes as JSON escapes them. A line of CloudWatch holds 256 KB; the
/// rest of the line (subject, problem and query, escaped) needs less than 56 KB. An answer of 16 KB needs at most 32 KB
/// when escaped. With your own receiver there is no answer, and [`Unforwarded`](crate::unforwarded) needs less.
const LINE_BODY_BYTES: usize = 160 * 1000;

/// A callback that could not be stored, or a piece of it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Unrecorded<'a> {
    /// Lambda's id of the invocation; the same for all pieces.
    pub id: Cow<'a, str>,
    /// The number of this piece, counted from 1.
    pub piece: usize,
    /// The number of pieces.
    pub pieces: usize,
    /// Tencent's URL parameters without `Sign`.
    pub query: Cow<'a, str>,
    /// The arrival time, in milliseconds since the epoch.
    #[serde(rename = "ReceivedAt")]
    pub received_at: u64,
    /// API Gateway's id of the request.
    #[serde(rename = "RequestId")]
    pub request_id: Cow<'a, str>,
    /// SHA-256 of the whole body, in hex. A data protection policy of CloudWatch replaces e-mail addresses and IP
    /// addresses by asterisks wherever the log is read: without the digest, that body would be recorded.
    pub body_sha256: Cow<'a, str>,
    /// SHA-256 of `query` and `Answer`, in hex.
    pub query_sha256: Cow<'a, str>,
    /// The JSON of your decision, if it is not the default answer. Only in the first piece.
    #[serde(rename = "Answer", default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Cow<'a, str>>,
    /// This piece of the body.
    pub body: Cow<'a, str>,
}

impl<'a> Unrecorded<'a> {
    /// The entry of a whole callback, with the digests of its body and query.
    #[must_use]
    pub fn new(
        id: &'a str,
        query: impl Into<Cow<'a, str>>,
        received_at: u64,
        request_id: &'a str,
        body: impl Into<Cow<'a, str>>,
    ) -> Self {
        let (query, body) = (query.into(), body.into());
        Self {
            id: id.into(),
            piece: 1,
            pieces: 1,
            received_at,
            request_id: request_id.into(),
            body_sha256: sha256([&*body]).into(),
            query_sha256: sha256([&*query]).into(),
            answer: None,
            query,
            body,
        }
    }

    /// The same, with the JSON of your decision.
    #[must_use]
    pub fn with_answer(mut self, answer: Option<&'a str>) -> Self {
        self.answer = answer.map(Cow::Borrowed);
        self.query_sha256 = self.sha256_of_query().into();
        self
    }
}

impl Unrecorded<'_> {
    /// Whether body and query are what the function wrote. Only for a whole callback.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.body_sha256 == sha256([&*self.body]) && self.query_sha256 == self.sha256_of_query()
    }

    fn sha256_of_query(&self) -> String {
        sha256([&*self.query, self.answer.as_deref().unwrap_or_default()])
    }

    /// Splits the body into pieces that fit into one log line each.
    #[must_use]
    pub fn pieces(&self) -> Vec<Unrecorded<'_>> {
        let bodies = cut(&self.body);
        let pieces = bodies.len();
        let piece = |(index, body)| Unrecorded {
            piece: index + 1,
            pieces,
            answer: self.answer.clone().filter(|_| index == 0),
            body: Cow::Borrowed(body),
            ..self.clone()
        };
        bodies.into_iter().enumerate().map(piece).collect()
    }

    /// The record that the function would have written.
    ///
    /// # Errors
    /// If the entry can't be recorded. A retry can't help.
    pub fn record(&self, fields: Fields, item_settings: ItemSettings) -> Result<Record, Failure> {
        let callback = self.callback()?;
        let Some(sdk_appid) = callback.query().sdk_appid() else {
            return Err(Failure::new(UNRECORDABLE, "its SdkAppid is missing"));
        };
        let arrival = Arrival { sdk_appid, received_at: self.received_at, request_id: &self.request_id };
        let event = callback.event();
        let source = Source { callback: &callback, event: &event, arrival, answer: self.answer.as_deref() };
        Ok(Record::new(&source, fields, item_settings))
    }

    fn callback(&self) -> Result<Callback<'_>, Failure> {
        if !self.is_intact() {
            return Err(Failure::new(MASKED, "the log shows another body or query than the function wrote"));
        }
        match Callback::admitted_before(&self.query, &*self.body) {
            Ok(Some(callback)) => Ok(callback),
            Ok(None) => Err(Failure::new(UNRECORDABLE, "it is a URL check")),
            Err(refusal) => Err(Failure::new(UNRECORDABLE, refusal.error_info())),
        }
    }
}

/// Splits a body between characters, into pieces of at most [`LINE_BODY_BYTES`].
fn cut(body: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut escaped_bytes) = (0, 0);
    for (index, byte) in body.bytes().enumerate() {
        let escaped = match byte {
            b'"' | b'\\' => 2,
            0..=0x1f => 6,
            _ => 1,
        };
        // The last character may have up to three more bytes.
        if escaped_bytes + escaped + 3 > LINE_BODY_BYTES && body.is_char_boundary(index) {
            pieces.push(&body[start..index]);
            (start, escaped_bytes) = (index, 0);
        }
        escaped_bytes += escaped;
    }
    pieces.push(&body[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest text around a piece of a body in a line: see [`LINE_BODY_BYTES`].
    const AROUND: usize = (56 + 32) * 1024;

    const QUERY: &str =
        "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&RequestTime=1670574413";

    fn unrecorded(body: &str) -> Unrecorded<'_> {
        with_query(QUERY, body)
    }

    fn with_query<'a>(query: &'a str, body: &'a str) -> Unrecorded<'a> {
        Unrecorded::new("8476a536-e9f4-11e8-9739-2dfe598c3fcd", query, 1_670_574_414_321, "request-1", body)
    }

    #[test]
    fn pieces_fit_into_a_log_line_whatever_they_escape() {
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

    const SETTINGS: ItemSettings = ItemSettings { retention_days: Some(1), index_shards: 1 };

    #[test]
    fn redriven_record_equals_the_function_s_record() {
        let record =
            unrecorded(r#"{"GroupId":"g"}"#).record(Fields::Attributes, SETTINGS).expect("it is a callback");
        let string = |name: &str| record.head[name].as_s().or_else(|_| record.head[name].as_n()).cloned();
        assert_eq!(string("pk"), Ok("1400000001#g".to_owned()));
        // The body has no time, so this is RequestTime, not the time of the redrive.
        assert!(string("sk").is_ok_and(|sk| sk.starts_with("1670574413000#Group.CallbackAfterGroupFull#")));
        assert_eq!(string("ReceivedAt"), Ok("1670574414321".to_owned()));
        assert_eq!(string("RequestId"), Ok("request-1".to_owned()));
        assert_eq!(string("ExpiresAt"), Ok("1670660814".to_owned()));
    }

    #[test]
    fn entry_without_a_callback_gives_no_record() {
        for (query, body) in [("CallbackCommand=A.B", "{}"), ("SdkAppid=1", ""), ("SdkAppid=1", "[")] {
            let failure = with_query(query, body)
                .record(Fields::Attributes, SETTINGS)
                .expect_err("it is not a callback");
            assert_eq!(failure.reason, UNRECORDABLE, "{query} {body}: {failure}");
        }
    }

    #[test]
    fn entry_that_differs_from_its_digests_gives_no_record() {
        let entry = unrecorded(r#"{"GroupId":"g","Name":"leckie@example.com"}"#);
        for masked in [
            Unrecorded {
                body: entry.body.replace("leckie@example.com", "******************").into(),
                ..entry.clone()
            },
            Unrecorded { query: format!("{QUERY}&ClientIP=*******").into(), ..entry.clone() },
        ] {
            assert_eq!(
                masked.record(Fields::Attributes, SETTINGS).expect_err("it is masked").reason,
                MASKED,
                "{masked:?}"
            );
        }
        assert!(entry.record(Fields::Attributes, SETTINGS).is_ok());
    }
}
