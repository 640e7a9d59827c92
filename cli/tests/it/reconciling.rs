//! `reconcile`.

use serde_json::{Value, json};
use tencent_chat_webhook::time::{now_millis, rfc3339};

use crate::{
    tencent::{ADMIN, Hour, KEY, Tencent, described, file, gzip},
    world::{Ran, World, run},
};

/// 9 December 2022, 08:26:54 UTC: 16:26:54 in Beijing.
const SECONDS: u64 = 1_670_574_414;
const HOUR: [&str; 4] = ["--since", "2022-12-09T08:00:00Z", "--until", "2022-12-09T09:00:00Z"];

/// The callback of a message, and the message in Tencent's file.
fn c2c(to: &str, number: u64) -> (Value, Value) {
    let message = |time: &str| {
        json!({
            "From_Account": "amy", "To_Account": to, "MsgSeq": number, "MsgRandom": 7, time: SECONDS,
            "MsgBody": [{ "MsgType": "TIMTextElem", "MsgContent": { "Text": format!("n{number}\u{202e}") } }],
        })
    };
    let mut callback = message("MsgTime");
    callback["CallbackCommand"] = json!("C2C.CallbackAfterSendMsg");
    (callback, message("MsgTimestamp"))
}

fn group(group: &str, number: u64) -> (Value, Value) {
    let fields = json!({ "GroupId": group, "From_Account": "amy", "MsgSeq": number, "MsgBody": [] });
    let (mut callback, mut message) = (fields.clone(), fields);
    callback["CallbackCommand"] = json!("Group.CallbackAfterSendMsg");
    callback["Type"] = json!("Public");
    callback["EventTime"] = json!(SECONDS * 1000);
    message["MsgTimestamp"] = json!(SECONDS);
    (callback, message)
}

fn reconcile(world: &World, tencent: &Tencent, key: &str, arguments: &[&str]) -> Ran {
    let mut all = vec!["reconcile", "--admin", ADMIN, "--api", tencent.host()];
    all.extend(arguments);
    let mut command = world.program(&all);
    command.env("TENCENT_SECRET_KEY", key);
    let ran = run(command, "");
    assert!(!format!("{ran:?}").contains(KEY), "{ran:?}");
    ran
}

/// Five messages of two kinds, of which one is not recorded, and three that Tencent does not keep.
async fn one_is_missing() -> (World, Tencent) {
    let world = World::start().await;
    let (first, second, third) = (c2c("bob", 1), c2c("bob", 2), c2c("eve", 1));
    let (in_group, mut in_topic) = (group("g", 1), group("g", 1));
    in_topic.0["TopicId"] = json!("t");
    in_topic.1["GroupId"] = json!("t");
    for callback in [&first.0, &third.0, &in_group.0, &in_topic.0] {
        world.record(callback, 1).await;
    }
    for (field, value) in [("OnlineOnlyFlag", json!(1)), ("SendMsgResult", json!(20001))] {
        let (mut callback, _) = c2c("bob", 9);
        callback[field] = value;
        world.record(&callback, 1).await;
    }
    let (mut broadcast, _) = group("live", 1);
    broadcast["Type"] = json!("AVChatRoom");
    world.record(&broadcast, 1).await;
    let c2c = vec![file("C2C", &[first.1]), file("C2C", &[second.1, third.1])];
    let groups = vec![file("Group", &[in_group.1, in_topic.1])];
    let hour =
        move |chat: &str, _: &str| Hour::Files(if chat == "C2C" { c2c.clone() } else { groups.clone() });
    (world, Tencent::start(hour))
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_message_is_counted_and_printed() {
    let (world, tencent) = one_is_missing().await;
    let ran = reconcile(&world, &tencent, KEY, &HOUR);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let rows: Vec<Vec<_>> = ran.lines().iter().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        rows,
        [
            vec!["HOUR", "CHAT", "TENCENT", "RECORDED", "MISSING"],
            vec!["2022-12-09T08:00Z", "C2C", "3", "2", "1"],
            vec!["2022-12-09T08:00Z", "Group", "2", "2", "0"],
        ]
    );
    assert!(ran.stderr.starts_with("1 hour: Tencent has 5 messages, 4 recorded, 1 missing\n"), "{ran:?}");
    assert!(ran.stderr.contains("ForbidAfterSendMsgCallback"), "{ran:?}");
    assert_eq!(tencent.asked(), ["C2C 2022120916", "Group 2022120916"]);

    let ran = reconcile(&world, &tencent, KEY, &[&HOUR[..], &["--tz", "Asia/Shanghai"]].concat());
    assert!(ran.lines()[1].starts_with("2022-12-09T16:00+08:00  C2C "), "{ran:?}");

    let ran = reconcile(&world, &tencent, KEY, &[&HOUR[..], &["--json"]].concat());
    assert_eq!((ran.code, ran.json()), (Some(1), vec![c2c("bob", 2).1]), "{ran:?}");
    assert!(ran.stdout.is_ascii(), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn complete_hour_is_a_success() {
    let (world, tencent) = one_is_missing().await;
    world.record(&c2c("bob", 2).0, 1).await;
    let ran = reconcile(&world, &tencent, KEY, &HOUR);
    let expected = "1 hour: Tencent has 5 messages, 5 recorded, 0 missing\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), expected), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn message_with_an_erased_user_is_still_found() {
    let (world, tencent) = one_is_missing().await;
    world.record(&c2c("bob", 2).0, 1).await;
    assert_eq!(world.run(&["erase", "--person", "bob", "--yes"]).code, Some(0));
    let ran = reconcile(&world, &tencent, KEY, &HOUR);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_user_hides_only_one_message_of_a_batch() {
    let world = World::start().await;
    world.record(&c2c("bob", 1).0, 1).await;
    assert_eq!(world.run(&["erase", "--person", "bob", "--yes"]).code, Some(0));
    let batch = file("C2C", &["bob", "eve", "dan"].map(|to| c2c(to, 1).1));
    let none = file("Group", &[]);
    let tencent = Tencent::start(move |chat, _| {
        Hour::Files(vec![if chat == "C2C" { batch.clone() } else { none.clone() }])
    });
    let ran = reconcile(&world, &tencent, KEY, &[&HOUR[..], &["--json"]].concat());
    assert_eq!((ran.code, ran.json()), (Some(1), vec![c2c("eve", 1).1, c2c("dan", 1).1]), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn message_of_a_group_made_again_is_not_mixed_up() {
    let world = World::start().await;
    let (first, mut second) = (group("g", 5), group("g", 5));
    second.0["Random"] = json!(2);
    second.0["EventTime"] = json!((SECONDS + 600) * 1000);
    second.1["MsgTimestamp"] = json!(SECONDS + 600);
    world.record(&first.0, 1).await;
    let (groups, none) = (file("Group", &[first.1, second.1.clone()]), file("C2C", &[]));
    let tencent = Tencent::start(move |chat, _| {
        Hour::Files(vec![if chat == "C2C" { none.clone() } else { groups.clone() }])
    });
    let arguments = [&HOUR[..], &["--json"]].concat();
    let ran = reconcile(&world, &tencent, KEY, &arguments);
    assert_eq!((ran.code, ran.json()), (Some(1), vec![second.1]), "{ran:?}");
    world.record(&second.0, 1).await;
    let ran = reconcile(&world, &tencent, KEY, &arguments);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_message_does_not_stand_for_a_delivered_one() {
    let world = World::start().await;
    let (mut callback, message) = c2c("bob", 1);
    callback["SendMsgResult"] = json!(20001);
    world.record(&callback, 1).await;
    let (delivered, none) = (file("C2C", std::slice::from_ref(&message)), file("Group", &[]));
    let tencent = Tencent::start(move |chat, _| {
        Hour::Files(vec![if chat == "C2C" { delivered.clone() } else { none.clone() }])
    });
    let ran = reconcile(&world, &tencent, KEY, &[&HOUR[..], &["--json"]].concat());
    assert_eq!((ran.code, ran.json()), (Some(1), vec![message]), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_hour_without_a_file_is_not_compared() {
    let world = World::start().await;
    world.record(&c2c("bob", 1).0, 1).await;
    let tencent = Tencent::start(|_, _| Hour::Code(1004));
    let ran = reconcile(&world, &tencent, KEY, &HOUR);
    assert_eq!((ran.code, ran.lines().len()), (Some(1), 2), "{ran:?}");
    assert!(ran.stderr.contains("08:00Z C2C: not compared: Tencent has no file"), "{ran:?}");
    assert!(ran.stderr.ends_with("1 file not compared\n"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hour_without_a_file_is_empty_late_or_expired() {
    let world = World::start().await;
    let tencent = Tencent::start(|chat, _| Hour::Code(if chat == "C2C" { 1004 } else { 1005 }));
    let ran = reconcile(&world, &tencent, KEY, &HOUR);
    assert_eq!((ran.code, ran.lines().len()), (Some(1), 2), "{ran:?}");
    assert!(ran.stderr.contains("08:00Z Group: Tencent has deleted its file; not compared"), "{ran:?}");

    let tencent = Tencent::start(|_, _| Hour::Code(1004));
    let ran = reconcile(&world, &tencent, KEY, &["--since", "1h"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    assert!(ran.stderr.contains("2 files not ready yet"), "{ran:?}");

    // An hour that is not over is not asked for.
    let since = rfc3339(now_millis() / 3_600_000 * 3_600_000);
    let asked = tencent.asked().len();
    let ran = reconcile(&world, &tencent, KEY, &["--since", &since]);
    let note = "this hour is not over yet: Tencent has a file about an hour after it\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", note));
    assert_eq!(tencent.asked().len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn cost_of_reading_is_noted_once() {
    let world = World::start().await;
    let tencent = Tencent::start(|_, _| Hour::Code(1004));
    // The messages of these hours are on two days of the index.
    let span = ["--since", "2022-12-08T23:00:00Z", "--until", "2022-12-09T01:00:00Z"];
    let ran = reconcile(&world, &tencent, KEY, &span);
    assert_eq!((ran.code, ran.lines().len()), (Some(0), 5), "{ran:?}");
    assert_eq!(ran.stderr.matches("this reads the whole index").count(), 1, "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_file_is_not_compared() {
    let content = file("C2C", &[c2c("bob", 1).1]);
    let whole = gzip(&content);
    let mut foreign = whole.clone();
    foreign[20] ^= 1;
    let good = described(&content, &whole);
    let with = |field: &str, value: Value| {
        let mut description = good.clone();
        description[field] = value;
        description
    };
    let bomb = vec![b' '; 10_000_000];
    let half = &content[..content.len() / 2];
    let no_list = b"{\"a\":1}";
    let cut = whole[..whole.len() - 9].to_vec();
    for (description, bytes, reason) in [
        (good.clone(), foreign.clone(), "GzipMD5"),
        (good.clone(), cut.clone(), "GzipMD5"),
        (described(&content, &cut), cut, "can't read the file"),
        (with("FileMD5", json!("00")), whole.clone(), "FileMD5"),
        (with("FileSize", json!(content.len() - 1)), whole.clone(), "FileMD5"),
        (with("FileSize", json!(content.len() + 1)), whole.clone(), "FileMD5"),
        (with("GzipSize", json!(whole.len() - 1)), whole.clone(), "larger than"),
        (described(&content, &gzip(&bomb)), gzip(&bomb), "can't read the file"),
        (described(half, &gzip(half)), gzip(half), "can't read the file"),
        (described(no_list, &gzip(no_list)), gzip(no_list), "MsgList"),
        (described(b"x", b"x"), b"x".to_vec(), "can't read the file"),
    ] {
        let world = World::start().await;
        let tencent = Tencent::start(move |chat, _| match chat {
            "C2C" => Hour::Odd(description.clone(), bytes.clone()),
            _ => Hour::Files(vec![file("Group", &[])]),
        });
        let ran = reconcile(&world, &tencent, KEY, &[&HOUR[..], &["--json"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{reason}: {ran:?}");
        assert!(
            ran.stderr.contains("C2C: not compared: ") && ran.stderr.contains(reason),
            "{reason}: {ran:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_sign_in_says_what_to_check() {
    let world = World::start().await;
    let tencent = Tencent::start(|_, _| Hour::Code(1004));
    let ran = reconcile(&world, &tencent, "other-key", &HOUR);
    assert!(ran.code == Some(1) && ran.stderr.contains("is TENCENT_SECRET_KEY the SecretKey"), "{ran:?}");
    // The stand-in's clock stands still.
    assert!(ran.stderr.contains("ahead of Tencent's"), "{ran:?}");
    assert!(!ran.stderr.contains("other-key"), "{ran:?}");
    let ran = reconcile(&world, &tencent, "", &HOUR);
    assert!(ran.code == Some(2) && ran.stderr.contains("set TENCENT_SECRET_KEY"), "{ran:?}");
    let ran = reconcile(&world, &tencent, KEY, &[&HOUR[..], &["--app", "x"]].concat());
    assert!(ran.code == Some(1) && ran.stderr.contains("x is not an SDKAppID"), "{ran:?}");
}
