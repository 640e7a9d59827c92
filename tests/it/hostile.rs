//! The worst bodies and query strings that a sender with a token can send: recorded, and read back byte for byte.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use support::{
    reception::receive,
    requests::{SDK_APPID, post, request_time},
};
use tencent_chat_callbacks::signature::sign;
use tencent_chat_webhook::refused::MAX_BODY_BYTES;

use crate::world::{World, as_json, status_and_body};

const TOKEN: &str = "token";
const COMMAND: &str = "Group.CallbackAfterCreateGroup";

/// A signed event with a body, as text or in base64.
fn event(more: &str, body: &str, base64: bool) -> Value {
    let time = request_time(0);
    let sign = sign(TOKEN, &time);
    let query =
        format!("SdkAppid={SDK_APPID}&CallbackCommand={COMMAND}&Sign={sign}&RequestTime={time}{more}");
    if !base64 {
        return post(&query, body);
    }
    let mut event = post(&query, &STANDARD.encode(body));
    event["isBase64Encoded"] = json!(true);
    event
}

/// Sends a body that must be recorded, and returns its head from DynamoDB.
async fn recorded(world: &World, more: &str, body: &str, base64: bool) -> Value {
    let shown: String = body.chars().take(60).collect();
    let (status, reply) = status_and_body(&world.send(&event(more, body, base64)).await);
    let line = world.log.take_lines().remove(0);
    let why = (&line["reason"], &line["error"]);
    assert_eq!((status, &reply["ErrorCode"]), (200, &json!(0)), "{shown}: {why:?}");
    let head = world.table.heads().await.remove(0);
    assert!(world.table.body(&head).await == body, "{shown}: another body comes back");
    world.table.clear().await;
    as_json(&head)
}

/// Objects of up to 3.5 MB.
fn huge_bodies() -> Vec<String> {
    let filled = |start: &str, filler: &str, end: &str| {
        let times = (MAX_BODY_BYTES - start.len() - end.len()) / filler.len();
        format!("{start}{}{end}", filler.repeat(times))
    };
    let fields = |of: fn(usize) -> String, count| {
        let fields: Vec<_> = (0..count).map(of).collect();
        format!("{{{}}}", fields.join(","))
    };
    vec![
        filled(r#"{"a":""#, "x", r#""}"#),
        filled(r#"{"GroupId":""#, "群", r#""}"#),
        filled(r#"{"a":""#, r"\u0000", r#""}"#),
        filled(r#"{"a":""#, r"\ud800", r#""}"#),
        filled(r#"{""#, "k", r#"":1}"#),
        filled(r#"{"a":1"#, " \n", "}"),
        filled(r#"{"a":["#, "0,", "0]}"),
        filled(r#"{"a":"#, "9", "}"),
        fields(|index| format!(r#""{index}":{index}"#), 200_000),
        fields(|_| r#""same":1"#.to_owned(), 300_000),
        fields(|index| format!(r#""{index}":"{}""#, "v".repeat(1024)), 3_000),
        fields(|index| format!(r#""{index}":{}"#, "8".repeat(38)), 9_000),
    ]
}

/// Objects that could confuse a parser, a table or a key.
fn odd_bodies() -> Vec<String> {
    let arrays = |name: &str| format!(r#"{{"{name}":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let long_numbers = format!(r#"{{"n":{},"m":-0.{}e-9}}"#, "7".repeat(400), "2".repeat(400));
    let mut bodies = vec![
        arrays("a"),
        format!("{{\"a\":{}1{}}}", "{\"a\":".repeat(10_000), "}".repeat(10_000)),
        arrays("MemberList"),
        arrays("Info"),
        arrays("EventTime"),
        arrays("GroupId"),
        arrays("UserDefinedDataList"),
        long_numbers,
    ];
    let short = [
        r#"{"a":1,"a":"two","a":[3],"a":4,"GroupId":"first","GroupId":"last"}"#,
        r#"{"\u0061":1,"a":2}"#,
        r#"{"nul":"a\u0000b","\u0000":"nul"}"#,
        r#"{"lone":"\ud800","\udfff":1,"pair":"\ud83d\ude00","GroupId":"\ud800"}"#,
        r#"{"a":1e400,"b":-1e-400,"c":0e400,"d":-0,"e":1E+125,"f":0.1e126,"g":9e-999999999999999999999}"#,
        r#"{"pk":"x","sk":"x","Body":"x","BodyParts":7,"Part":"x","CommandDay":"x","":"x"}"#,
        r#"{"SdkAppid":"x","RequestId":1,"ReceivedAt":"x","Problem":"x","ExpiresAt":0,"MemberCount":"x"}"#,
        r#"{"EventTime":"99999999999999999999","MemberList":{},"Info":[]}"#,
        r#"{"EventTime":-1,"GroupId":7,"From_Account":null,"Info":{"To_Account":{}}}"#,
        r##"{"a.b":1,"a[0]":2,":v":3,"#n":4,"群":5,"👩‍👩‍👧":6,"'; DROP TABLE":7}"##,
        "\n\t {\r\n\"a\" :\t1 } \n",
    ];
    bodies.extend(short.map(str::to_owned));
    bodies
}

#[tokio::test]
async fn hostile_bodies_are_recorded_and_read_back_unchanged() {
    let world = World::with_settings(&[("CALLBACK_TOKENS", TOKEN), ("RETENTION_DAYS", "90")]).await;
    for (index, body) in odd_bodies().iter().enumerate() {
        recorded(&world, "", body, index % 2 == 1).await;
    }
}

#[test]
fn huge_bodies_fit_and_are_read_back_unchanged() {
    for body in huge_bodies() {
        // DynamoDB's limits and reading back are checked inside.
        let record = receive(&format!("CallbackCommand={COMMAND}"), body.as_bytes());
        assert!(record.is_ok_and(|record| record.is_some()), "{}", &body[..20]);
    }
}

#[tokio::test]
async fn any_group_id_makes_a_valid_key() {
    let world = World::with_settings(&[("CALLBACK_TOKENS", TOKEN)]).await;
    let longest = "群".repeat(341) + "x";
    for id in [
        "@TGS#_@TGS#cQVLVHIM62CJ@TOPIC#_TestTopic",
        "#",
        "#part#0001",
        "👩‍👩‍👧",
        "我的第一個群組",
        " ",
        "\u{0}",
        "\u{feff}\u{202e}\u{ffff}",
        r#"""\"#,
        longest.as_str(),
    ] {
        let body = json!({ "GroupId": id }).to_string();
        let head = recorded(&world, "", &body, false).await;
        assert_eq!(head["pk"], json!({ "S": format!("{SDK_APPID}#{id}") }));
    }
    let body = json!({ "GroupId": longest + "x" }).to_string();
    let head = recorded(&world, "", &body, false).await;
    assert_eq!(head["pk"], json!({ "S": format!("{SDK_APPID}#{COMMAND}") }));
}

#[tokio::test]
async fn query_values_are_decoded_and_recorded() {
    let world = World::with_settings(&[("CALLBACK_TOKENS", TOKEN)]).await;
    let long = "%41".repeat(2700);
    for (more, name, expected) in [
        ("&OptPlatform=a+b%2Bc%20d", "OptPlatform", Some("a b+c d")),
        ("&OptPlatform=%e7%be%A4", "OptPlatform", Some("群")),
        ("&OptPlatform=群", "OptPlatform", Some("群")),
        ("&OptPlatform=%zz%4%", "OptPlatform", Some("%zz%4%")),
        ("&OptPlatform=%2541", "OptPlatform", Some("%41")),
        ("&OptPlatform=%00", "OptPlatform", Some("\0")),
        ("&OptPlatform=%FF%C0%80", "OptPlatform", Some("\u{fffd}\u{fffd}\u{fffd}")),
        ("&OptPlatform=%ED%A0%80", "OptPlatform", Some("\u{fffd}\u{fffd}\u{fffd}")),
        ("&OptPlatform=", "OptPlatform", Some("")),
        ("&OptPlatform", "OptPlatform", Some("")),
        ("&OptPlatform=a=b=c", "OptPlatform", Some("a=b=c")),
        ("&%4FptPlatform=x", "OptPlatform", Some("x")),
        ("&ClientIP=1&ClientIP=2", "ClientIP", Some("1")),
        ("&clientip=1&ClientIP=2&CLIENTIP=3", "ClientIP", Some("2")),
        ("&SdkAppid=9&CallbackCommand=No.Other&Sign=0&RequestTime=0", "CallbackCommand", Some(COMMAND)),
        (&format!("&OptPlatform={long}"), "OptPlatform", None),
        (&format!("&own={long}&{long}={long}"), "OptPlatform", None),
        (&"&a=b".repeat(2000), "OptPlatform", None),
    ] {
        let head = recorded(&world, more, r#"{"GroupId":"@TGS#1"}"#, false).await;
        let found = head.get(name).map(|value| value["S"].clone());
        assert_eq!(found, expected.map(|text| json!(text)), "{}", &more[..more.len().min(80)]);
    }
}
