//! Every file in `events/`: its reply, and the item that it leaves. The items are in `tests/items/`, one file per
//! sample; values that depend on the clock are written as `{ReceivedAt}` and `{today}`.

use std::{collections::BTreeSet, fs};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use serde_json::{Value, json};
use tencent_chat_webhook::time::now_millis;

use crate::world::{World, ok, sample, status_and_body};

/// The samples that are recorded. Only these have an item.
const RECORDED: [&str; 7] = [
    "base64-body",
    "before-callback",
    "group-created",
    "group-destroyed",
    "group-full",
    "group-info-changed",
    "undocumented-command",
];

/// The samples that are not recorded, with status, `ErrorCode` and the result in the log.
const NOT_RECORDED: [(&str, u64, u64, &str); 5] = [
    ("url-probe", 200, 0, "probe"),
    ("url-probe-with-command", 200, 0, "probe"),
    ("url-probe-without-sdkappid", 200, 0, "probe"),
    ("foreign-sdkappid", 403, 403, "sdkappid_foreign"),
    ("broken-body", 400, 400, "body_not_json"),
];

fn names_in(folder: &str) -> BTreeSet<String> {
    let path = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(path).expect("the folder is there");
    let name = |file: fs::DirEntry| file.path().file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
    files.filter_map(|file| name(file.expect("a file"))).collect()
}

/// The item of a sample that was received at this time.
fn expected_item(name: &str, received_at: u64) -> Value {
    let path = format!("{}/tests/items/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let seconds = i64::try_from(received_at / 1000).expect("it fits");
    let now = DateTime::from_secs(seconds).fmt(DateTimeFormat::DateTime).expect("a time can be written");
    let item = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let item = item.replace("{ReceivedAt}", &received_at.to_string()).replace("{today}", &now[..10]);
    serde_json::from_str(&item).expect("an expected item is JSON")
}

#[test]
fn every_sample_is_tested_and_every_expected_item_has_a_sample() {
    let recorded: BTreeSet<_> = RECORDED.map(str::to_owned).into();
    let others: BTreeSet<_> = NOT_RECORDED.map(|sample| sample.0.to_owned()).into();
    assert_eq!(names_in("tests/items"), recorded);
    assert_eq!(names_in("events"), &recorded | &others);
}

#[tokio::test]
async fn recorded_sample_leaves_its_item() {
    for name in RECORDED {
        let world = World::start().await;
        let before = now_millis();
        let reply = world.send(&sample(name)).await;
        let after = now_millis();
        assert_eq!(status_and_body(&reply), (200, ok()), "{name}");

        let item = world.table.item().await;
        let received_at = item["ReceivedAt"]["N"].as_str().and_then(|millis| millis.parse().ok());
        let received_at = received_at.expect("ReceivedAt is a number");
        assert!((before..=after).contains(&received_at), "{name}");
        assert_eq!(item, expected_item(name, received_at), "{name}");
        assert_eq!(world.log.lines()[0]["outcome"], "recorded", "{name}");
    }
}

#[tokio::test]
async fn unrecorded_samples_get_their_reply_and_leave_no_item() {
    for (name, status, error_code, logged) in NOT_RECORDED {
        let world = World::start().await;
        let (given, body) = status_and_body(&world.send(&sample(name)).await);
        assert_eq!((given, &body["ErrorCode"]), (status, &json!(error_code)), "{name}");
        assert_eq!(body["ErrorInfo"] == "", status == 200, "{name}");
        assert!(world.table.items().await.is_empty(), "{name}");
        let line = &world.log.lines()[0];
        assert!([&line["outcome"], &line["reason"]].contains(&&json!(logged)), "{name}: {line}");
    }
}
