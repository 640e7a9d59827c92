use super::*;

const FRIENDS: &str = r#"{"FriendItem":[{"To_Account":"a"},{"To_Account":"b"}]}"#;

/// The error of an answer with this code, this text and these further fields.
fn error(command: &str, code: &str, extra: &str) -> Option<String> {
    let callback = Callback::of(command, FRIENDS).expect("an object");
    let answer = format!(r#"{{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":{code}{extra}}}"#);
    callback.check_answer(&answer).err().map(|error| error.to_string())
}

#[test]
fn code_of_another_command_is_an_error() {
    for (command, right, wrong, expected) in [
        ("Group.CallbackAfterSendMsg", &["0"][..], &["1", "2", "10100"][..], "0"),
        ("Group.CallbackBeforeCreateGroup", &["0", "1", "10200"], &["2", "120001"], "0, 1, 10100 to 10200"),
        (
            "Group.CallbackBeforeSendMsg",
            &["0", "1", "2", "10100"],
            &["3", "38000"],
            "0, 1, 2, 10100 to 10200",
        ),
        ("C2C.CallbackBeforeSendMsg", &["0", "2", "130000"], &["10100"], "0, 1, 2, 120001 to 130000"),
        ("OfficialAccount.CallbackBeforeAddSubscriber", &["0", "1"], &["2", "120001"], "0, 1"),
        ("Live.CallbackBeforeSendGift", &["0", "7", "4294967295"], &[], ""),
    ] {
        assert!(right.iter().all(|code| error(command, code, "").is_none()), "{command}");
        for code in wrong {
            assert_eq!(
                error(command, code, ""),
                Some(format!("ErrorCode: expected {expected}")),
                "{command} {code}"
            );
        }
    }
}

#[test]
fn answer_needs_the_three_fields() {
    let callback = Callback::of("Live.CallbackBeforeSendGift", "{}").expect("an object");
    for (answer, expected) in [
        ("", "the answer is not a JSON object"),
        ("[]", "the answer is not a JSON object"),
        ("{}", "ActionStatus: expected OK"),
        (r#"{"ActionStatus":"FAIL","ErrorInfo":"","ErrorCode":1}"#, "ActionStatus: expected OK"),
        (r#"{"ActionStatus":"OK","ErrorCode":0}"#, "ErrorInfo: expected a string"),
        (r#"{"ActionStatus":"OK","ErrorInfo":""}"#, "ErrorCode: expected a whole number"),
        (r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":"0"}"#, "ErrorCode: expected a whole number"),
        (r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":-1}"#, "ErrorCode: expected a whole number"),
    ] {
        let error = callback.check_answer(answer).expect_err(answer);
        assert_eq!(error.to_string(), expected, "{answer}");
    }
    let with_mark = "\u{feff}{\"ActionStatus\":\"OK\",\"ErrorInfo\":\"\",\"ErrorCode\":0,\"More\":1}";
    assert_eq!(callback.check_answer(with_mark), Ok(()));
}

#[test]
fn further_fields_must_fit_the_command() {
    let (add, message) = ("Sns.CallbackPrevFriendAdd", "Group.CallbackBeforeSendMsg");
    let (invite, robot) = ("Group.CallbackBeforeInviteJoinGroup", "Chatbot.OnC2CSignalMessage");
    for (command, extra, expected) in [
        (add, "", Some("ResultItem: expected an array")),
        (
            add,
            r#","ResultItem":[]"#,
            Some("ResultItem: expected an entry for each entry of the callback's list"),
        ),
        (
            add,
            r#","ResultItem":[{"To_Account":"b","ResultCode":1},{"To_Account":"a","ResultCode":0}]"#,
            Some("ResultItem[0].ResultCode: expected 0, 38000 to 39000"),
        ),
        (add, r#","ResultItem":[{"ResultCode":0}]"#, Some("ResultItem[0].To_Account: expected a string")),
        (
            add,
            r#","ResultItem":[{"To_Account":"b","ResultCode":0},{"To_Account":"a","ResultCode":38000}]"#,
            None,
        ),
        (robot, "", Some("RspData: expected a string")),
        (robot, r#","RspData":{}"#, Some("RspData: expected a string")),
        (robot, r#","RspData":"x""#, None),
        (message, r#","MsgBody":[]"#, Some("MsgBody: expected at least one element")),
        (message, r#","MsgBody":[{"MsgType":"T"}]"#, Some("MsgBody[0].MsgContent: expected an object")),
        (message, r#","MsgBody":[{"MsgType":"T","MsgContent":{}}],"CloudCustomData":"d""#, None),
        (message, r#","CloudCustomData":1"#, Some("CloudCustomData: expected a string")),
        (message, r#","ResultItem":[]"#, Some("ResultItem: this command does not have this field")),
        (
            invite,
            r#","RefusedMembers_Account":["a",1]"#,
            Some("RefusedMembers_Account[1]: expected a string"),
        ),
        (
            invite,
            r#","RefusedSubscribers_Account":["a"]"#,
            Some("RefusedSubscribers_Account: this command does not have this field"),
        ),
        (invite, r#","RefusedMembers_Account":["a"]"#, None),
    ] {
        assert_eq!(error(command, "0", extra).as_deref(), expected, "{command} {extra}");
    }
}
