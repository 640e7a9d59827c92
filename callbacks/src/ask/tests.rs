use serde_json::json;

use super::*;
use crate::{
    answer::Element,
    event::{Command, is_before_callback},
    origin::Platform,
    receiver::{App, Received, Receiver},
    sample::samples,
};

/// Decides against everything that it can decide against.
fn strict(ask: Ask<'_>) -> Answer {
    match ask {
        Ask::GroupBeforeCreateGroup(ask) if ask.event().name == "MyFirstGroup" => {
            ask.deny::<10101>(format!("Not {}.", ask.event().name))
        }
        Ask::GroupBeforeCreateGroup(ask) => ask.allow(),
        Ask::GroupBeforeApplyJoinGroup(ask) => ask.deny::<10200>(""),
        Ask::GroupBeforeInviteJoinGroup(ask) => {
            let invited = ask.event().destination_members.iter().map(|member| &member.member_account);
            ask.refuse(invited.filter(|account| **account == "test-peter"))
        }
        Ask::GroupBeforeSendMsg(ask) => {
            if ask.event().texts().any(|text| text == "hello") {
                ask.drop()
            } else {
                ask.allow()
            }
        }
        Ask::GroupBeforeCreateTopic(ask) => ask.try_deny(1, "No topics.").unwrap_or_else(|_| ask.allow()),
        Ask::C2cBeforeSendMsg(ask) => {
            let elements = [Element::text("h***"), Element::custom("d", "e", "x")];
            ask.replace_with_cloud_custom_data(elements, "checked")
        }
        Ask::SnsPrevFriendAdd(ask) => ask.answer_each(|friend| {
            if ask.event().from_account == "id" && friend.to_account == "id1" {
                return FriendAnswer::deny::<38001>("Not id1.");
            }
            FriendAnswer::allow()
        }),
        Ask::SnsPrevFriendResponse(ask) => {
            ask.answer_each(|_| FriendAnswer::try_deny(39_000, "").unwrap_or(FriendAnswer::allow()))
        }
        Ask::OfficialAccountBeforeCreateOfficialAccount(ask) => ask.deny::<120_001>(""),
        Ask::OfficialAccountBeforeAddSubscriber(ask) => {
            ask.refuse(ask.event().subscribe_account_list.iter().take(1).map(|user| &user.subscriber_account))
        }
        Ask::OfficialAccountBeforeSendMsg(ask) => ask.replace_cloud_custom_data("checked"),
        Ask::ChatbotOnC2cSignalMessage(ask) => ask.data(format!("seen: {}", &*ask.event().data)),
    }
}

/// The answer of a receiver with a decision.
fn json_of(decide: fn(Ask<'_>) -> Answer, command: &str, body: &str) -> String {
    let door = Receiver::new([App::unsigned("app-7")]);
    let query = format!("SdkAppid=app-7&CallbackCommand={command}");
    let received = door.receive(&query, body.as_bytes(), 0).expect(body);
    received.ask().map_or_else(|| received.answer(), decide).json().into_owned()
}

fn bodies() -> impl Iterator<Item = (String, String)> {
    samples().map(|sample| (sample.command, sample.body.to_string()))
}

const PLAIN: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;

#[test]
fn default_answers_allow_everything() {
    for (command, body) in bodies() {
        let extra = match command.as_str() {
            "Sns.CallbackPrevFriendAdd" | "Sns.CallbackPrevFriendResponse" => {
                r#"0,"ResultItem":[{"To_Account":"test-id1","ResultCode":0,"ResultInfo":""}]}"#
            }
            "Chatbot.OnC2CSignalMessage" => r#"1,"RspData":""}"#,
            _ => "0}",
        };
        let expected = format!(r#"{{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":{extra}"#);
        assert_eq!(json_of(|ask| ask.answer(), &command, &body), expected, "{command}");
        assert_eq!(json_of(strict, "Live.CallbackBeforeSendGift", &body), PLAIN);
    }
}

#[test]
fn url_check_gets_the_plain_answer_and_no_decision() {
    let received = Received::UrlCheck;
    assert!(received.ask().is_none());
    assert_eq!(received.answer().json(), PLAIN);
}

#[test]
fn exactly_the_before_callbacks_are_decided_on() {
    let decided = bodies().filter(|(command, body)| json_of(strict, command, body) != PLAIN);
    let mut decided: Vec<_> = decided.map(|(command, _)| command).collect();
    let mut before_callbacks: Vec<_> =
        Command::ALL.iter().map(|command| command.name).filter(|name| is_before_callback(name)).collect();
    decided.sort_unstable();
    before_callbacks.sort_unstable();
    assert_eq!(decided, before_callbacks);
}

#[test]
fn decision_gives_the_json_of_its_page() {
    for (command, extra) in [
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
        let expected = format!(r#"{{"ActionStatus":"OK","ErrorInfo":{extra}"#);
        assert_eq!(json_of(strict, command, &body), expected, "{command}");
    }
}

/// Allows requests from a server, and from clients at one address.
#[allow(clippy::needless_pass_by_value, reason = "a decision gets the ask")]
fn gate(ask: Ask<'_>) -> Answer {
    let origin = ask.origin();
    if origin.platform == Some(Platform::RestApi) || origin.client_ip == Some("203.0.113.7") {
        return ask.answer();
    }
    match &ask {
        Ask::GroupBeforeSendMsg(before) => before.deny::<10100>(ask.origin().sdk_appid.to_owned()),
        Ask::SnsPrevFriendAdd(before) => before.answer_each(|_| FriendAnswer::deny::<38000>("")),
        _ => ask.answer(),
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
            let json = json_of(gate, &format!("{command}{url}"), &body);
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
        serde_json::from_str(&json_of(strict, "Sns.CallbackPrevFriendAdd", body)).expect("JSON");
    assert_eq!(answer["ResultItem"], expected);
    assert_eq!((&answer["ErrorCode"], &answer["ErrorInfo"]), (&json!(0), &json!("")));
}

#[test]
fn body_with_undocumented_shape_gets_the_default_answer() {
    for (command, body) in bodies().filter(|(command, _)| is_before_callback(command)) {
        let body =
            body.replace("\"From_Account\"", "\"From\"").replace("\"Operator_Account\"", "\"Operator\"");
        let callback = Callback::of(&command, &body).expect("an object");
        if callback.event().is_err() {
            assert!(callback.ask().is_none(), "{command}");
        }
    }
    let odd = Callback::of("Group.CallbackBeforeSendMsg", r#"{"MsgBody":1}"#).expect("an object");
    assert!(odd.event().is_err() && odd.ask().is_none());
    assert_eq!(odd.answer().json(), PLAIN);
}

#[test]
fn empty_replacements_and_refusals_allow() {
    let messages =
        Callback::of("C2C.CallbackBeforeSendMsg", r#"{"From_Account":"f","To_Account":"t","MsgBody":[]}"#);
    let messages = messages.expect("an object");
    let Some(Ask::C2cBeforeSendMsg(ask)) = messages.ask() else { panic!("{:?}", messages.event()) };
    assert_eq!(ask.replace(Vec::<Element>::new()).json(), PLAIN);
    assert_eq!(ask.replace(["hello"]), ask.replace([Element::text("hello")]));
}

#[test]
fn every_answer_of_an_ask_passes_its_check() {
    for (command, body) in bodies() {
        let callback = Callback::of(&command, &body).expect("an object");
        for decide in [strict, |ask: Ask<'_>| ask.answer()] {
            let json = json_of(decide, &command, &body);
            assert_eq!(callback.check_answer(&json), Ok(()), "{command}: {json}");
        }
    }
}
