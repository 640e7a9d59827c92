//! The items of a callback, and its body read back from them.

use std::fmt::Write;

use tencent_chat_callbacks::{Callback, Event, Query, ShapeError, object::MAX_FIELDS};

use crate::time::day;

pub mod attribute;
mod event;
mod keys;
mod parts;
use attribute::{Item, MAX_ITEM_BYTES, MAX_SCALAR_BYTES, is_own, number, size, text};
pub use event::RecordedEvent;
use keys::{digest, pk, sk, time};
pub use keys::{item_key, keys};
pub use parts::{body, parts_key, put_body};

/// How much of the head the body's fields and `Answer` may fill, so that the other attributes of this crate always fit
/// too.
const MAX_SCALARS_BYTES: usize = MAX_ITEM_BYTES - 16 * 1024;

/// The longest `Answer`, in bytes: 16 KB.
pub const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// Initial capacity; few heads need more. A map that never grows hashes each name once.
const MANY_ATTRIBUTES: usize = 28;

/// The longest `Problem`, in bytes.
const MAX_PROBLEM_BYTES: usize = 2048;

/// Settings that affect items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemSettings {
    /// Retention in days; `None` keeps items for ever.
    pub retention_days: Option<u32>,
    /// Number of index keys that share a command's day, at least 1.
    pub index_shards: u32,
}

/// The arrival of a callback.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The application that the callback is admitted for.
    pub sdk_appid: &'a str,
    /// The arrival time, in milliseconds since the epoch.
    pub received_at: u64,
    /// API Gateway's id of the request.
    pub request_id: &'a str,
}

/// A callback to record.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The callback.
    pub callback: &'a Callback<'a>,
    /// The result of parsing its body.
    pub event: &'a Result<Event<'a>, ShapeError>,
    /// Its arrival.
    pub arrival: Arrival<'a>,
    /// The JSON of your decision, if it is not the default answer.
    pub answer: Option<&'a str>,
}

/// Where the fields of the body's top level are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// In attributes too.
    Attributes,
    /// Only in the body, for a head that DynamoDB rejects with them as attributes.
    Body,
}

/// The items of a callback.
#[derive(Clone, Debug)]
pub struct Record {
    /// The item that represents the callback.
    pub head: Item,
    /// The items of a body that is too large for the head, in order. Usually none.
    pub parts: Vec<Item>,
    /// The attribute `Problem`: everything that does not have its documented shape.
    pub problem: Option<String>,
}

impl Record {
    /// Builds the items of a callback. Never fails: a field that doesn't fit is named in `Problem`.
    #[must_use]
    pub fn new(source: &Source<'_>, fields: Fields, item_settings: ItemSettings) -> Self {
        let Source { callback, event, arrival, answer } = source;
        let mut problems = callback.problems().to_vec();
        problems.extend(event.as_ref().err().map(ToString::to_string));
        let mut head = match fields {
            Fields::Attributes => {
                let room = MAX_SCALARS_BYTES.saturating_sub(answer.map_or(0, str::len));
                scalars(callback, room, &mut problems)
            }
            Fields::Body => {
                problems.push("fields are only in Body: DynamoDB rejected them as attributes".to_owned());
                Item::with_capacity(MANY_ATTRIBUTES)
            }
        };
        put_parameters(&mut head, callback.query(), &mut problems);
        put_keys(&mut head, callback, arrival, item_settings);
        // The typed event saves another pass over the body.
        let member_count = event.as_ref().ok().and_then(member_count);
        if let Some(count) = member_count.or_else(|| callback.object().array_len("MemberList")) {
            head.insert("MemberCount".to_owned(), number(count));
        }
        if let Some(answer) = answer {
            head.insert("Answer".to_owned(), text(*answer));
        }
        let problem = problem(&problems);
        if let Some(problem) = &problem {
            head.insert("Problem".to_owned(), text(problem));
        }
        let parts = parts::put_body(&mut head, callback.body());
        Self { head, parts, problem }
    }
}

/// The length of a typed event's `MemberList`.
fn member_count(event: &Event<'_>) -> Option<usize> {
    let members = match event {
        Event::GroupBeforeCreateGroup(event) => event.member_list.as_ref(),
        Event::GroupAfterCreateGroup(event) => event.member_list.as_ref(),
        Event::GroupAfterGroupDestroyed(event) => event.member_list.as_ref(),
        Event::GroupOnMemberStateChange(event) => event.member_list.as_ref(),
        _ => None,
    };
    members.map(Vec::len)
}

/// Adds keys, times and the facts of the request.
fn put_keys(head: &mut Item, callback: &Callback<'_>, arrival: &Arrival<'_>, item_settings: ItemSettings) {
    let Arrival { sdk_appid, received_at, request_id } = *arrival;
    let (command, time, digest) = (callback.command(), time(callback, received_at), digest(callback));
    let mut command_day = format!("{sdk_appid}#{command}#{}", day(time));
    if item_settings.index_shards > 1 {
        let shard = u64::from_be_bytes(digest) % u64::from(item_settings.index_shards);
        // Writing to a string can't fail.
        let _ = write!(command_day, "#{shard}");
    }
    let mut put = |name: &str, value| head.insert(name.to_owned(), value);
    put("pk", text(pk(callback, sdk_appid)));
    put("sk", text(sk(callback, time, digest)));
    put("CommandDay", text(command_day));
    put("SdkAppid", text(sdk_appid));
    put("CallbackCommand", text(command));
    put("ReceivedAt", number(received_at));
    put("RequestId", text(request_id));
    if let Some(event_time) = callback.event_time() {
        put("EventTime", number(event_time.0));
    }
    if let Some(days) = item_settings.retention_days {
        put("ExpiresAt", number(received_at / 1000 + u64::from(days) * 86_400));
    }
}

/// Adds the recorded URL parameters.
fn put_parameters(head: &mut Item, query: &Query<'_>, problems: &mut Vec<String>) {
    for (name, value) in [
        ("ClientIP", query.client_ip()),
        ("OptPlatform", query.opt_platform()),
        ("TencentRequestId", query.tencent_request_id()),
    ] {
        match value {
            Some(value) if value.len() <= MAX_SCALAR_BYTES => drop(head.insert(name.to_owned(), text(value))),
            Some(_) => problems.push(format!("{name} of the URL is over {MAX_SCALAR_BYTES} bytes")),
            None => {}
        }
    }
}

/// Adds the scalar fields of the body's top level, under Tencent's names.
fn scalars(callback: &Callback<'_>, mut room: usize, problems: &mut Vec<String>) -> Item {
    let mut item = Item::with_capacity(MANY_ATTRIBUTES);
    let unread = callback.object().unread();
    if unread > 0 {
        problems.push(format!("{unread} fields are only in Body: the first {MAX_FIELDS} are read"));
    }
    let mut left_out = 0_usize;
    for (name, field) in callback.object().iter() {
        // The last field with a name counts. So an earlier one is removed, even if the later one can't be an
        // attribute.
        if let Some(earlier) = item.remove(name) {
            room += size(name, &earlier);
        }
        if name.is_empty() || name.len() > MAX_SCALAR_BYTES || is_own(name) {
            continue;
        }
        let Some(value) = attribute::scalar(field) else {
            continue;
        };
        match room.checked_sub(size(name, &value)) {
            Some(rest) => {
                room = rest;
                item.insert(name.to_owned(), value);
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        problems.push(format!("{left_out} fields are only in Body: the item is full"));
    }
    item
}

/// The attribute `Problem`.
fn problem(problems: &[String]) -> Option<String> {
    let mut problem = problems.join("; ");
    problem.truncate(problem.floor_char_boundary(MAX_PROBLEM_BYTES));
    (!problem.is_empty()).then_some(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The record of a body and a query string.
    fn record(query: &str, body: &str) -> Record {
        record_with(None, query, body)
    }

    fn record_with(answer: Option<&str>, query: &str, body: &str) -> Record {
        let callback = Callback::admitted_before(query, body).expect("an object").expect("a callback");
        let event = callback.event();
        let arrival = Arrival { sdk_appid: "1", received_at: 1_670_574_414_321, request_id: "r" };
        let source = Source { callback: &callback, event: &event, arrival, answer };
        let item_settings = ItemSettings { retention_days: Some(90), index_shards: 64 };
        Record::new(&source, Fields::Attributes, item_settings)
    }

    #[test]
    fn fields_leave_room_for_own_attributes_and_omitted_are_counted() {
        let long = "x".repeat(MAX_SCALAR_BYTES);
        let query = format!("CallbackCommand=A.B&ClientIP={long}&OptPlatform={long}&RequestID={long}");
        // Each field takes a kilobyte, and there is room for 384. A repeated field takes no more room.
        let field = |index: usize| format!(r#""{index:04}":"{}""#, "v".repeat(1020));
        for (names, times, kept, left_out) in
            [(384, 1, 384, None), (384, 2, 384, None), (385, 1, 384, Some(1)), (400, 1, 384, Some(16))]
        {
            let fields: Vec<_> = (0..names * times).map(|index| field(index % names)).collect();
            let body = format!("{{{}}}", fields.join(","));
            let with_answer = record_with(Some(&"a".repeat(MAX_ANSWER_BYTES)), &query, &body).head;
            let bytes = |head: &Item| head.iter().map(|(name, value)| size(name, value)).sum::<usize>();
            assert!(bytes(&with_answer) <= MAX_ITEM_BYTES && with_answer.contains_key("Answer"));
            let Record { head, problem, .. } = record(&query, &body);
            let expected = left_out.map(|count| format!("{count} fields are only in Body: the item is full"));
            assert_eq!(problem, expected, "{names} names, {times} times");
            let found = head.keys().filter(|name| name.parse::<usize>().is_ok());
            assert_eq!(found.count(), kept, "{names} names, {times} times");
            assert!(bytes(&head) <= MAX_ITEM_BYTES);
        }
    }

    #[test]
    fn field_becomes_an_attribute_unless_name_is_too_long_or_own() {
        for (name, kept) in [
            ("n".repeat(MAX_SCALAR_BYTES), true),
            ("n".repeat(MAX_SCALAR_BYTES + 1), false),
            ("n".repeat(MAX_SCALAR_BYTES + 2), false),
            ("Part".to_owned(), false),
            (String::new(), false),
        ] {
            let head = record("CallbackCommand=A.B", &format!(r#"{{"{name}":true}}"#)).head;
            assert_eq!(head.contains_key(&name), kept, "{name}");
        }
    }

    #[test]
    fn members_are_counted_in_typed_and_untyped_bodies() {
        let list = r#""MemberList":[{"Member_Account":"a"},{"Member_Account":"b"}]"#;
        for (command, fields) in [
            ("BeforeCreateGroup", r#""Operator_Account":"","Owner_Account":"","Type":"","Name":"""#),
            ("AfterGroupDestroyed", r#""GroupId":"g","Type":"","Owner_Account":"""#),
            ("OnMemberStateChange", r#""GroupId":"g","EventType":"""#),
            ("AfterGroupFull", r#""GroupId":"g""#),
            ("AfterCreateGroup", r#""not":"as documented""#),
        ] {
            let query = format!("CallbackCommand=Group.Callback{command}");
            let count = |list: &str| {
                let head = record(&query, &format!("{{{fields},{list}}}")).head;
                head.get("MemberCount").cloned()
            };
            assert_eq!(count(list), Some(number(2)), "{command}");
            assert_eq!(count(r#""MemberList":null"#), None, "{command}");
        }
    }
}
