//! `chat`.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::World;

/// 9 December 2022, 08:26:54 UTC.
const SECONDS: u64 = 1_670_574_414;
const MILLIS: u64 = SECONDS * 1000;

fn text(text: &str) -> Value {
    json!([{ "MsgType": "TIMTextElem", "MsgContent": { "Text": text } }])
}

/// A message of one user to another, so many seconds after the first.
fn c2c(from: &str, to: &str, after: u64, body: &Value) -> Value {
    json!({
        "CallbackCommand": "C2C.CallbackAfterSendMsg", "From_Account": from, "To_Account": to, "MsgBody": body,
        "MsgKey": format!("{after}_1_{}", SECONDS + after), "MsgTime": SECONDS + after, "SendMsgResult": 0,
    })
}

/// A message to a group.
fn group(from: &str, seq: u64, body: &Value) -> Value {
    json!({
        "CallbackCommand": "Group.CallbackAfterSendMsg", "GroupId": "g", "From_Account": from, "MsgSeq": seq,
        "MsgBody": body, "EventTime": MILLIS + seq,
    })
}

async fn record(world: &World, bodies: &[Value]) {
    for body in bodies {
        world.record(body, 1).await;
    }
}

/// What `--json` says, without the keys.
fn said(lines: &[Value]) -> Vec<Value> {
    let without_keys = |line: &Value| {
        let mut line = line.clone();
        for key in ["pk", "sk"] {
            assert!(line.as_object_mut().expect("an object").remove(key).is_some_and(|key| key.is_string()));
        }
        line
    };
    lines.iter().map(without_keys).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_users_read_edits_recalls_and_read_marks() {
    let world = World::start().await;
    let key = |after: u64| format!("{after}_1_{}", SECONDS + after);
    let modify = |after: u64, at: u64, new: &str| {
        json!({
            "CallbackCommand": "C2C.CallbackAfterModifyMsg", "From_Account": "amy", "To_Account": "bob",
            "Operator_Account": "amy", "MsgKey": key(after), "MsgSeq": after, "MsgRandom": 1, "MsgBody": text(new),
            "EventTime": MILLIS + at,
        })
    };
    let mut undelivered = c2c("bob", "amy", 4, &text("never arrived"));
    undelivered["SendMsgResult"] = json!(80001);
    record(
        &world,
        &[
            c2c("amy", "bob", 0, &text("hello")),
            c2c("bob", "amy", 1, &json!([{ "MsgType": "TIMImageElem", "MsgContent": {} }, text("look")[0]])),
            c2c("amy", "bob", 2, &text("wrong")),
            c2c("amy", "carl", 3, &text("to another")),
            undelivered,
            modify(0, 9_000, "hello!"),
            modify(0, 8_000, "hallo"),
            json!({
                "CallbackCommand": "C2C.CallbackAfterMsgWithDraw", "From_Account": "amy", "To_Account": "bob",
                "MsgKey": key(2), "EventTime": MILLIS + 7_000,
            }),
            json!({
                "CallbackCommand": "C2C.CallbackAfterMsgReport", "Report_Account": "bob", "Peer_Account": "amy",
                "LastReadTime": SECONDS, "EventTime": MILLIS + 5_000,
            }),
            json!({
                "CallbackCommand": "C2C.CallbackAfterMsgReadReceipt", "Operator_Account": "amy", "Peer_Account": "bob",
                "C2CMsgInfo": [{ "From_Account": "bob", "To_Account": "amy", "MsgKey": key(1) }],
                "EventTime": MILLIS + 6_000,
            }),
        ],
    )
    .await;
    let ran = world.run(&["chat", "bob", "amy", "--json"]);
    assert_eq!((ran.code, ran.told.as_str()), (Some(0), "1 messages that were not delivered are left out\n"));
    assert_eq!(
        said(&ran.json()),
        [
            json!({ "time": MILLIS, "from": "amy", "text": "hello!", "edited": MILLIS + 9_000, "read": MILLIS + 5_000 }),
            json!({ "time": MILLIS + 1_000, "from": "bob", "text": "[image] look", "read": MILLIS + 6_000 }),
            json!({ "time": MILLIS + 2_000, "from": "amy", "text": "wrong", "recalled": MILLIS + 7_000 }),
        ]
    );
    let printed = world.run(&["chat", "amy", "bob", "--since", "2022-12-09T08:26:55Z"]).printed;
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(
        lines[1],
        "2022-12-09T08:26:55.000Z  bob                 [read 2022-12-09T08:27:00.000Z] [image] look"
    );
    assert_eq!(lines.len(), 3, "{printed}");
    let until = world.run(&["chat", "amy", "bob", "--until", "2022-12-09T08:26:55Z", "--json"]).json();
    assert_eq!((until.len(), &until[0]["text"]), (1, &json!("hello!")), "a later edit counts");
    assert_eq!(world.run(&["chat", "amy", "dora"]).told, "no messages in application 1400000001\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_s_messages_are_found_by_topic_and_number() {
    let world = World::start().await;
    let mut in_topic = group("bob", 2, &text("in a topic"));
    in_topic["TopicId"] = json!("t");
    in_topic["MsgSeq"] = json!("1");
    let many = text(&"long ".repeat(100_000));
    record(
        &world,
        &[
            group("amy", 1, &text("first")),
            in_topic,
            group("carl", 3, &many),
            json!({
                "CallbackCommand": "Group.CallbackBeforeSendMsg", "GroupId": "g", "From_Account": "eve", "MsgBody": text("x"),
                "EventTime": MILLIS,
            }),
            json!({
                "CallbackCommand": "Group.CallbackAfterRecallMsg", "GroupId": "g", "TopicId": "t", "Type": "Community",
                "Operator_Account": "admin", "MsgSeqList": [{ "MsgSeq": 1 }], "EventTime": MILLIS + 50,
            }),
            json!({
                "CallbackCommand": "Group.CallbackAfterReadReceipt", "GroupId": "g", "Type": "Public",
                "GroupMsgReceiptList": [{ "MsgSeq": 1, "ReadNum": 1, "UnreadNum": 4 }, { "MsgSeq": 3, "ReadNum": 0 }],
                "EventTime": MILLIS + 60,
            }),
        ],
    )
    .await;
    let lines = world.run(&["chat", "g", "--json"]).json();
    assert!(lines[2]["text"] == "long ".repeat(100_000));
    assert_eq!(
        said(&lines)[..2],
        [
            json!({ "time": MILLIS + 1, "from": "amy", "text": "first", "read": MILLIS + 60 }),
            json!({ "time": MILLIS + 2, "from": "bob", "text": "in a topic", "recalled": MILLIS + 50 }),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_escapes_hostile_texts_and_names_its_sources() {
    let world = World::start().await;
    let hostile = "</p><script>alert(1)</script> \"'&\u{202e}\u{1b}\n群 👩\u{200d}👧";
    let body = group("<img src=x onerror=alert(1)>", 1, &text(hostile));
    record(&world, &[body.clone(), group("bob", 86_400_000, &text("next day"))]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("chat.html");
    let ran = world.run(&["chat", "g", "--html", file.to_str().expect("a text")]);
    assert_eq!((ran.code, ran.printed.as_str()), (Some(0), ""));
    assert_eq!(ran.told, format!("2 messages in {}\n", file.display()));
    let page = fs::read_to_string(&file).expect("a page");
    assert!(page.contains("&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;'&amp;\u{fffd}\u{fffd}\n群 👩\u{200d}👧</p>"), "{page}");
    assert!(page.contains("<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>"), "{page}");
    for tag in ["<script", "<img", "<link", "http://", "https://"] {
        assert!(!page.contains(tag), "{tag}");
    }
    let digest = hex::encode(Sha256::digest(body.to_string()));
    assert!(page.contains(&format!(
        "<code>1670574414001#Group.CallbackAfterSendMsg#{}</code> <code>sha256:{digest}</code>",
        &digest[..16]
    )));
    assert!(page.contains("<h2>2022-12-09</h2>") && page.contains("<h2>2022-12-10</h2>"));
    assert!(
        page.contains("<code>tencent-chat-events</code>")
            && page.ends_with("2 messages. End of the page.</p></footer></main></body></html>\n")
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else is left there");

    let ran = world.run(&["chat", "g", "--html", "/nowhere/chat.html"]);
    assert!(
        ran.code == Some(1) && ran.told.starts_with("chat-events: can't write /nowhere/chat.html: "),
        "{ran:?}"
    );
}
