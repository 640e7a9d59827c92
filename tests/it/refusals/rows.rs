//! The table: untrustworthy requests, each with its reason.

use serde_json::{Value, json};
use support::requests::{post, request_time, signed};
use tencent_chat_callbacks::{Query, Refusal, signature::sign};
use tencent_chat_webhook::refused::Refused;

use super::bodies;

pub(super) const OURS: &str = "1400000001";
pub(super) const OURS_TOO: &str = "1400000002";
pub(super) const SETTINGS: [(&str, &str); 2] =
    [("SDK_APP_IDS", "1400000001,1400000002"), ("CALLBACK_TOKENS", TOKENS)];
const TOKENS: &str = "first token,1400000001:second:token,1400000002:its own token";
pub(super) const FIRST: &str = "first token";
pub(super) const SECOND: &str = "second:token";
pub(super) const OWN: &str = "its own token";
pub(super) const COMMAND: &str = "Group.CallbackAfterGroupFull";
pub(super) const BODY: &str = r#"{"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#1"}"#;

/// A request and the reason of its refusal.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) refused: Refused,
    pub(super) event: Value,
}

pub(super) fn row(what: impl Into<String>, refused: impl Into<Refused>, event: Value) -> Row {
    let (what, refused) = (what.into(), refused.into());
    Row { what, refused, event }
}

/// A complete, signed request.
pub(super) fn good() -> Value {
    post(&signed(OURS, COMMAND, FIRST), BODY)
}

/// A request for an application, with this text as `RequestTime` and `Sign` in the URL.
pub(super) fn with(sdk_appid: &str, request_time: &str, sign: &str) -> Value {
    let query =
        format!("SdkAppid={sdk_appid}&CallbackCommand={COMMAND}&Sign={sign}&RequestTime={request_time}");
    post(&query, BODY)
}

pub(super) fn every_row() -> Vec<Row> {
    let mut rows = wrong_methods();
    rows.extend(foreign_applications());
    rows.extend(missing_applications());
    rows.extend(wrong_times());
    rows.extend(malformed_signs());
    rows.extend(wrong_signs());
    rows.extend(hidden_signs());
    rows.extend(bodies::wrong_bodies());
    rows.extend(several_faults());
    rows
}

fn wrong_methods() -> Vec<Row> {
    let method = |name: &str| {
        let mut event = good();
        event["requestContext"]["http"]["method"] = json!(name);
        row(format!("method {name}"), Refused::NotPost, event)
    };
    ["GET", "PUT", "OPTIONS", "post"].map(method).into()
}

fn foreign_applications() -> Vec<Row> {
    let time = request_time(0);
    let sign = sign(FIRST, &time);
    [
        "1400000003",
        "",
        "01400000001",
        "1400000001%20",
        "+1400000001",
        "1400000001,1400000002",
        "%EF%BC%91400000001",
        "14000000010",
        "140000000",
        "null",
        "*",
        "1400000001%00",
        // If there are several, the first with the documented spelling wins, so that no other parameter can hide it.
        "1400000003&SdkAppid=1400000001",
        "1400000003&sdkappid=1400000001",
    ]
    .map(|id| row(format!("SdkAppid={id}"), Refusal::SdkAppidForeign, with(id, &time, &sign)))
    .into()
}

fn missing_applications() -> Vec<Row> {
    let time = request_time(0);
    let right = sign(FIRST, &time);
    let without = format!("CallbackCommand={COMMAND}&Sign={right}&RequestTime={time}");
    let in_body = r#"{"SdkAppid":"1400000001","CallbackCommand":"Group.CallbackAfterGroupFull"}"#;
    let mut rows: Vec<_> = [
        ("no query string", String::new()),
        ("no SdkAppid", without.clone()),
        ("SdkAppid under another name", format!("{without}&AppId={OURS}")),
        ("SdkAppid after a semicolon", format!("{without};SdkAppid={OURS}")),
        ("a query string of separators", "&&&==&=".to_owned()),
    ]
    .map(|(what, query)| row(what, Refusal::SdkAppidMissing, post(&query, in_body)))
    .into();
    // Without a body it would be the console's URL check, if the Sign were right and fresh.
    let old = request_time(-61);
    for (what, query, body) in [
        ("no SdkAppid, a body of fields", without.clone(), "{\"a\":1}"),
        ("no SdkAppid, a body of another kind", without.clone(), "[]"),
        ("no SdkAppid, no body, no Sign", format!("CallbackCommand={COMMAND}&RequestTime={time}"), ""),
        ("no SdkAppid, no body, no RequestTime", format!("Sign={right}"), "{}"),
        ("no SdkAppid, no body, nothing else", String::new(), ""),
        ("no SdkAppid, no body, a wrong Sign", format!("RequestTime={time}&Sign={}", "0".repeat(64)), "{}"),
        ("no SdkAppid, no body, an old Sign", format!("RequestTime={old}&Sign={}", sign(FIRST, &old)), ""),
        ("no SdkAppid, no body, no digits", format!("RequestTime={time}&Sign=x"), " "),
    ] {
        rows.push(row(what, Refusal::SdkAppidMissing, post(&query, body)));
    }
    let mut event = good();
    event["rawQueryString"] = Value::Null;
    rows.push(row("query string null", Refusal::SdkAppidMissing, event));
    rows
}

fn wrong_times() -> Vec<Row> {
    let now = request_time(0);
    let old = [request_time(-61), request_time(-3600), "1669872112".into(), "0".into()];
    // The clock may advance before the request arrives, so this is not exactly 61 seconds.
    let ahead = [request_time(65), format!("{now}000"), u64::MAX.to_string()];
    let malformed = [
        String::new(),
        "18446744073709551616".into(),
        "1".repeat(400),
        format!("%2B{now}"),
        format!("+{now}"),
        format!("-{now}"),
        format!("{now}%20"),
        format!("{now}%00"),
        format!("{now}.0"),
        "1e9".into(),
        "0x6388a5f0".into(),
        "1_669_872_112".into(),
        "%D9%A1".repeat(10),
        "now".into(),
    ];
    let old = old.map(|time| timed(Refusal::SignTooOld, &time));
    let ahead = ahead.map(|time| timed(Refusal::SignInFuture, &time));
    let malformed = malformed.map(|time| timed(Refusal::SignMalformed, &time));
    let mut rows: Vec<_> = old.into_iter().chain(ahead).chain(malformed).collect();
    let query = format!("SdkAppid={OURS}&CallbackCommand={COMMAND}&Sign={}", sign(FIRST, &now));
    rows.push(row("no RequestTime", Refusal::SignMissing, post(&query, BODY)));
    rows
}

/// A request with a `Sign` that matches its `RequestTime`, so that only the time is wrong.
fn timed(refusal: Refusal, request_time: &str) -> Row {
    let query = format!("RequestTime={request_time}");
    let sign = sign(FIRST, Query::parse(&query).request_time().expect("it is there"));
    row(query, refusal, with(OURS, request_time, &sign))
}

fn malformed_signs() -> Vec<Row> {
    let time = request_time(0);
    let right = sign(FIRST, &time);
    [
        ("no digits", String::new()),
        ("63 digits", right[1..].to_owned()),
        ("65 digits", format!("{right}0")),
        ("twice", right.repeat(2)),
        ("a letter that is not a digit", format!("g{}", &right[1..])),
        ("a space before it", format!("+{right}")),
        ("a space in it", format!("+{}", &right[1..])),
        ("0x before it", format!("0x{right}")),
        ("64 bytes that are not text", "%FF".repeat(64)),
    ]
    .map(|(what, sign)| row(format!("Sign: {what}"), Refusal::SignMalformed, with(OURS, &time, &sign)))
    .into()
}

fn wrong_signs() -> Vec<Row> {
    let time = request_time(0);
    let right = sign(FIRST, &time);
    let last = if right.ends_with('0') { "1" } else { "0" };
    let mut rows: Vec<_> = [
        ("zeros", "0".repeat(64)),
        ("its last digit wrong", format!("{}{last}", &right[..63])),
        ("of another time", sign(FIRST, &request_time(-1))),
        ("of no token", sign("", &time)),
        ("of an unknown token", sign("third token", &time)),
        ("of the time before the token", sign(&time, FIRST)),
        ("of a token in other letters", sign("First token", &time)),
        ("of a token and a space", sign("first token ", &time)),
        ("of the whole setting", sign(TOKENS, &time)),
        ("of another application's token", sign(OWN, &time)),
    ]
    .map(|(what, sign)| row(format!("Sign: {what}"), Refusal::SignWrong, with(OURS, &time, &sign)))
    .into();
    let entry = sign("1400000002:its own token", &time);
    let event = with(OURS_TOO, &time, &entry);
    rows.push(row("Sign: of an entry with its SDKAppID", Refusal::SignWrong, event));
    rows
}

/// A right `Sign` in the wrong place.
fn hidden_signs() -> Vec<Row> {
    let time = request_time(0);
    let right = sign(FIRST, &time);
    let zeros = "0".repeat(64);
    let without = format!("SdkAppid={OURS}&CallbackCommand={COMMAND}&RequestTime={time}");
    let in_body = format!(r#"{{"Sign":"{right}"}}"#);
    let second = with(OURS, &time, &format!("{zeros}&Sign={right}"));
    let spelled = post(&format!("{without}&sign={right}&Sign={zeros}"), BODY);
    vec![
        row("no Sign", Refusal::SignMissing, post(&without, BODY)),
        row("Sign: in the body", Refusal::SignMissing, post(&without, &in_body)),
        row("Sign: the second of two", Refusal::SignWrong, second),
        row("Sign: in another spelling", Refusal::SignWrong, spelled),
    ]
}

/// Requests with several errors: the first check in the documented order decides.
fn several_faults() -> Vec<Row> {
    let (now, zeros, huge) = (request_time(0), "0".repeat(64), bodies::too_large());
    let right = sign(FIRST, &now);
    let faulty = |app: &str, time: &str, sign: &str, body: &str| {
        let query = format!("SdkAppid={app}&CallbackCommand=%23&Sign={sign}&RequestTime={time}");
        post(&query, body)
    };
    let mut all = faulty("1", "0", &zeros, &huge);
    all["requestContext"]["http"]["method"] = json!("GET");
    let application = faulty("1", "0", &zeros, &huge);
    let time = faulty(OURS, "0", &zeros, &huge);
    let no_time = faulty(OURS, "x", "x", &huge);
    let sign = faulty(OURS, &now, &zeros, &huge);
    let size = faulty(OURS, &now, &right, &huge);
    let json = faulty(OURS, &now, &right, "x");
    vec![
        row("all wrong", Refused::NotPost, all),
        row("all but the method", Refusal::SdkAppidForeign, application),
        row("time, Sign, size", Refusal::SignTooOld, time),
        row("time malformed, Sign malformed, size", Refusal::SignMalformed, no_time),
        row("Sign, size", Refusal::SignWrong, sign),
        row("size", Refused::BodyTooLarge, size),
        row("JSON", Refusal::BodyNotJson, json),
    ]
}
