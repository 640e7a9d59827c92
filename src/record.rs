//! Keys and items: what the table holds of a callback, and how a reader gets the body back.

use std::borrow::Cow;

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use sha2::{Digest, Sha256};

use crate::{
    attribute::{self, Item, MAX_ITEM_BYTES, MAX_SCALAR_BYTES, number, text},
    callback::{Callback, Scalar},
    group::GroupEvent,
    query::Query,
};

mod parts;
pub use parts::body;

/// The longest subject that becomes part of the key, in bytes.
pub const MAX_SUBJECT_BYTES: usize = 1024;

/// The times that are sane, in milliseconds since the epoch: those of 13 digits, from September 2001 to
/// November 2286. A time in seconds or microseconds is not among them.
const SANE_MILLIS: std::ops::RangeInclusive<u64> = 1_000_000_000_000..=9_999_999_999_999;

/// Attributes that are this crate's own. A body's field of such a name stays in the body.
const OWN: [&str; 14] = [
    "pk",
    "sk",
    "CommandDay",
    "SdkAppid",
    "CallbackCommand",
    "EventTime",
    "ReceivedAt",
    "RequestId",
    "MemberCount",
    "Body",
    "BodyParts",
    "Part",
    "Problem",
    "ExpiresAt",
];

/// How much of the head the body's scalars may fill, so that the attributes of our own always fit beside them.
const MAX_SCALARS_BYTES: usize = MAX_ITEM_BYTES - 16 * 1024;

/// The longest `Problem`, in bytes.
const MAX_PROBLEM_BYTES: usize = 2048;

/// The circumstances of a callback's arrival.
#[derive(Clone, Copy, Debug)]
pub struct Receipt<'a> {
    /// The application that admitted it.
    pub sdk_appid: &'a str,
    /// When it arrived: milliseconds since the epoch.
    pub received_at: u64,
    /// API Gateway's id of the request.
    pub request_id: &'a str,
    /// How many days the item is kept; `None` for ever.
    pub retention_days: Option<u32>,
}

/// What the table is to hold of a callback.
#[derive(Clone, Debug)]
pub struct Record {
    /// The item that stands for the callback.
    pub head: Item,
    /// The items that hold a body too large for the head, in order. Mostly none.
    pub parts: Vec<Item>,
    /// What the callback is about: the second half of `pk`.
    pub subject: String,
    /// `EventTime`, if the body had a sane one: milliseconds since the epoch.
    pub event_time: Option<u64>,
    /// What was not as documented: the attribute `Problem`.
    pub problem: Option<String>,
}

impl Record {
    /// Builds keys and items. Never fails: what doesn't fit is named in `Problem`.
    #[must_use]
    pub fn new(query: &Query<'_>, callback: &Callback<'_>, receipt: &Receipt<'_>) -> Self {
        let mut problems = Vec::new();
        let subject = subject(callback, &mut problems);
        let event_time = event_time(callback, &mut problems);
        let time = event_time.or_else(|| request_time(query)).unwrap_or(receipt.received_at);
        let mut member_count = None;
        match GroupEvent::parse(&callback.command, callback.body) {
            Some(Ok(event)) => member_count = event.member_count(),
            Some(Err(misfit)) => problems.push(misfit),
            None => {}
        }

        let mut head = scalars(callback, &mut problems);
        let mut put = |name: &str, value| head.insert(name.to_owned(), value);
        let command = callback.command.as_ref();
        put("pk", text(format!("{}#{subject}", receipt.sdk_appid)));
        put("sk", text(format!("{time:013}#{command}#{}", digest(callback.body))));
        put("CommandDay", text(format!("{}#{command}#{}", receipt.sdk_appid, day(time))));
        put("SdkAppid", text(receipt.sdk_appid));
        put("CallbackCommand", text(command));
        put("ReceivedAt", number(receipt.received_at));
        put("RequestId", text(receipt.request_id));
        for (name, value) in [("ClientIP", &query.client_ip), ("OptPlatform", &query.opt_platform)] {
            match value {
                Some(value) if value.len() <= MAX_SCALAR_BYTES => drop(put(name, text(value.as_ref()))),
                Some(_) => problems.push(format!("{name} of the URL is over {MAX_SCALAR_BYTES} bytes")),
                None => {}
            }
        }
        if let Some(event_time) = event_time {
            put("EventTime", number(event_time));
        }
        // To count them in the body takes another pass over it.
        if let Some(count) = member_count.or_else(|| callback.fields.array_len("MemberList")) {
            put("MemberCount", number(count));
        }
        if let Some(days) = receipt.retention_days {
            put("ExpiresAt", number(receipt.received_at / 1000 + u64::from(days) * 86_400));
        }
        let problem = problem(&problems);
        if let Some(problem) = &problem {
            put("Problem", text(problem));
        }
        let parts = parts::put_body(&mut head, callback.body);
        Self { head, parts, subject: subject.into_owned(), event_time, problem }
    }
}

/// What the callback is about: a group, else a user, else the command itself.
fn subject<'a>(callback: &'a Callback<'_>, problems: &mut Vec<String>) -> Cow<'a, str> {
    let to_account = || match callback.fields.get("Info") {
        Some(Scalar::Nested(info)) => account_of_info(info),
        _ => None,
    };
    let candidates = [
        ("GroupId", callback.fields.get("GroupId")),
        ("From_Account", callback.fields.get("From_Account")),
        ("Info.To_Account", to_account()),
    ];
    for (name, candidate) in candidates {
        match candidate {
            Some(Scalar::String(subject)) if subject.is_empty() => problems.push(format!("{name} is empty")),
            Some(Scalar::String(subject)) if subject.len() > MAX_SUBJECT_BYTES => {
                problems.push(format!("{name} is over {MAX_SUBJECT_BYTES} bytes"));
            }
            Some(Scalar::String(subject)) => return subject.into_owned().into(),
            None | Some(Scalar::Null) => {}
            Some(_) => problems.push(format!("{name} is not a string")),
        }
    }
    callback.command.as_ref().into()
}

/// `To_Account` of `State.StateChange`'s field `Info`.
fn account_of_info(info: &str) -> Option<Scalar<'_>> {
    serde_json::from_str::<crate::callback::Fields<'_>>(info).ok()?.get("To_Account")
}

/// `EventTime` as milliseconds, whether it came as a string or a number.
fn event_time(callback: &Callback<'_>, problems: &mut Vec<String>) -> Option<u64> {
    let field = callback.fields.get("EventTime")?;
    let millis = match &field {
        Scalar::Null => return None,
        Scalar::String(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        Scalar::Number(digits) => digits.parse().ok(),
        _ => None,
    };
    let sane = millis.filter(|millis| SANE_MILLIS.contains(millis));
    if sane.is_none() {
        problems.push("EventTime is no time in milliseconds".to_owned());
    }
    sane
}

/// `RequestTime` as milliseconds.
fn request_time(query: &Query<'_>) -> Option<u64> {
    query.request_time_seconds()?.checked_mul(1000).filter(|millis| SANE_MILLIS.contains(millis))
}

/// The day of a time, in UTC: `YYYY-MM-DD`.
fn day(millis: u64) -> String {
    let seconds = i64::try_from(millis / 1000).unwrap_or(i64::MAX);
    let mut day = DateTime::from_secs(seconds).fmt(DateTimeFormat::DateTime).unwrap_or_default();
    day.truncate("YYYY-MM-DD".len());
    day
}

/// What tells two bodies apart: the first 16 hex digits of the SHA-256.
fn digest(body: &str) -> String {
    hex::encode(&Sha256::digest(body)[..8])
}

/// The scalar fields of the body's top level, under Tencent's own names.
fn scalars(callback: &Callback<'_>, problems: &mut Vec<String>) -> Item {
    let mut item = Item::new();
    let mut room = MAX_SCALARS_BYTES;
    let mut left_out = 0_usize;
    for (name, scalar) in callback.fields.iter() {
        // The last field of a name counts, so an earlier one goes even if the later one can be no attribute.
        if let Some(earlier) = item.remove(name) {
            room += attribute::weight(name, &earlier);
        }
        if name.is_empty() || name.len() > MAX_SCALAR_BYTES || OWN.contains(&name) {
            continue;
        }
        let Some(value) = attribute::of_scalar(scalar) else {
            continue;
        };
        match room.checked_sub(attribute::weight(name, &value)) {
            Some(rest) => {
                room = rest;
                item.insert(name.to_owned(), value);
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        problems.push(format!("{left_out} fields are in the body alone: an item has no room for them"));
    }
    item
}

/// The attribute `Problem`.
fn problem(problems: &[String]) -> Option<String> {
    let mut problem = problems.join("; ");
    problem.truncate(problem.floor_char_boundary(MAX_PROBLEM_BYTES));
    (!problem.is_empty()).then_some(problem)
}
