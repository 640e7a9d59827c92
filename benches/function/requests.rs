//! Requests as Tencent sends them and API Gateway hands them over.

use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The application that the function serves.
pub(crate) const SDK_APPID: &str = "1400000001";

/// The token that admits a request.
pub(crate) const TOKEN: &str = "a token of the console";

const COMMAND: &str = "Group.CallbackAfterCreateGroup";

/// Members of a group whose body has 0.3 KB.
pub(crate) const SMALL: usize = 1;

/// Members of a group whose body has 38 KB, the largest that a new group's is thought to have.
pub(crate) const MEDIUM: usize = 700;

/// Members of the largest group.
pub(crate) const LARGEST: usize = 6000;

/// The body for a group of so many members, another one for each index.
pub(crate) fn created(index: u64, members: usize) -> String {
    created_with(index, members, |body, member| write!(body, "user_{index:013}_{member:013}"))
}

/// The same with every character of a member's name as an escape, which makes the largest bodies: 1.3 MB.
pub(crate) fn created_escaped(index: u64, members: usize) -> String {
    created_with(index, members, |body, member| {
        let name = format!("user_{index:013}_{member:013}");
        name.chars().try_for_each(|character| write!(body, "\\u{:04x}", u32::from(character)))
    })
}

fn created_with(index: u64, members: usize, name: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut body = format!(
        r#"{{"CallbackCommand":"{COMMAND}","EventTime":"{}","GroupId":"@TGS#{index:09}","MemberList":["#,
        1_670_574_414_123 + index
    );
    for member in 0..members {
        body.push_str(if member == 0 { "" } else { "," });
        body.push_str(r#"{"Member_Account":""#);
        name(&mut body, member).expect("a string takes what is written");
        body.push_str(r#""}"#);
    }
    body.push_str(
        r#"],"Name":"MyFirstGroup","Operator_Account":"group_root","Owner_Account":"leckie","Type":"Public"}"#,
    );
    body
}

/// The query string of a request that is signed with a token.
pub(crate) fn query(sdk_appid: &str, token: &str, now_seconds: u64) -> String {
    let sign = hex::encode(Sha256::digest(format!("{token}{now_seconds}")));
    format!(
        "CallbackCommand={COMMAND}&ClientIP=203.0.113.7&OptPlatform=RESTAPI\
         &RequestTime={now_seconds}&SdkAppid={sdk_appid}&Sign={sign}&contenttype=json"
    )
}

/// The event of a request, for the Runtime API to hand out.
#[allow(dead_code, reason = "the core's bench needs no event")]
pub(crate) fn event(query: &str, body: &str) -> Vec<u8> {
    let mut event: Value = serde_json::from_str(include_str!("../../events/group-created.json"))
        .expect("a sample event is JSON");
    event["rawQueryString"] = query.into();
    event["queryStringParameters"] = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.into_owned(), json!(value)))
        .collect::<Value>();
    event["body"] = body.into();
    serde_json::to_vec(&event).expect("JSON can be written")
}
