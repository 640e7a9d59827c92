use serde_json::json;

use super::*;
use crate::{
    answer::{Element, NewMessage},
    event::{DOCUMENTED, is_before_callback, message::MsgElem},
    origin::Platform,
    query::Query,
    sample::samples,
};

/// Decides against everything that it can decide against.
#[derive(Debug)]
struct Strict;

impl Decide for Strict {
    fn group_before_create_group(
        &self,
        event: &group::BeforeCreateGroup<'_>,
        _: &Origin<'_>,
    ) -> Verdict<GroupAction> {
        if event.name == "MyFirstGroup" {
            return Verdict::deny::<10101>(format!("Not {}.", event.name));
        }
        Verdict::allow()
    }

    fn group_before_apply_join_group(
        &self,
        _: &group::BeforeApplyJoinGroup<'_>,
        _: &Origin<'_>,
    ) -> Verdict<GroupAction> {
        Verdict::deny::<10200>("")
    }

    fn group_before_invite_join_group(
        &self,
        event: &group::BeforeInviteJoinGroup<'_>,
        _: &Origin<'_>,
    ) -> Verdict<GroupInvitation> {
        let invited = event.destination_members.iter().map(|member| &member.member_account);
        Verdict::refuse(invited.filter(|account| **account == "test-peter"))
    }

    fn group_before_send_msg(
        &self,
        event: &group::BeforeSendMsg<'_>,
        _: &Origin<'_>,
    ) -> Verdict<GroupMessage> {
        let mut texts = event.msg_body.iter().filter_map(MsgElem::text);
        if texts.any(|text| text == "hello") { Verdict::drop() } else { Verdict::allow() }
    }

    fn group_before_create_topic(
        &self,
        _: &group::BeforeCreateTopic<'_>,
        _: &Origin<'_>,
    ) -> Verdict<GroupAction> {
        Verdict::deny::<1>("No topics.")
    }

    fn c2c_before_send_msg(&self, _: &c2c::BeforeSendMsg<'_>, _: &Origin<'_>) -> Verdict<C2cMessage> {
        let elements = vec![Element::text("h***"), Element::custom("d", "e", "x")];
        Verdict::replace(NewMessage::from(elements).with_cloud_custom_data("checked"))
    }

    fn sns_prev_friend_add(
        &self,
        event: &sns::PrevFriendAdd<'_>,
        friend: &sns::FriendItem<'_>,
        _: &Origin<'_>,
    ) -> Verdict<Friend> {
        if event.from_account == "id" && friend.to_account == "id1" {
            return Verdict::deny::<38001>("Not id1.");
        }
        Verdict::allow()
    }

    fn sns_prev_friend_response(
        &self,
        _: &sns::PrevFriendResponse<'_>,
        _: &sns::ResponseFriendItem<'_>,
        _: &Origin<'_>,
    ) -> Verdict<Friend> {
        Verdict::deny::<39000>("")
    }

    fn official_account_before_create_official_account(
        &self,
        _: &official_account::BeforeCreateOfficialAccount<'_>,
        _: &Origin<'_>,
    ) -> Verdict<OfficialAccountAction> {
        Verdict::deny::<120_001>("")
    }

    fn official_account_before_add_subscriber(
        &self,
        event: &official_account::BeforeAddSubscriber<'_>,
        _: &Origin<'_>,
    ) -> Verdict<Subscription> {
        Verdict::refuse(event.subscribe_account_list.iter().take(1).map(|user| &user.subscriber_account))
    }

    fn official_account_before_send_msg(
        &self,
        _: &official_account::BeforeSendMsg<'_>,
        _: &Origin<'_>,
    ) -> Verdict<OfficialAccountMessage> {
        Verdict::replace(NewMessage::cloud_custom_data("checked"))
    }

    fn chatbot_on_c2c_signal_message(
        &self,
        event: &bot::OnC2cSignalMessage<'_>,
        _: &Origin<'_>,
    ) -> Verdict<Signal> {
        Verdict::pass(format!("seen: {}", &*event.data))
    }
}

fn json_of(decide: &dyn Decide, command: &str, body: &str) -> String {
    let query = format!("CallbackCommand={command}");
    let callback = Callback::parse(&Query::parse(&query), body.as_bytes()).expect(body).expect("a callback");
    let event = Event::parse(command, body).unwrap_or_else(|error| panic!("{command}: {error}"));
    answer(decide, &callback, Some(&event), &FROM_APP).json().into_owned()
}

const FROM_APP: Origin<'static> = Origin { sdk_appid: "1", platform: Some(Platform::Ios), client_ip: None };

fn bodies() -> impl Iterator<Item = (String, String)> {
    samples().map(|sample| (sample.command, sample.body.to_string()))
}

const PLAIN: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;

#[test]
fn default_decisions_allow_everything() {
    for (command, body) in bodies() {
        let further = match command.as_str() {
            "Sns.CallbackPrevFriendAdd" | "Sns.CallbackPrevFriendResponse" => {
                r#"0,"ResultItem":[{"To_Account":"test-id1","ResultCode":0,"ResultInfo":""}]}"#
            }
            "Chatbot.OnC2CSignalMessage" => r#"1,"RspData":""}"#,
            _ => "0}",
        };
        let expected = format!(r#"{{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":{further}"#);
        assert_eq!(json_of(&(), &command, &body), expected, "{command}");
        assert_eq!(json_of(&Strict, "Live.CallbackBeforeSendGift", &body), PLAIN);
    }
}

#[test]
fn exactly_the_before_callbacks_are_decided_on() {
    let decided = bodies().filter(|(command, body)| json_of(&Strict, command, body) != PLAIN);
    let mut decided: Vec<_> = decided.map(|(command, _)| command).collect();
    let mut before_callbacks: Vec<_> =
        DOCUMENTED.map(|command| command.name).into_iter().filter(|n| is_before_callback(n)).collect();
    decided.sort_unstable();
    before_callbacks.sort_unstable();
    assert_eq!(decided, before_callbacks);
}

#[test]
fn decision_gives_the_json_of_its_page() {
    for (command, further) in [
        ("Group.CallbackBeforeCreateGroup", r#""Not MyFirstGroup.","ErrorCode":10101}"#),
        ("Group.CallbackBeforeApplyJoinGroup", r#""","ErrorCode":10200}"#),
        ("Group.CallbackBeforeCreateTopic", r#""No topics.","ErrorCode":1}"#),
        ("Group.CallbackBeforeSendMsg", r#""","ErrorCode":2}"#),
        (
            "Group.CallbackBeforeInviteJoinGroup",
            r#""","ErrorCode":0,"RefusedMembers_Account":["test-peter"]}"#,
        ),
        (
            "C2C.CallbackBeforeSendMsg",
            r#""","ErrorCode":0,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"h***"}},{"MsgType":"TIMCustomElem","MsgContent":{"Data":"d","Desc":"e","Ext":"x"}}],"CloudCustomData":"checked"}"#,
        ),
        (
            "Sns.CallbackPrevFriendResponse",
            r#""","ErrorCode":0,"ResultItem":[{"To_Account":"test-id1","ResultCode":39000,"ResultInfo":""}]}"#,
        ),
        ("OfficialAccount.CallbackBeforeCreateOfficialAccount", r#""","ErrorCode":120001}"#),
        (
            "OfficialAccount.CallbackBeforeAddSubscriber",
            r#""","ErrorCode":0,"RefusedSubscribers_Account":["test-tommy"]}"#,
        ),
        ("OfficialAccount.CallbackBeforeSendMsg", r#""","ErrorCode":0,"CloudCustomData":"checked"}"#),
        ("Chatbot.OnC2CSignalMessage", r#""","ErrorCode":0,"RspData":"seen: {\"intent\":\"weather\"}"}"#),
    ] {
        let (_, body) = bodies().find(|(name, _)| name == command).expect("each command has a case");
        let expected = format!(r#"{{"ActionStatus":"OK","ErrorInfo":{further}"#);
        assert_eq!(json_of(&Strict, command, &body), expected, "{command}");
    }
}

/// Allows requests from a server, and from clients at one address.
#[derive(Debug)]
struct Gate;

impl Gate {
    fn is_open(origin: &Origin<'_>) -> bool {
        origin.platform == Some(Platform::RestApi) || origin.client_ip == Some("203.0.113.7")
    }
}

impl Decide for Gate {
    fn group_before_send_msg(
        &self,
        _: &group::BeforeSendMsg<'_>,
        origin: &Origin<'_>,
    ) -> Verdict<GroupMessage> {
        if Self::is_open(origin) {
            Verdict::allow()
        } else {
            Verdict::deny::<10100>(origin.sdk_appid.to_owned())
        }
    }

    fn sns_prev_friend_add(
        &self,
        _: &sns::PrevFriendAdd<'_>,
        _: &sns::FriendItem<'_>,
        origin: &Origin<'_>,
    ) -> Verdict<Friend> {
        if Self::is_open(origin) { Verdict::allow() } else { Verdict::deny::<38000>("") }
    }
}

#[test]
fn decision_gets_the_origin_of_the_callback() {
    for (command, denied) in [
        ("Group.CallbackBeforeSendMsg", r#""ErrorInfo":"app-7","ErrorCode":10100"#),
        ("Sns.CallbackPrevFriendAdd", r#""ResultCode":38000"#),
    ] {
        let (_, body) = bodies().find(|(name, _)| name == command).expect("each command has a case");
        for (url, open) in [
            ("&OptPlatform=RESTAPI", true),
            ("&OptPlatform=Web&ClientIP=203.0.113.7", true),
            ("&OptPlatform=Web&ClientIP=203.0.113.8", false),
            ("", false),
        ] {
            let raw = format!("CallbackCommand={command}{url}");
            let query = Query::parse(&raw);
            let callback = Callback::parse(&query, body.as_bytes()).expect("an object").expect("a callback");
            let event = callback.event().expect("the documented shape");
            let json = answer(&Gate, &callback, Some(&event), &Origin::new("app-7", &query)).json();
            assert_eq!(!json.contains(denied), open, "{command} {url}: {json}");
        }
    }
}

#[test]
fn one_of_two_friends_is_denied() {
    let body = r#"{"Requester_Account":"id","From_Account":"id","FriendItem":[{"To_Account":"id0"},{"To_Account":"id1"}]}"#;
    let expected = json!([
        { "To_Account": "id0", "ResultCode": 0, "ResultInfo": "" },
        { "To_Account": "id1", "ResultCode": 38001, "ResultInfo": "Not id1." },
    ]);
    let answer: serde_json::Value =
        serde_json::from_str(&json_of(&Strict, "Sns.CallbackPrevFriendAdd", body)).expect("JSON");
    assert_eq!(answer["ResultItem"], expected);
    assert_eq!((&answer["ErrorCode"], &answer["ErrorInfo"]), (&json!(0), &json!("")));
}

#[test]
fn body_with_undocumented_shape_gets_the_default_answer() {
    for (command, body) in bodies().filter(|(command, _)| is_before_callback(command)) {
        let query = format!("CallbackCommand={command}");
        let callback = Callback::parse(&Query::parse(&query), body.as_bytes());
        let answer = answer(&Strict, &callback.expect("an object").expect("a callback"), None, &FROM_APP);
        assert_eq!(answer.json(), json_of(&(), &command, &body), "{command}");
    }
}

#[test]
fn refusing_nobody_equals_allowing() {
    let refused: Verdict<GroupInvitation> = Verdict::refuse(["a"; 0]);
    assert_eq!(refused, Verdict::allow());
}
