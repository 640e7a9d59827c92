//! Your decisions as Tencent gets them, and as they are recorded.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{
    endpoint::Step,
    requests::{SDK_APPID, post, signed},
    stand_in::serve,
};
use tencent_chat_callbacks::{Answer, Ask, Element, Platform};
use tencent_chat_webhook::{handler::Handler, outcome::Stored, time::now_millis};

use crate::{
    faults::stage::{Stage, TOKEN, in_time, redrive},
    world::{World, ok, send, status_and_body},
};

/// A group name denied, a message dropped, another replaced, a decision that panics, and one that hangs.
async fn strict(ask: Ask<'_>) -> Answer {
    match ask {
        Ask::GroupBeforeCreateGroup(ask) => match &*ask.event().name {
            "casino" => ask.deny::<10101>("No casinos."),
            "long" => ask.deny::<10102>("群".repeat(10_000)),
            "slow" => {
                tokio::time::sleep(Duration::from_millis(200)).await;
                ask.deny::<10103>("At last.")
            }
            "hanging" => std::future::pending().await,
            name => panic!("what to say of {name}?"),
        },
        Ask::GroupBeforeSendMsg(ask) => {
            let origin = ask.origin();
            let is_server = origin.sdk_appid == SDK_APPID
                && origin.platform == Some(Platform::RestApi)
                && origin.client_ip == Some("192.0.2.1");
            if is_server { ask.allow() } else { ask.drop() }
        }
        Ask::C2cBeforeSendMsg(ask) => {
            ask.replace(ask.event().texts().map(|text| Element::text(text.to_uppercase())))
        }
        ask => ask.answer(),
    }
}

fn deciding(handler: Handler) -> Handler {
    handler.deciding(Box::new(|ask| Box::pin(strict(ask))))
}

fn group(name: &str) -> Value {
    json!({ "Operator_Account": "o", "Owner_Account": "o", "Type": "Public", "Name": name })
}

fn refused(code: u32, text: &str) -> Value {
    json!({ "ActionStatus": "OK", "ErrorInfo": text, "ErrorCode": code })
}

/// A callback without `EventTime`, as API Gateway delivers it.
fn event(command: &str, body: &Value) -> Value {
    post(&format!("SdkAppid={SDK_APPID}&CallbackCommand={command}"), &body.to_string())
}

#[tokio::test]
async fn body_with_a_lone_surrogate_is_still_decided_on() {
    let world = World::start().await;
    let handler = deciding(world.handler);
    let query = format!("SdkAppid={SDK_APPID}&CallbackCommand=C2C.CallbackBeforeSendMsg");
    let body = r#"{"From_Account":"f\ud800","To_Account":"t","CloudCustomData":"\udfff","\ud83d":[],
        "MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"heck \ud83d","\udc00":0}}]}"#;
    let mut answer = ok();
    answer["MsgBody"] = json!([{ "MsgType": "TIMTextElem", "MsgContent": { "Text": "HECK \u{fffd}" } }]);
    assert_eq!(status_and_body(&send(&handler, &post(&query, body)).await), (200, answer));
    assert_eq!(world.table.bodies().await, [body]);
    let line = world.log.take_lines().remove(0);
    assert_eq!(line["problem"], "From_Account is not a string");
}

#[tokio::test]
async fn tencent_gets_the_decision_and_the_callback_is_recorded() {
    let world = World::start().await;
    let handler = deciding(world.handler);
    let text = |text: &str| json!([{ "MsgType": "TIMTextElem", "MsgContent": { "Text": text } }]);
    let in_group = json!({
        "GroupId": "g", "Type": "Public", "From_Account": "f", "Operator_Account": "f", "Random": 1, "MsgBody": text("x"),
    });
    let to_user = json!({
        "From_Account": "f", "To_Account": "t", "MsgSeq": 1, "MsgRandom": 1, "MsgKey": "k", "MsgBody": text("heck"),
    });
    let with = |name: &str, value: Value| {
        let mut answer = ok();
        answer[name] = value;
        answer
    };
    // The last column says whether the item has the answer: only one that is not the default.
    let cases = [
        ("Group.CallbackBeforeCreateGroup", group("casino"), refused(10101, "No casinos."), true),
        ("Group.CallbackBeforeCreateGroup", group("slow"), refused(10103, "At last."), true),
        ("Group.CallbackBeforeSendMsg", in_group.clone(), with("ErrorCode", json!(2)), true),
        ("Group.CallbackBeforeSendMsg&ClientIP=192.0.2.1&OptPlatform=RESTAPI", in_group, ok(), false),
        ("C2C.CallbackBeforeSendMsg", to_user, with("MsgBody", text("HECK")), true),
        ("Group.CallbackBeforeCreateGroup", group("another"), ok(), false),
        ("Group.CallbackBeforeCreateTopic", json!({ "GroupId": "g" }), ok(), false),
        ("Group.CallbackAfterGroupFull", json!({ "GroupId": "g" }), ok(), false),
    ];
    for (command, body, answer, is_recorded) in &cases {
        let reply = send(&handler, &event(command, body)).await;
        assert_eq!(status_and_body(&reply), (200, answer.clone()), "{command}");
        let item = world.table.item().await;
        let recorded = item["Answer"]["S"].as_str().map(|json| serde_json::from_str(json).expect("JSON"));
        assert_eq!(recorded, is_recorded.then(|| answer.clone()), "{command}: {item}");
        world.table.clear().await;
    }
    let lines = world.log.take_lines();
    let decisions: Vec<_> = lines.iter().filter_map(|line| line["decision"].as_str()).collect();
    assert_eq!(decisions, ["panic"]);
}

#[tokio::test]
async fn long_answer_is_recorded_by_its_first_three_fields() {
    let world = World::start().await;
    let handler = deciding(world.handler);
    let reply = send(&handler, &event("Group.CallbackBeforeCreateGroup", &group("long"))).await;
    assert_eq!(status_and_body(&reply).1["ErrorInfo"].as_str().map(str::len), Some(30_000));
    let item = world.table.item().await;
    let recorded: Value = serde_json::from_str(item["Answer"]["S"].as_str().expect("a text")).expect("JSON");
    assert_eq!(recorded, refused(10102, &"群".repeat(341)));
}

/// A decision has 0.8 s. After a cold start it has less, down to nothing.
#[tokio::test]
async fn slow_decision_gives_way_to_the_default_answer() {
    for (waited, at_most) in [(0, 1100), (1150, 300)] {
        in_time(async || {
            let world = World::start().await;
            let handler = deciding(world.handler);
            let mut event = event("Group.CallbackBeforeCreateGroup", &group("hanging"));
            event["requestContext"]["timeEpoch"] = json!(now_millis() - waited);
            let started = Instant::now();
            assert_eq!(status_and_body(&send(&handler, &event).await), (200, ok()));
            let took = started.elapsed();
            println!("arrived {waited} ms before: answered after {took:?}");
            assert!(world.table.item().await.get("Answer").is_none());
            let line = world.log.take_lines().remove(0);
            assert_eq!((&line["decision"], &line["level"]), (&json!("timeout"), &json!("WARN")));
            if took < Duration::from_millis(at_most) { Ok(()) } else { Err(format!("{took:?}")) }
        })
        .await;
    }
}

/// The log entry of a callback that could not be stored has the answer, and the redrive writes it.
#[tokio::test(flavor = "multi_thread")]
async fn redriven_callback_has_the_answer() {
    let Stage { handler, endpoint: _endpoint, log, table } =
        Stage::scripted(&[Step::Fail(400, "AccessDeniedException", "No.")]).await;
    let handler = deciding(handler);
    let mut event = event("Group.CallbackBeforeCreateGroup", &group("casino"));
    event["rawQueryString"] = json!(signed(SDK_APPID, "Group.CallbackBeforeCreateGroup", TOKEN));
    let answer = refused(10101, "No casinos.");
    assert_eq!(status_and_body(&send(&handler, &event).await), (200, answer.clone()));
    assert_eq!(redrive(&table, &log.text()).await, [Stored::New]);
    let recorded = table.item().await["Answer"]["S"].as_str().map(str::to_owned).expect("a text");
    assert_eq!(serde_json::from_str::<Value>(&recorded).expect("JSON"), answer);
}

/// With a receiver, the decision counts only if the receiver gives no usable answer, and is not recorded.
#[tokio::test(flavor = "multi_thread")]
async fn receivers_answer_comes_before_the_decision() {
    let theirs = refused(10150, "Theirs.");
    for (status, answer) in [(200, theirs.clone()), (500, refused(10103, "At last."))] {
        let json = theirs.to_string();
        let receiver = serve(move |_| (status, json.clone()));
        let world = World::with_settings(&[("ALLOW_UNSIGNED", "true"), ("FORWARD_URL", &receiver)]).await;
        let handler = deciding(world.handler);
        let event = event("Group.CallbackBeforeCreateGroup", &group("slow"));
        assert_eq!(status_and_body(&send(&handler, &event).await), (200, answer));
        assert!(world.table.item().await.get("Answer").is_none());
    }
}
