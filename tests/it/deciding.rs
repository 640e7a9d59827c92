//! Your decisions as Tencent gets them: a group name denied, a message dropped, another replaced, and a decision that
//! panics.

use serde_json::{Value, json};
use support::requests::{SDK_APPID, post};
use tencent_chat_callbacks::{
    Origin, Platform,
    answer::{C2cMessage, Decide, Element, GroupAction, GroupMessage, Verdict},
    event::{c2c, group, message::MsgElem},
};

use crate::world::{World, ok, send, status_and_body};

#[derive(Debug)]
struct Strict;

impl Decide for Strict {
    fn group_before_create_group(
        &self,
        event: &group::BeforeCreateGroup<'_>,
        _: &Origin<'_>,
    ) -> Verdict<GroupAction> {
        match &*event.name {
            "casino" => Verdict::deny::<10101>("No casinos."),
            name => panic!("what to say of {name}?"),
        }
    }

    fn group_before_send_msg(
        &self,
        _: &group::BeforeSendMsg<'_>,
        origin: &Origin<'_>,
    ) -> Verdict<GroupMessage> {
        let server =
            Origin { sdk_appid: SDK_APPID, platform: Some(Platform::RestApi), client_ip: Some("192.0.2.1") };
        if *origin == server { Verdict::allow() } else { Verdict::drop() }
    }

    fn c2c_before_send_msg(&self, event: &c2c::BeforeSendMsg<'_>, _: &Origin<'_>) -> Verdict<C2cMessage> {
        let texts = event.msg_body.iter().filter_map(MsgElem::text);
        Verdict::replace(texts.map(|text| Element::text(text.to_uppercase())).collect::<Vec<_>>())
    }
}

#[tokio::test]
async fn body_with_a_lone_surrogate_is_still_decided_on() {
    let world = World::start().await;
    let handler = world.handler.deciding(Strict);
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
    let handler = world.handler.deciding(Strict);
    let text = |text: &str| json!([{ "MsgType": "TIMTextElem", "MsgContent": { "Text": text } }]);
    let group =
        |name: &str| json!({ "Operator_Account": "o", "Owner_Account": "o", "Type": "Public", "Name": name });
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
    let refused = json!({ "ActionStatus": "OK", "ErrorInfo": "No casinos.", "ErrorCode": 10101 });
    let cases = [
        ("Group.CallbackBeforeCreateGroup", group("casino"), refused),
        ("Group.CallbackBeforeSendMsg", in_group.clone(), with("ErrorCode", json!(2))),
        ("Group.CallbackBeforeSendMsg&ClientIP=192.0.2.1&OptPlatform=RESTAPI", in_group, ok()),
        ("C2C.CallbackBeforeSendMsg", to_user, with("MsgBody", text("HECK"))),
        ("Group.CallbackBeforeCreateGroup", group("another"), ok()),
    ];
    for (command, body, answer) in &cases {
        let query = format!("SdkAppid={SDK_APPID}&CallbackCommand={command}");
        let reply = send(&handler, &post(&query, &body.to_string())).await;
        assert_eq!(status_and_body(&reply), (200, answer.clone()), "{command}");
    }
    assert_eq!(world.log.outcomes(), vec!["recorded"; cases.len()]);
}
