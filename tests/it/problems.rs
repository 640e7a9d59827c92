//! Bodies that don't have their documented shape are still recorded. Also: how settings change an item.

use serde_json::{Value, json};
use support::requests::{SDK_APPID, post};

use crate::world::{World, status_and_body};

const FULL: &str = "Group.CallbackAfterGroupFull";

fn query(command: &str) -> String {
    format!("SdkAppid={SDK_APPID}&CallbackCommand={command}")
}

/// Records a body, and returns its item and its log line.
async fn recorded(settings: &[(&str, &str)], query: &str, body: &str) -> (Value, Value) {
    let world = World::with_settings(&[&[("ALLOW_UNSIGNED", "true")], settings].concat()).await;
    let (status, _) = status_and_body(&world.send(&post(query, body)).await);
    assert_eq!(status, 200, "{body}");
    let item = world.table.item().await;
    assert_eq!(item["Body"]["S"], *body);
    (item, world.log.take_lines().remove(0))
}

/// The command in the URL, the body, the resulting subject, and the beginning of `Problem`.
const MISFITS: [(&str, &str, &str, Option<&str>); 14] = [
    (FULL, r#"{"GroupId":"@T","New":{"a":[1]},$TIME}"#, "@T", None),
    (FULL, r"{$TIME}", FULL, Some("missing field `GroupId`")),
    (FULL, r#"{"GroupId":5,$TIME}"#, FULL, Some("GroupId is not a string")),
    (FULL, r#"{"GroupId":"@T","TopicId":[],$TIME}"#, "@T", Some("TopicId: invalid type: sequence")),
    (
        FULL,
        r#"{"CallbackCommand":"A.B","GroupId":"@T",$TIME}"#,
        "@T",
        Some("CallbackCommand of the body is A.B"),
    ),
    ("A.B", r#"{"CallbackCommand":5}"#, "A.B", Some("CallbackCommand of the body is not a name")),
    ("a%20b", r#"{"a":1}"#, "Unknown", Some("CallbackCommand of the URL is not a name")),
    ("", r#"{"CallbackCommand":"A.B"}"#, "A.B", Some("CallbackCommand of the URL is not a name")),
    ("A.B", r#"{"Info":{"To_Account":[]}}"#, "A.B", Some("Info.To_Account is not a string")),
    ("A.B", r#"{"RoomId":"r",$TIME}"#, "r", None),
    ("Call.CallbackAfterEndCall", r#"{"CallRecord":{"CallId":"c","EndTime":1670574414}}"#, "c", None),
    (FULL, r#"{"GroupId":"@T","\ud800":"\ud800","TopicId":"\udfff",$TIME}"#, "@T", None),
    (
        FULL,
        r#"{"GroupId":"@T","TopicId":{"secret":"secret"},$TIME}"#,
        "@T",
        Some("TopicId: invalid type: map, expected a string or a number at line 1"),
    ),
    (
        "Sns.CallbackFriendAdd",
        r#"{"From_Account":"f","PairList":"my secret card, expected \"secret\"",$TIME}"#,
        "f",
        Some("PairList: invalid type: string, expected a sequence at line 1 column"),
    ),
];

#[tokio::test]
async fn undocumented_shape_is_recorded_with_a_problem() {
    for (command, body, subject, problem) in MISFITS {
        let body = body.replace("$TIME", r#""EventTime":1670574414123"#);
        let (item, line) = recorded(&[], &query(command), &body).await;
        assert_eq!(item["pk"]["S"], format!("{SDK_APPID}#{subject}"), "{body}");
        let found = item["Problem"]["S"].as_str();
        assert_eq!(found.is_some(), problem.is_some(), "{found:?} of {body}");
        assert!(found.unwrap_or_default().starts_with(problem.unwrap_or_default()), "{found:?} of {body}");
        assert!(!line.to_string().contains("secret"), "{line}");
        assert_eq!(line.get("problem"), item["Problem"].get("S"), "{body}");
        assert_eq!(line["CallbackCommand"], item["CallbackCommand"]["S"], "{body}");
    }
}

#[tokio::test]
async fn object_without_a_command_is_recorded_as_unknown() {
    let (item, _) = recorded(&[], &format!("SdkAppid={SDK_APPID}"), r#"{"EventTime":1670574414123}"#).await;
    assert_eq!(item["pk"]["S"], format!("{SDK_APPID}#Unknown"));
    assert_eq!(item["CommandDay"]["S"], format!("{SDK_APPID}#Unknown#2022-12-09"));
    assert_eq!(item.get("Problem"), None);
}

#[tokio::test]
async fn own_attributes_win_over_fields_of_the_body() {
    let body = r#"{"pk":"x","sk":1,"CommandDay":"x","SdkAppid":1,"ClientIP":"x","OptPlatform":"x","ReceivedAt":"x",
        "RequestId":true,"TencentRequestId":"x","MemberCount":7,"Body":"x","BodyParts":9,"Part":"x","Problem":"x",
        "ExpiresAt":1,"":1,"Own":1}"#;
    let parameters = "&ClientIP=203.0.113.7&OptPlatform=Web&requestid=r-1";
    let (item, _) = recorded(&[], &(query("A.B") + parameters), body).await;
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
        "TencentRequestId",
        "pk",
        "sk",
    ];
    assert_eq!(names, expected);
    assert_eq!((&item["ClientIP"]["S"], &item["OptPlatform"]["S"]), (&json!("203.0.113.7"), &json!("Web")));
    assert_eq!(
        (&item["RequestId"]["S"], &item["TencentRequestId"]["S"]),
        (&json!("request-1"), &json!("r-1"))
    );
}

#[tokio::test]
async fn url_parameters_are_not_taken_from_the_body() {
    let body =
        r#"{"ClientIP":7,"OptPlatform":true,"TencentRequestId":"x","Own":1,"EventTime":1670574414123}"#;
    let (item, _) = recorded(&[], &query("A.B"), body).await;
    for name in ["ClientIP", "OptPlatform", "TencentRequestId"] {
        assert_eq!(item.get(name), None, "{name}");
    }
    assert_eq!((&item["Own"]["N"], item.get("Problem")), (&json!("1"), None));
}

#[tokio::test]
async fn only_subject_and_time_are_read_after_a_thousand_fields() {
    let fields: Vec<_> = (0..999).map(|index| format!(r#""f{index}":{index}"#)).collect();
    let fields = fields.join(",");
    for (last, subject, time, problem) in [
        (r#""GroupId":"g""#, "g", "1670574999000", None),
        (r#""a":1,"GroupId":"g","EventTime":1670574414123"#, "g", "1670574414123", None),
        (
            r#""a":1,"b":2,"GroupId":"g","c":3"#,
            "g",
            "1670574999000",
            Some("2 fields are only in Body: the first 1000 are read"),
        ),
    ] {
        let query = query("A.B") + "&RequestTime=1670574999";
        let (item, _) = recorded(&[], &query, &format!("{{{fields},{last}}}")).await;
        assert_eq!(item["pk"]["S"], format!("{SDK_APPID}#{subject}"), "{last}");
        assert!(item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with(time)), "{last}");
        assert_eq!(item.get("Problem").and_then(|problem| problem["S"].as_str()), problem, "{last}");
        assert_eq!((&item["f998"]["N"], item.get("b")), (&json!("998"), None), "{last}");
    }
}

#[tokio::test]
async fn retention_sets_the_time_to_live() {
    let (item, _) = recorded(&[("RETENTION_DAYS", "30")], &query("A.B"), "{}").await;
    let number =
        |name: &str| item[name]["N"].as_str().and_then(|text| text.parse::<u64>().ok()).expect("a number");
    assert_eq!(number("ExpiresAt"), number("ReceivedAt") / 1000 + 30 * 86_400);
}

#[tokio::test]
async fn index_shards_spread_a_command_s_day() {
    for (shards, shard) in [("1", ""), ("3", "#0"), ("64", "#47")] {
        let body = r#"{"EventTime":1670574414123}"#;
        let (item, _) = recorded(&[("INDEX_SHARDS", shards)], &query("A.B"), body).await;
        // 0x76cb803bcef9852f is 0 modulo 3, and 47 modulo 64.
        assert_eq!(item["sk"]["S"], "1670574414123#A.B#76cb803bcef9852f");
        assert_eq!(item["CommandDay"]["S"], format!("{SDK_APPID}#A.B#2022-12-09{shard}"));
    }
}
