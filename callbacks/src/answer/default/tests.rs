use super::*;

const ADD: &str = "Sns.CallbackPrevFriendAdd";

fn default_json(command: &str, body: &str) -> String {
    Callback::of(command, body).expect("an object").answer().json().into_owned()
}

fn results(body: &str) -> String {
    let json = default_json(ADD, body);
    let list = json.strip_prefix(r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"ResultItem":"#);
    list.expect("the three fields and the list").strip_suffix('}').expect("an object").to_owned()
}

fn allowed(accounts: &[&str]) -> String {
    let item = |account| format!(r#"{{"To_Account":"{account}","ResultCode":0,"ResultInfo":""}}"#);
    format!("[{}]", accounts.iter().map(item).collect::<Vec<_>>().join(","))
}

#[test]
fn every_readable_friend_is_allowed_in_order() {
    for (body, accounts) in [
        (r#"{"FriendItem":[{"To_Account":"b"},{"To_Account":"a","Remark":1}]}"#, ["b", "a"].as_slice()),
        (r#"{"FriendItem":[{"To_Account":17},{"To_Account":"\u0061"}]}"#, &["17", "a"]),
        (r#"{"FriendItem":[1,null,"a",[],{},{"To_Account":null},{"To_Account":"a"}]}"#, &["a"]),
        (
            r#"{"FriendItem":[{"To_Account":"\ud800"},{"To_Account":["b"]},{"To_Account":"a"}]}"#,
            &["\u{fffd}", "a"],
        ),
        (r#"{"FriendItem":[{"\ud800":1,"To_Account":"a"}],"\udfff":{"b":[]}}"#, &["a"]),
        (r#"{"\u0046riendItem":[{"To_Accoun\u0074":"a"}]}"#, &["a"]),
        (r#"{"FriendItem":1,"FriendItem":[{"To_Account":"x","To_Account":"a"}]}"#, &["a"]),
    ] {
        assert_eq!(results(body), allowed(accounts), "{body}");
    }
}

#[test]
fn default_answer_without_a_friend_list_has_no_results() {
    for body in [
        r#"{"From_Account":"a"}"#,
        r#"{"FriendItem":null}"#,
        r#"{"FriendItem":{"To_Account":"a"}}"#,
        r#"{"FriendItem":"a"}"#,
        r#"{"FriendItem":[]}"#,
        r#"{"ResponseFriendItem":[{"To_Account":"a"}]}"#,
    ] {
        assert_eq!(results(body), "[]", "{body}");
    }
}

#[test]
fn deep_nesting_gives_no_results() {
    let deep = "[".repeat(500_000) + &"]".repeat(500_000);
    let body = format!(r#"{{"Deep":{deep},"FriendItem":[{deep},{{"Remark":{deep},"To_Account":"a"}}]}}"#);
    assert_eq!(results(&body), allowed(&["a"]));
}

#[test]
fn default_answer_matches_the_command() {
    let body = r#"{"FriendItem":[{"To_Account":"a"}],"ResponseFriendItem":[{"To_Account":"b"}]}"#;
    for (command, expected) in [
        (ADD, format!(r#""ErrorCode":0,"ResultItem":{}}}"#, allowed(&["a"]))),
        ("Sns.CallbackPrevFriendResponse", format!(r#""ErrorCode":0,"ResultItem":{}}}"#, allowed(&["b"]))),
        ("Chatbot.OnC2CSignalMessage", r#""ErrorCode":1,"RspData":""}"#.to_owned()),
        ("Group.CallbackBeforeSendMsg", r#""ErrorCode":0}"#.to_owned()),
        ("Live.CallbackBeforeSendGift", r#""ErrorCode":0}"#.to_owned()),
    ] {
        let expected = format!(r#"{{"ActionStatus":"OK","ErrorInfo":"",{expected}"#);
        assert_eq!(default_json(command, body), expected, "{command}");
    }
}
