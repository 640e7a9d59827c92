//! `chat`.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::dynamodb::TABLE;
use tencent_chat_webhook::record::attribute;

use crate::world::{Ran, World};

pub(crate) mod evidence;
mod media;
mod page;
mod versions;

/// 9 December 2022, 08:26:54 UTC.
const SECONDS: u64 = 1_670_574_414;
const MILLIS: u64 = SECONDS * 1000;

fn text(text: &str) -> Value {
    json!([{ "MsgType": "TIMTextElem", "MsgContent": { "Text": text } }])
}

/// A message of one user to another: its number in its second, and the seconds after the first message.
fn c2c(from: &str, to: &str, number: u64, after: u64, body: &Value) -> Value {
    json!({
        "CallbackCommand": "C2C.CallbackAfterSendMsg", "From_Account": from, "To_Account": to, "MsgBody": body,
        "MsgKey": key(number, after), "MsgSeq": number, "MsgTime": SECONDS + after, "SendMsgResult": 0,
    })
}

/// The `MsgKey` of such a message.
fn key(number: u64, after: u64) -> String {
    format!("{number}_1_{}", SECONDS + after)
}

/// A message to a group whose `MsgSeq` does not fit its time.
fn numbered(from: &str, seq: u64, number: u64, body: &Value) -> Value {
    let mut message = group(from, number, body);
    message["MsgSeq"] = json!(seq);
    message
}

/// An event about an earlier message between two users, this many seconds after the first message.
fn became(command: &str, at: u64, mut fields: Value) -> Value {
    fields["CallbackCommand"] = json!(format!("C2C.CallbackAfter{command}"));
    fields["EventTime"] = json!(MILLIS + at * 1000);
    fields
}

/// A message to a group.
fn group(from: &str, number: u64, body: &Value) -> Value {
    json!({
        "CallbackCommand": "Group.CallbackAfterSendMsg", "GroupId": "g", "Type": "Public", "From_Account": from,
        "MsgSeq": number, "MsgBody": body, "EventTime": MILLIS + number,
    })
}

/// An event about an earlier message to a group, this many milliseconds after the first message.
fn became_in_group(command: &str, at: u64, mut fields: Value) -> Value {
    fields["CallbackCommand"] = json!(format!("Group.Callback{command}"));
    (fields["GroupId"], fields["Type"], fields["EventTime"]) =
        (json!("g"), json!("Public"), json!(MILLIS + at));
    fields
}

async fn record(world: &World, bodies: &[Value]) {
    for body in bodies {
        world.record(body, 1).await;
    }
}

fn digest(body: &Value) -> String {
    hex::encode(Sha256::digest(body.to_string()))
}

/// Changes a text in the recorded body of a group message. The second message is erased too.
async fn change_two(world: &World, bodies: [&Value; 2], from: &str, to: &str) {
    for (body, change) in bodies.into_iter().zip(["SET Body = :body", "SET Body = :body, Erased = :body"]) {
        let sk = format!("{}#Group.CallbackAfterSendMsg#{}", body["EventTime"], &digest(body)[..16]);
        let changed = body.to_string().replace(from, to);
        let update = world.client().update_item().table_name(TABLE).update_expression(change);
        let update = update.key("pk", attribute::text("1400000001#g")).key("sk", attribute::text(sk));
        let update = update.expression_attribute_values(":body", attribute::text(changed));
        update.send().await.expect("it is changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn message_with_a_changed_attribute_is_marked() {
    let world = World::start().await;
    let body = group("amy", 1, &text("hello"));
    record(&world, std::slice::from_ref(&body)).await;
    let sk = format!("{}#Group.CallbackAfterSendMsg#{}", body["EventTime"], &digest(&body)[..16]);
    let update = world.client().update_item().table_name(TABLE).update_expression("SET From_Account = :eve");
    let update = update.key("pk", attribute::text("1400000001#g")).key("sk", attribute::text(sk));
    update.expression_attribute_values(":eve", attribute::text("eve")).send().await.expect("it is changed");
    let ran = world.run(&["chat", "g", "--json"]);
    assert_eq!((ran.code, &ran.json()[0]["altered"]), (Some(1), &json!(true)), "{ran:?}");
}

/// The lines of `--json`, without what each of them has.
fn said(ran: &Ran) -> Vec<Value> {
    let without_keys = |(number, mut line): (u64, Value)| {
        let fields = line.as_object_mut().expect("an object");
        assert_eq!(fields.remove("n"), Some(number.into()));
        assert_eq!(fields.remove("received"), Some(json!(1_670_574_414_321_u64)));
        for key in ["pk", "sk"] {
            assert!(fields.remove(key).is_some_and(|key| key.is_string()));
        }
        fields.remove("MsgSeq");
        line
    };
    (1..).zip(ran.json()).map(without_keys).collect()
}

/// A conversation of amy and bob. It has an image, two edits, a recall, read marks, an undelivered message and a message
/// to somebody else. The changes are recorded before the messages.
async fn amy_and_bob(world: &World) {
    let amy_to_bob = json!({ "From_Account": "amy", "To_Account": "bob" });
    let edit = |at: u64, new: &str| {
        let mut edit = became("ModifyMsg", at, amy_to_bob.clone());
        (edit["Operator_Account"], edit["MsgKey"]) = (json!("root"), json!(key(7, 0)));
        (edit["MsgSeq"], edit["MsgRandom"], edit["MsgBody"]) = (json!(7), json!(1), text(new));
        edit
    };
    let mut recall = became("MsgWithDraw", 7, amy_to_bob.clone());
    recall["MsgKey"] = json!(key(1, 2));
    let of_another = json!({ "From_Account": "bob", "To_Account": "amy", "MsgKey": key(9, 9) });
    let report =
        json!({ "Report_Account": "bob", "Peer_Account": "amy", "LastReadTime": SECONDS, "UnreadMsgNum": 1 });
    let receipt = json!({
        "Operator_Account": "amy", "Peer_Account": "bob",
        "C2CMsgInfo": [{ "From_Account": "bob", "To_Account": "amy", "MsgKey": key(8, 0) }],
    });
    let mut not_delivered = c2c("bob", "amy", 1, 4, &text("never arrived"));
    (not_delivered["SendMsgResult"], not_delivered["ErrorInfo"]) = (json!(80001), json!("dirty words"));
    let image = json!([{ "MsgType": "TIMImageElem", "MsgContent": {} }, text("look")[0]]);
    record(
        world,
        &[
            edit(9, "hello!"),
            edit(8, "hallo"),
            recall,
            became("MsgWithDraw", 7, of_another),
            became("MsgReport", 5, report),
            became("MsgReadReceipt", 6, receipt),
            became("MsgReadAll", 20, json!({ "Report_Account": "amy" })),
            c2c("amy", "bob", 1, 2, &text("wrong")),
            c2c("bob", "amy", 8, 0, &image),
            c2c("amy", "bob", 7, 0, &text("hello")),
            c2c("bob", "amy", 10, 0, &text("ten comes after eight")),
            c2c("amy", "carl", 1, 3, &text("to another")),
            not_delivered,
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chat_of_two_users_shows_edits_recalls_and_read_marks() {
    let world = World::start().await;
    amy_and_bob(&world).await;
    let ran = world.run(&["chat", "bob", "amy", "--json"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.stderr,
        "1 message left out: not delivered\n\
         1 edited or recalled message not shown: older, or not recorded\n"
    );
    let versions = [(0, "hello"), (8000, "hallo"), (9000, "hello!")];
    let versions = versions.map(|(after, text)| json!({ "time": MILLIS + after, "text": text }));
    let first = json!({
        "time": MILLIS, "from": "amy", "text": "hello!", "edited": MILLIS + 9000, "read": MILLIS + 5000,
        "versions": versions,
    });
    let image = json!([{ "kind": "image" }]);
    let expected = [
        first,
        json!({ "time": MILLIS, "from": "bob", "text": "[image] look", "read": MILLIS + 6000, "attachments": image }),
        json!({ "time": MILLIS, "from": "bob", "text": "ten comes after eight", "read": MILLIS + 20_000 }),
        json!({ "time": MILLIS + 2000, "from": "amy", "text": "wrong", "recalled": MILLIS + 7000 }),
    ];
    assert_eq!(said(&ran), expected);
    let until = world.run(&["chat", "amy", "bob", "--until", "2022-12-09T08:26:55Z", "--json"]);
    assert_eq!(said(&until), expected[..3], "later changes count");
    assert!(
        !until.stderr.contains("delivered") && until.stderr.starts_with("1 edited or recalled message "),
        "{until:?}"
    );
    let since = world.run(&["chat", "amy", "bob", "--since", "2022-12-09T08:26:55Z", "--json"]);
    assert_eq!(said(&since), expected[3..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_cannot_imitate_marks_on_a_terminal() {
    let world = World::start().await;
    amy_and_bob(&world).await;
    let forged = format!("群 \u{1b}[2J\u{202e}\r\n[recalled] {}", "long ".repeat(20));
    record(&world, &[c2c("amy", "bob", 1, 30, &text(&forged))]).await;
    let ran = world.run(&["chat", "amy", "bob"]);
    let expected = "\
N      TIME                      FROM                MESSAGE
1      2022-12-09T08:26:54.000Z  amy                 hello!
       2022-12-09T08:26:54.000Z  [before]            hello
       2022-12-09T08:27:02.000Z  [before]            hallo
                                 [edited 2022-12-09T08:27:02.000Z by root]
                                 [edited 2022-12-09T08:27:03.000Z by root]
                                 [read 2022-12-09T08:26:59.000Z]
2      2022-12-09T08:26:54.000Z  bob                 [image] look
                                 +                   image
                                 [read 2022-12-09T08:27:00.000Z]
3      2022-12-09T08:26:54.000Z  bob                 ten comes after eight
                                 [read 2022-12-09T08:27:14.000Z]
4      2022-12-09T08:26:56.000Z  amy                 wrong
                                 [recalled 2022-12-09T08:27:01.000Z]
5      2022-12-09T08:27:24.000Z  amy                 群 \u{fffd}[2J\u{fffd}
                                                     [recalled] ";
    assert_eq!(ran.stdout, format!("{expected}{}\n", "long ".repeat(20)));
}

#[tokio::test(flavor = "multi_thread")]
async fn group_messages_are_found_by_topic_and_number() {
    let world = World::start().await;
    let mut in_topic = numbered("bob", 1, 2, &text("in a topic"));
    in_topic["TopicId"] = json!("t");
    // A malformed body with a readable text.
    in_topic.as_object_mut().expect("an object").remove("Type");
    let of_kinds = ["Sound", "VideoFile", "File", "Location", "Face", "Custom", "Relay"];
    let kinds = of_kinds.map(|kind| json!({ "MsgType": format!("TIM{kind}Elem"), "MsgContent": {} }));
    let recall = |at: u64| {
        let list = json!([{ "MsgSeq": 1 }, { "MsgSeq": 4 }]);
        let fields = json!({ "TopicId": "t", "Operator_Account": "admin", "MsgSeqList": list });
        became_in_group("AfterRecallMsg", at, fields)
    };
    let receipts = json!([
        { "MsgSeq": 1, "ReadNum": 1, "UnreadNum": 4 }, { "MsgSeq": 3, "ReadNum": 0, "UnreadNum": 5 },
    ]);
    let edit = json!({ "Operator_Account": "carl", "TopicId": "", "MsgSeq": 3, "MsgBody": kinds });
    let exception = json!({
        "From_Account": "eve", "Operator_Account": "eve", "Random": 1, "ErrorCode": 80001, "MsgBody": text("dirty"),
    });
    let large = "long ".repeat(100_000);
    record(
        &world,
        &[
            group("amy", 1, &text("first")),
            in_topic,
            group("carl", 3, &text("no")),
            group("dora", 4, &json!("no list")),
            numbered("fay", 6, 5, &text("counted after it")),
            numbered("erin", 5, 6, &text(&large)),
            became_in_group("BeforeSendMsg", 0, json!({ "From_Account": "eve", "MsgBody": text("x") })),
            recall(50),
            recall(55),
            became_in_group("AfterReadReceipt", 60, json!({ "GroupMsgReceiptList": receipts })),
            became_in_group("AfterModifyMsg", 70, edit),
            became_in_group("SendMsgException", 80, exception),
            became_in_group("AfterGroupDestroyed", 90, json!({ "Owner_Account": "amy" })),
            // A new group with the same id, with numbers from 1.
            numbered("zoe", 1, 100, &text("anew")),
        ],
    )
    .await;
    let ran = world.run(&["chat", "g", "--json"]);
    assert_eq!(
        ran.stderr,
        "1 gap in the numbers (MsgSeq): notices that Tencent numbers too, or messages that are not recorded\n\
         1 message left out: not delivered\n\
         1 edited or recalled message not shown: older, or not recorded\n\
         1 unreadable event: the body is incomplete, or not of its documented shape\n"
    );
    let named = "[sound] [video] [file] [location] [face] [custom] [relay]";
    let attachments: Vec<_> =
        named.split(' ').map(|kind| json!({ "kind": kind.trim_matches(['[', ']']) })).collect();
    let versions = json!([
        { "time": MILLIS + 3, "text": "no" },
        { "time": MILLIS + 70, "text": named, "attachments": attachments },
    ]);
    assert_eq!(
        said(&ran),
        [
            json!({ "time": MILLIS + 1, "from": "amy", "text": "first", "read": MILLIS + 60 }),
            json!({ "time": MILLIS + 2, "from": "bob", "text": "in a topic", "recalled": MILLIS + 50, "TopicId": "t" }),
            json!({
                "time": MILLIS + 3, "from": "carl", "text": named, "edited": MILLIS + 70, "versions": versions,
                "attachments": attachments, "missing": [2, 2],
            }),
            json!({ "time": MILLIS + 4, "from": "dora", "text": "[unreadable]" }),
            json!({ "time": MILLIS + 6, "from": "erin", "text": large }),
            json!({ "time": MILLIS + 5, "from": "fay", "text": "counted after it" }),
            json!({ "time": MILLIS + 100, "from": "zoe", "text": "anew" }),
        ]
    );
}
