//! Every documented command: its page and its required fields.

use super::*;

/// Command, page, required fields. Written by hand, independent of the code.
#[rustfmt::skip]
const COMMANDS: [(&str, &str, &str); 61] = [
    ("Group.CallbackAfterCreateGroup", "34369", "GroupId Operator_Account Owner_Account Type Name"),
    ("Group.CallbackAfterGroupDestroyed", "34377", "GroupId Type Owner_Account"),
    ("Group.CallbackAfterGroupInfoChanged", "34378", "GroupId Type Operator_Account"),
    ("Group.CallbackAfterGroupFull", "34376", "GroupId"),
    ("Group.CallbackAfterSendMsg", "34375", "GroupId Type From_Account MsgBody"),
    ("Group.CallbackBeforeSendMsg", "34374", "GroupId Type From_Account MsgBody"),
    ("Group.CallbackAfterNewMemberJoin", "34372", "GroupId Type JoinType Operator_Account NewMemberList"),
    ("Group.CallbackAfterMemberExit", "34373", "GroupId Type ExitType Operator_Account ExitMemberList"),
    ("Group.CallbackBeforeCreateGroup", "34368", "Operator_Account Owner_Account Type Name"),
    ("Group.CallbackBeforeApplyJoinGroup", "34370", "GroupId Type Requestor_Account"),
    ("Group.CallbackBeforeInviteJoinGroup", "34371", "GroupId Type Operator_Account DestinationMembers"),
    ("Group.CallbackOnMemberStateChange", "48734", "GroupId EventType"),
    ("Group.CallbackSendMsgException", "49462",
        "GroupId Type From_Account Operator_Account Random MsgBody ErrorCode"),
    ("Group.CallbackBeforeCreateTopic", "49463", "Operator_Account Type Name"),
    ("Group.CallbackAfterCreateTopic", "49464", "GroupId TopicId Operator_Account Owner_Account Type Name"),
    ("Group.CallbackAfterTopicDestroyed", "49465", "GroupId Type TopicIdList"),
    ("Group.CallbackAfterTopicInfoChanged", "49466", "GroupId Type Operator_Account"),
    ("Group.CallbackAfterRecallMsg", "46979", "GroupId Type Operator_Account MsgSeqList"),
    ("Group.CallbackOnDailyGroupQuotaAlarm", "57455", "QuotaUsed Quota"),
    ("Group.CallbackAfterMemberFieldChanged", "60393", "GroupId Type Operator_Account Member_Account"),
    ("Group.CallbackAfterGroupAttrChanged", "60394", "GroupId Type Operator_Account"),
    ("Group.CallbackAfterReadReceipt", "60395", "GroupId Type GroupMsgReceiptList"),
    ("Group.CallbackAfterChangeGroupOwner", "60396",
        "GroupId Type Operator_Account OldOwner_Account NewOwner_Account"),
    ("Group.CallbackAfterGroupMsgExtension", "76007", "GroupId MsgSeq OperateType"),
    ("Group.CallbackAfterModifyMsg", "269/129193", "GroupId Operator_Account MsgSeq MsgBody"),
    ("C2C.CallbackBeforeSendMsg", "34364", "From_Account To_Account MsgBody"),
    ("C2C.CallbackAfterSendMsg", "34365", "From_Account To_Account MsgBody"),
    ("C2C.CallbackAfterMsgReport", "43465", "Report_Account Peer_Account"),
    ("C2C.CallbackAfterMsgWithDraw", "43466", "From_Account To_Account MsgKey"),
    ("C2C.CallbackAfterC2CMsgExtension", "76006", "From_Account To_Account MsgKey OperateType"),
    ("C2C.CallbackAfterModifyMsg", "269/128224",
        "Operator_Account From_Account To_Account MsgSeq MsgRandom MsgKey MsgBody"),
    ("C2C.CallbackAfterMsgReadAll", "269/128225", "Report_Account"),
    ("C2C.CallbackAfterMsgReadReceipt", "269/128223", "Operator_Account Peer_Account C2CMsgInfo"),
    ("State.StateChange", "34357", "Info"),
    ("Profile.CallbackPortraitSet", "48733", "Operator_Account From_Account ProfileItem"),
    ("Sns.CallbackPrevFriendAdd", "43468", "Requester_Account From_Account FriendItem"),
    ("Sns.CallbackPrevFriendResponse", "43467", "Requester_Account From_Account ResponseFriendItem"),
    ("Sns.CallbackFriendAdd", "34359", "PairList"),
    ("Sns.CallbackFriendDelete", "34360", "PairList"),
    ("Sns.CallbackBlackListAdd", "34361", "PairList"),
    ("Sns.CallbackBlackListDelete", "34362", "PairList"),
    ("Follow.CallbackAfterFollowAdd", "70355", "From_Account FollowList"),
    ("Follow.CallbackAfterFollowDelete", "70356", "From_Account"),
    ("Bot.OnC2CMessage", "68952", "From_Account To_Account MsgSeq MsgRandom MsgKey MsgBody"),
    ("Bot.OnGroupMessage", "68953",
        "GroupId Type From_Account Operator_Account Random MsgSeq MsgBody AtRobots_Account"),
    ("Chatbot.OnC2CSignalMessage", "59057", "From_Account To_Account MsgSeq MsgRandom MsgKey Data"),
    ("ContentCallback.ResultNotify", "78240", "Scene CtxcbRequestId"),
    ("Alert.RequestOverLimit", "60256", "ServiceName Command"),
    ("OfficialAccount.CallbackBeforeCreateOfficialAccount", "60795", "Operator_Account Owner_Account Name"),
    ("OfficialAccount.CallbackAfterCreateOfficialAccount", "60796",
        "Official_Account Operator_Account Owner_Account Name"),
    ("OfficialAccount.CallbackAfterOfficialAccountInfoChanged", "60797", "Official_Account Operator_Account"),
    ("OfficialAccount.CallbackAfterOfficialAccountDestroyed", "60798", "Official_Account Owner_Account"),
    ("OfficialAccount.CallbackBeforeAddSubscriber", "60799",
        "Official_Account Operator_Account SubscribeAccountList"),
    ("OfficialAccount.CallbackAfterAddSubscriber", "60800",
        "Official_Account Operator_Account SubscribeAccountList"),
    ("OfficialAccount.CallbackAfterOfficialAccountFull", "60801", "Official_Account"),
    ("OfficialAccount.CallbackAfterDeleteSubscriber", "60802",
        "Official_Account Operator_Account SubscribeAccountList"),
    ("OfficialAccount.CallbackBeforeSendMsg", "60803", "Official_Account MsgBody"),
    ("OfficialAccount.CallbackAfterSendMsg", "60804", "Official_Account MsgKey MsgBody"),
    ("OfficialAccount.CallbackAfterMsgWithDraw", "60805", "Official_Account WithdrawMsgList"),
    ("Push.OfflinePush", "67552", "Events"),
    ("Push.AllMemberPush", "67551", "Events"),
];

#[test]
fn documented_commands_match_the_catalogue() {
    let listed: Vec<_> = Command::ALL.iter().map(|command| (command.name, command.page)).collect();
    assert_eq!(listed, COMMANDS.map(|(name, page, _)| (name, page)));
    for command in Command::ALL {
        assert_eq!(Command::find(command.name), Some(*command));
        assert!(is_name(command.name), "{command:?}");
    }
    assert_eq!(Command::find("Group.CallbackAfterFull"), None);
}

#[test]
fn before_callbacks_match_the_catalogue() {
    let before_callbacks =
        Command::ALL.iter().map(|command| command.name).filter(|name| is_before_callback(name));
    assert_eq!(
        before_callbacks.collect::<Vec<_>>(),
        [
            "Group.CallbackBeforeSendMsg",
            "Group.CallbackBeforeCreateGroup",
            "Group.CallbackBeforeApplyJoinGroup",
            "Group.CallbackBeforeInviteJoinGroup",
            "Group.CallbackBeforeCreateTopic",
            "C2C.CallbackBeforeSendMsg",
            "Sns.CallbackPrevFriendAdd",
            "Sns.CallbackPrevFriendResponse",
            "Chatbot.OnC2CSignalMessage",
            "OfficialAccount.CallbackBeforeCreateOfficialAccount",
            "OfficialAccount.CallbackBeforeAddSubscriber",
            "OfficialAccount.CallbackBeforeSendMsg",
        ]
    );
}

#[test]
fn body_parses_exactly_if_it_has_every_required_field() {
    for (command, body) in cases() {
        let (_, _, required) =
            COMMANDS.into_iter().find(|row| row.0 == command).expect("a documented command");
        for name in body.as_object().expect("an object").keys() {
            let mut rest = body.clone();
            rest.as_object_mut().expect("an object").remove(name);
            let parsed = Event::parse(&command, &rest.to_string()).map(drop);
            let is_required = required.split(' ').any(|field| field == name);
            assert_eq!(parsed.is_err(), is_required, "{command} without {name}");
            if let Err(error) = parsed {
                assert!(error.to_string().starts_with(&format!("missing field `{name}`")), "{error}");
            }
        }
    }
}

#[test]
fn every_documented_field_has_a_type() {
    for (command, body) in cases() {
        for (path, field) in fields(&body) {
            let mut wrong = body.clone();
            *wrong.pointer_mut(&field).expect("the field") = Value::Bool(true);
            let error = Event::parse(&command, &wrong.to_string()).expect_err(&path).to_string();
            assert!(error.starts_with(&format!("{path}: invalid type: boolean, expected ")), "{error}");
        }
    }
}

/// Path and JSON pointer of each field of a body, and of the objects and first entries in it.
pub(super) fn fields(body: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut objects = vec![(String::new(), String::new(), body)];
    while let Some((path, pointer, object)) = objects.pop() {
        for (name, value) in object.as_object().expect("an object") {
            if ["CallbackCommand", "MsgContent"].contains(&name.as_str()) {
                continue;
            }
            let (path, pointer) = (format!("{path}{name}"), format!("{pointer}/{name}"));
            match value {
                Value::Object(_) => objects.push((format!("{path}."), pointer.clone(), value)),
                Value::Array(list) if list[0].is_object() => {
                    objects.push((format!("{path}[0]."), format!("{pointer}/0"), &list[0]));
                }
                _ => {}
            }
            found.push((path, pointer));
        }
    }
    found
}
