//! Requests as Tencent sends them and API Gateway delivers them.

use std::fmt::Write;

use serde_json::{Value, json};
use tencent_chat_callbacks::signature::sign;
use tencent_chat_webhook::time::now_millis;

/// The application of the files in `events/`.
pub const SDK_APPID: &str = "1400000001";

/// The command of the bodies that [`created`] makes.
pub const CREATED: &str = "Group.CallbackAfterCreateGroup";

/// Number of members for a body of 0.3 KB.
pub const SMALL: usize = 1;

/// Number of members for a body of 38 KB, presumably the largest for a new group.
pub const MEDIUM: usize = 700;

/// Number of members of the largest group.
pub const LARGEST: usize = 6000;

/// The current time plus an offset in seconds, in the form of `RequestTime`.
#[must_use]
pub fn request_time(offset: i64) -> String {
    let seconds = i64::try_from(now_millis() / 1000).expect("the clock is sane");
    (seconds + offset).to_string()
}

/// The URL parameters of a command, signed now with this token.
#[must_use]
pub fn signed(sdk_appid: &str, command: &str, token: &str) -> String {
    let time = request_time(0);
    let sign = sign(token, &time);
    format!(
        "CallbackCommand={command}&ClientIP=203.0.113.7&OptPlatform=RESTAPI&RequestTime={time}\
         &SdkAppid={sdk_appid}&Sign={sign}&contenttype=json"
    )
}

/// A POST with a query string and a body, as API Gateway describes it.
#[must_use]
pub fn post(raw_query_string: &str, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "POST /",
        "rawPath": "/",
        "rawQueryString": raw_query_string,
        "headers": {
            "content-length": body.len().to_string(),
            "content-type": "application/json",
            "host": "a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com",
            "x-amzn-trace-id": "Root=1-6392ef8e-000000000000000000000001",
            "x-forwarded-for": "198.51.100.20",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": "POST",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.20",
                "userAgent": "",
            },
            "requestId": "request-1",
            "routeKey": "POST /",
            "stage": "$default",
            "timeEpoch": now_millis(),
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

/// The body for a new group with this many members. It differs for each index.
#[must_use]
pub fn created(index: u64, members: usize) -> String {
    created_with(index, members, |body, member| write!(body, "user_{index:013}_{member:013}"))
}

/// The same body with every character of a member's name escaped. This makes the largest bodies: 1.3 MB.
#[must_use]
pub fn created_escaped(index: u64, members: usize) -> String {
    created_with(index, members, |body, member| {
        let name = format!("user_{index:013}_{member:013}");
        name.chars().try_for_each(|character| write!(body, "\\u{:04x}", u32::from(character)))
    })
}

fn created_with(index: u64, members: usize, name: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut body = format!(
        r#"{{"CallbackCommand":"{CREATED}","EventTime":"{}","GroupId":"@TGS#{index:09}","MemberList":["#,
        1_670_574_414_123 + index
    );
    for member in 0..members {
        body.push_str(if member == 0 { "" } else { "," });
        body.push_str(r#"{"Member_Account":""#);
        name(&mut body, member).expect("writing to a string succeeds");
        body.push_str(r#""}"#);
    }
    body.push_str(
        r#"],"Name":"MyFirstGroup","Operator_Account":"group_root","Owner_Account":"leckie","Type":"Public"}"#,
    );
    body
}
