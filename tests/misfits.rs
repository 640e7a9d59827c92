//! Bad input: what is refused and with which words, and what is recorded with a `Problem`.

use serde_json::{Value, json};

mod support;
use support::{SDK_APPID, World, post, status_and_body};

const FULL: &str = "Group.CallbackAfterGroupFull";

fn query(command: &str) -> String {
    format!("SdkAppid={SDK_APPID}&CallbackCommand={command}")
}

/// Every reply that needs no token: the event, status, and `ErrorInfo`.
fn refused() -> Vec<(&'static str, Value, u64, &'static str)> {
    let other_method = |method: &str| {
        let mut event = post(&query(FULL), "{}");
        event["requestContext"]["http"]["method"] = json!(method);
        event
    };
    let base64 = |body: &str| {
        let mut event = post(&query(FULL), body);
        event["isBase64Encoded"] = json!(true);
        event
    };
    let too_long = "a".repeat(129);
    let too_large = format!(r#"{{"Name":"{}"}}"#, "x".repeat(3_500_000));
    let not_json = "The body is not JSON.";
    let no_object = "The body is not a JSON object.";
    let no_name = "CallbackCommand is not a name.";
    let foreign = "This SdkAppid is not served here.";
    vec![
        ("GET", other_method("GET"), 405, "Only POST is served."),
        ("PUT", other_method("PUT"), 405, "Only POST is served."),
        ("no SdkAppid", post(&format!("CallbackCommand={FULL}"), "{}"), 403, foreign),
        ("no query at all", post("", "{}"), 403, foreign),
        ("foreign", post(&format!("SdkAppid=1400000099&CallbackCommand={FULL}"), "{}"), 403, foreign),
        ("foreign, before the body", post("SdkAppid=1400000099", "{"), 403, foreign),
        ("over 3.5 MB", post(&query(FULL), &too_large), 413, "The body is larger than 3.5 MB."),
        ("not base64", base64("{}"), 400, "The body is not UTF-8."),
        ("not UTF-8", base64("eyJhIjoi/yJ9"), 400, "The body is not UTF-8."),
        ("empty", post(&query(FULL), ""), 400, not_json),
        ("cut off", post(&query(FULL), r#"{"GroupId":"@T"#), 400, not_json),
        ("two objects", post(&query(FULL), "{}{}"), 400, not_json),
        ("array", post(&query(FULL), "[{}]"), 400, no_object),
        ("null", post(&query(FULL), "null"), 400, no_object),
        (
            "differ",
            post(&query(FULL), r#"{"CallbackCommand":"A.B"}"#),
            400,
            "CallbackCommand of URL and body differ.",
        ),
        ("empty name", post(&query(""), "{}"), 400, no_name),
        ("no name", post(&query("A%20B"), "{}"), 400, no_name),
        ("long name", post(&query(&too_long), "{}"), 400, no_name),
        (
            "no name in the body",
            post(&format!("SdkAppid={SDK_APPID}"), r#"{"CallbackCommand":"/"}"#),
            400,
            no_name,
        ),
        ("number for a name", post(&query(FULL), r#"{"CallbackCommand":5}"#), 400, no_name),
    ]
}

#[tokio::test]
async fn what_is_refused_gets_its_words_and_is_not_recorded() {
    let world = World::start().await;
    for (case, event, status, error_info) in refused() {
        let (given, reply) = status_and_body(&world.send(&event).await);
        let expected = json!({ "ActionStatus": "FAIL", "ErrorInfo": error_info, "ErrorCode": status });
        assert_eq!((given, reply), (status, expected), "{case}");
    }
    assert!(world.items().await.is_empty());
}

/// What is recorded all the same: the command, the body, the subject that counts, and what `Problem` says.
const RECORDED: [(&str, &str, &str, Option<&str>); 16] = [
    (FULL, r#"{"GroupId":"@T","New":{"a":[1]},$TIME}"#, "@T", None),
    (FULL, r#"{"GroupId":"@T","EventTime":"1670574414123"}"#, "@T", None),
    (FULL, r"{$TIME}", FULL, Some("missing field `GroupId`")),
    (FULL, r#"{"GroupId":"",$TIME}"#, FULL, Some("GroupId is empty")),
    (FULL, r#"{"GroupId":5,$TIME}"#, FULL, Some("GroupId is not a string; GroupId: invalid type")),
    (FULL, r#"{"GroupId":"$1025",$TIME}"#, FULL, Some("GroupId is over 1024 bytes")),
    (FULL, r#"{"GroupId":"@T","TopicId":7,$TIME}"#, "@T", Some("TopicId: invalid type: integer `7`")),
    ("A.B", r#"{"GroupId":"$1024"}"#, "xxxx", None),
    ("A.B", r#"{"GroupId":"$1025","From_Account":"bob"}"#, "bob", Some("GroupId is over 1024 bytes")),
    ("A.B", r#"{"GroupId":null,"From_Account":"bob"}"#, "bob", None),
    ("A.B", r#"{"Info":{"To_Account":"eve"}}"#, "eve", None),
    ("A.B", r#"{"Info":{"To_Account":[]}}"#, "A.B", Some("Info.To_Account is not a string")),
    ("A.B", r#"{"Info":"eve"}"#, "A.B", None),
    (
        "Group.CallbackAfterGroupDestroyed",
        r#"{"GroupId":"@T","Type":"Work","Owner_Account":"o","MemberList":[{"Member_Account":5}],$TIME}"#,
        "@T",
        Some("MemberList[0].Member_Account: invalid type: integer `5`"),
    ),
    ("Group.CallbackAfterCreateGroup", r#"{"GroupId":"@T",$TIME}"#, "@T", Some("missing field")),
    ("Group.CallbackAfterGroupInfoChanged", r#"{"GroupId":"@T",$TIME}"#, "@T", Some("missing field")),
];

#[tokio::test]
async fn a_body_of_another_shape_is_recorded_with_its_problem() {
    for (command, body, subject, problem) in RECORDED {
        let world = World::start().await;
        let body = body
            .replace("$TIME", r#""EventTime":1670574414123"#)
            .replace("$1024", &"x".repeat(1024))
            .replace("$1025", &"x".repeat(1025));
        let (status, _) = status_and_body(&world.send(&post(&query(command), &body)).await);
        assert_eq!(status, 200, "{body}");
        let item = world.item().await;
        assert_eq!(item["Body"]["S"], *body);
        let pk = item["pk"]["S"].as_str().expect("a key");
        assert!(pk.starts_with(&format!("{SDK_APPID}#{subject}")), "{pk} of {body}");
        match (item["Problem"]["S"].as_str(), problem) {
            (None, None) => {}
            (Some(given), Some(expected)) => assert!(given.contains(expected), "{given} of {body}"),
            other => panic!("{other:?} of {body}"),
        }
    }
}

#[tokio::test]
async fn an_insane_event_time_counts_as_absent() {
    for event_time in [
        "-1",
        "0",
        "1670574414",
        "1670574414123000",
        "99999999999999999999",
        "1e400",
        "1.5",
        "\"\"",
        "\"abc\"",
        "\"+1670574414123\"",
        "\"-1\"",
        "\" 1670574414123\"",
        "true",
        "[]",
        "{\"a\":1}",
    ] {
        let world = World::start().await;
        let body = format!(r#"{{"GroupId":"@T","EventTime":{event_time}}}"#);
        let query = format!("{}&RequestTime=1670574999", query("A.B"));
        assert_eq!(status_and_body(&world.send(&post(&query, &body)).await).0, 200, "{event_time}");
        let item = world.item().await;
        assert_eq!(item.get("EventTime"), None, "{event_time}");
        assert_eq!(item["Problem"]["S"], "EventTime is no time in milliseconds", "{event_time}");
        let sk = item["sk"]["S"].as_str().expect("a key");
        assert!(sk.starts_with("1670574999000#A.B#"), "{sk}");
    }
}

#[tokio::test]
async fn our_own_attributes_win_a_clash() {
    let world = World::start().await;
    let body = r#"{"pk":"x","sk":1,"CommandDay":"x","SdkAppid":1,"ClientIP":"x","OptPlatform":"x","ReceivedAt":"x",
        "RequestId":true,"MemberCount":7,"Body":"x","BodyParts":9,"Part":"x","Problem":"x","ExpiresAt":1,"":1,"Own":1}"#;
    world.send(&post(&format!("{}&ClientIP=203.0.113.7&OptPlatform=Web", query("A.B")), body)).await;
    let item = world.item().await;
    let names: Vec<_> = item.as_object().expect("an item").keys().map(String::as_str).collect();
    let expected = [
        "Body",
        "CallbackCommand",
        "ClientIP",
        "CommandDay",
        "OptPlatform",
        "Own",
        "ReceivedAt",
        "RequestId",
        "SdkAppid",
        "pk",
        "sk",
    ];
    assert_eq!(names, expected);
    assert_eq!(item["Body"]["S"], body);
    assert_eq!((&item["ClientIP"]["S"], &item["OptPlatform"]["S"]), (&json!("203.0.113.7"), &json!("Web")));
}

#[tokio::test]
async fn an_object_without_a_command_is_recorded_as_unknown() {
    let world = World::start().await;
    world.send(&post(&format!("SdkAppid={SDK_APPID}"), r#"{"EventTime":1670574414123}"#)).await;
    let item = world.item().await;
    assert_eq!(item["pk"]["S"], format!("{SDK_APPID}#Unknown"));
    assert_eq!(item["CommandDay"]["S"], format!("{SDK_APPID}#Unknown#2022-12-09"));
}

#[tokio::test]
async fn retention_sets_the_time_to_live() {
    let world = World::with_settings(&[("ALLOW_UNSIGNED", "true"), ("RETENTION_DAYS", "30")]).await;
    world.send(&post(&query("A.B"), "{}")).await;
    let item = world.item().await;
    let number =
        |name: &str| item[name]["N"].as_str().and_then(|text| text.parse::<u64>().ok()).expect("a number");
    assert_eq!(number("ExpiresAt"), number("ReceivedAt") / 1000 + 30 * 86_400);
}
