//! For any input: no panic, always a documented reply, and for every admitted object a record that DynamoDB accepts
//! and that contains the body byte for byte.
//!
//! `PROPTEST_CASES=100000 cargo test properties` tries more than the default of 256 cases each.

use aws_sdk_dynamodb::types::AttributeValue;
use proptest::{collection::vec, prelude::*, test_runner::Config};
use serde_json::Value;
use support::reception::receive;
use tencent_chat_callbacks::{
    App, Query, Receiver, Refusal,
    signature::{TOLERANCE_SECONDS, sign},
};
use tokio::runtime::Runtime;

use crate::world::{World, status_and_body};

mod json;
mod request;
mod url;
use request::{Earned, Request, TOKEN, request};

/// The function's attributes and those of `chat-events`, which win over a body's fields.
const OWN: [&str; 19] = [
    "pk",
    "sk",
    "CommandDay",
    "SdkAppid",
    "CallbackCommand",
    "ClientIP",
    "OptPlatform",
    "TencentRequestId",
    "EventTime",
    "ReceivedAt",
    "RequestId",
    "MemberCount",
    "Body",
    "BodyParts",
    "Part",
    "Problem",
    "Answer",
    "ExpiresAt",
    "Erased",
];

/// The default number of cases. A failing case is in the output, so it is not saved in a file.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_query_string_is_read_and_logged_without_sign(
        raw in "(SdkAppid|sdkappid|Sign|SIGN|ClientIP|RequestTime|&|=|%|%[0-9A-Fa-f]{2}|\\+|;|.){0,40}",
    ) {
        let query = Query::parse(&raw);
        let unsigned = query.without_sign();
        let again = Query::parse(&unsigned);
        prop_assert!(again.sign().is_none());
        for (before, after) in [
            (query.sdk_appid(), again.sdk_appid()),
            (query.callback_command(), again.callback_command()),
            (query.client_ip(), again.client_ip()),
            (query.opt_platform(), again.opt_platform()),
            (query.request_time(), again.request_time()),
            (query.tencent_request_id(), again.tencent_request_id()),
        ] {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn parameter_is_found_in_every_encoding(style in url::style(), ip in ".*", platform in ".{0,20}") {
        let raw = style.write(&[("OptPlatform", platform.clone()), ("ClientIP", ip.clone())]);
        let query = Query::parse(&raw);
        prop_assert_eq!(query.client_ip(), Some(ip.as_str()), "{}", raw);
        prop_assert_eq!(query.opt_platform(), Some(platform.as_str()), "{}", raw);
    }

    #[test]
    fn any_bytes_as_body_never_panic(body in vec(any::<u8>(), 0..400), query in "(CallbackCommand=[a-zA-Z.]{0,9})?") {
        // The checks are inside: random bytes may be anything, even an object.
        let _ = receive(&query, &body);
    }

    #[test]
    fn object_with_a_changed_byte_never_panics(object in json::object(), at in any::<usize>(), byte in any::<u8>()) {
        let mut body = object.into_bytes();
        let at = at % body.len();
        body[at] = byte;
        // The checks are inside: the result depends on the byte.
        let _ = receive("CallbackCommand=Group.CallbackAfterCreateGroup", &body);
    }

    #[test]
    fn every_object_is_recorded(object in json::object(), query in "(CallbackCommand=(Group[.]CallbackAfterCreateGroup|State[.]StateChange))?") {
        let record = receive(&query, object.as_bytes());
        let record = match record {
            Ok(Some(record)) => record,
            // The checks are inside: an object without fields may be the console's URL check.
            Ok(None) => return Ok(()),
            Err(refusal) => return Err(TestCaseError::fail(format!("{refusal:?}"))),
        };
        // If another parser can read the object, its values match the attributes.
        if let Ok(Value::Object(fields)) = serde_json::from_str(&object) {
            for (name, field) in fields {
                if let Some(expected) = attribute_of(&name, &field) {
                    prop_assert_eq!(record.head.get(&name), Some(&expected), "{}", name);
                }
            }
        }
    }

    #[test]
    fn only_a_fresh_sign_by_a_token_admits(
        token in "[ -~&&[^,]]{0,100}[!-~&&[^,]]",
        other in "[ -~]{0,20}",
        request_time in 0_u64..=u64::MAX,
        drift in -70_i64..=70,
        nibble in 0_usize..64,
    ) {
        let time = request_time.to_string();
        let now = request_time.saturating_add_signed(drift);
        let admit = |sign: &str| {
            let raw = format!("SdkAppid=1&RequestTime={time}&Sign={sign}");
            let Ok(app) = App::signed("1", [token.as_str()]) else { panic!("a token") };
            let receiver = Receiver::new([app]);
            receiver.admit(Query::parse(&raw), b"", now).map(|admitted| admitted.signed_by().map(|by| by.index))
        };
        let right = sign(&token, &time);
        if now.abs_diff(request_time) > TOLERANCE_SECONDS {
            let late = if now > request_time { Refusal::SignTooOld } else { Refusal::SignInFuture };
            prop_assert_eq!(admit(&right), Err(late));
            return Ok(());
        }
        prop_assert_eq!(admit(&right), Ok(Some(0)));
        prop_assert_eq!(admit(&right.to_uppercase()), Ok(Some(0)));
        let mut wrong = right.clone();
        wrong.replace_range(nibble..=nibble, if right.as_bytes()[nibble] == b'0' { "1" } else { "0" });
        prop_assert_eq!(admit(&wrong), Err(Refusal::SignWrong));
        if other != token {
            prop_assert_eq!(admit(&sign(&other, &time)), Err(Refusal::SignWrong));
        }
    }
}

/// The attribute that a field must become; `None` if that depends on details, such as the notation of a number.
fn attribute_of(name: &str, field: &Value) -> Option<AttributeValue> {
    if name.is_empty() || name.len() > 1024 || OWN.contains(&name) {
        return None;
    }
    match field {
        Value::String(text) if text.len() <= 1024 => Some(AttributeValue::S(text.clone())),
        Value::Bool(value) => Some(AttributeValue::Bool(*value)),
        _ => None,
    }
}

#[test]
fn every_event_gets_its_expected_reply() {
    let runtime = Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::with_settings(&[("CALLBACK_TOKENS", TOKEN)]));
    proptest!(config(), |(request in request())| {
        runtime.block_on(check(&world, &request));
    });
}

/// Sends a request to the handler, and checks the reply and the table.
async fn check(world: &World, request: &Request) {
    let (status, body) = status_and_body(&world.send(&request.event()).await);
    let (expected, recorded) = match request.earned() {
        Earned::Refusal(status) => (status, None),
        Earned::Probe => (200, None),
        Earned::Record(body) => (200, Some(body)),
    };
    let (action_status, error_code) = if expected == 200 { ("OK", 0) } else { ("FAIL", expected) };
    assert_eq!(status, expected, "{body}");
    assert_eq!(body["ActionStatus"], action_status);
    assert_eq!(body["ErrorCode"], error_code);
    assert!(body["ErrorInfo"].is_string());
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(3));

    assert_eq!(world.table.bodies().await, Vec::from_iter(recorded), "{body}");
    world.table.clear().await;
}
