use tencent_chat_callbacks::sample::{Sample, samples};
use tencent_chat_webhook::record::attribute::{Item, number, text};

use super::*;

fn event(attributes: &[(&str, &str)]) -> RecordedEvent {
    let item: Item = attributes.iter().map(|(name, value)| ((*name).to_owned(), text(*value))).collect();
    item.into()
}

#[test]
fn each_documented_command_says_what_happened() {
    let expected: Vec<_> = include_str!("samples.txt").lines().collect();
    let said = samples().map(|Sample { command, body, .. }| {
        let of = event(&[("CallbackCommand", &command), ("Body", &body.to_string())]);
        format!("{command}: {}", what(&of))
    });
    let said: Vec<_> = said.collect();
    assert_eq!(said, expected, "{}", said.join("\n"));
}

#[test]
fn refused_message_and_lone_member_are_told_apart() {
    let said = |command: &str, body: &str| what(&event(&[("CallbackCommand", command), ("Body", body)]));
    let refused = r#"{"From_Account":"amy","To_Account":"bob","MsgBody":[{"MsgType":"TIMFaceElem","MsgContent":{}}],
        "SendMsgResult":20006,"ErrorInfo":"callback denied"}"#;
    let expected = "not sent (error 20006 callback denied): amy to bob: [face]";
    assert_eq!(said("C2C.CallbackAfterSendMsg", refused), expected);
    let left = r#"{"GroupId":"g","Type":"Work","ExitType":"Quit","Operator_Account":"amy",
        "ExitMemberList":[{"Member_Account":"amy"}]}"#;
    assert_eq!(said("Group.CallbackAfterMemberExit", left), "amy left (Quit)");
}

#[test]
fn answer_and_problem_follow_the_description() {
    let full = [("CallbackCommand", "Group.CallbackAfterGroupFull"), ("Body", r#"{"GroupId":"g"}"#)];
    let with = |more: &[(&str, &str)]| what(&event(&[&full, more].concat()));
    let denied = r#"{"ActionStatus":"OK","ErrorInfo":"no links","ErrorCode":10100}"#;
    let expected = "the group is full; answered ErrorCode 10100 no links; Problem: an odd field";
    assert_eq!(with(&[("Answer", denied), ("Problem", "an odd field")]), expected);
    assert_eq!(
        with(&[("Answer", r#"{"ErrorCode":0,"A":1}"#)]),
        r#"the group is full; answered {"ErrorCode":0,"A":1}"#
    );
}

#[test]
fn event_without_a_typed_event_has_its_attributes_or_body() {
    let attributes =
        [("pk", "1#g"), ("GroupId", "g"), ("Name", "群 \"1\""), ("Owner_Account", "g"), ("Type", "Work")];
    assert_eq!(what(&event(&attributes)), "Name=群 \"1\" Type=Work", "the subject is in another column");
    let large: Item = [("Name", text("n")), ("BodyParts", number("3"))]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
    assert_eq!(what(&large.into()), "Name=n BodyParts=3");
    assert_eq!(what(&event(&[("CallbackCommand", "My.Own"), ("Body", r#"{"A":1}"#)])), r#"{"A":1}"#);
}
