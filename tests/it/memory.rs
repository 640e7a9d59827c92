//! The peak memory of the real binary, for the largest bodies in their largest encoding.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use support::{
    endpoint::{Endpoint, Step},
    lambda::{Instance, command},
    requests::{SDK_APPID, post},
};
use tencent_chat_webhook::refused::MAX_BODY_BYTES;

use crate::world::{FUNCTION, Table, variables};

/// A build without optimizations takes at least as much as a release.
const LIMIT: u64 = 100_000_000;

/// A command and a body of up to 3.5 MB, which repeats one filler between its ends.
fn filled(command: &'static str, start: &str, filler: &str, end: &str) -> (&'static str, String) {
    let times = (MAX_BODY_BYTES - start.len() - end.len()) / filler.len();
    (command, format!("{start}{}{end}", filler.repeat(times)))
}

/// Bodies that are large in different ways after parsing.
fn bodies() -> [(&'static str, String); 5] {
    let group = "Group.CallbackAfterGroupDestroyed";
    let message = "Group.CallbackAfterSendMsg";
    [
        filled(group, r#"{"GroupId":"g","Type":"Public","Owner_Account":"o","Name":""#, "x", r#""}"#),
        filled(group, r#"{"GroupId":"g","Type":"Public","Owner_Account":"o","Name":""#, r"\u0000", r#""}"#),
        filled(
            group,
            r#"{"GroupId":"g","Type":"Public","Owner_Account":"o","MemberList":["#,
            r#"{"Member_Account":"m"},"#,
            r#"{"Member_Account":"m"}]}"#,
        ),
        filled(
            message,
            r#"{"GroupId":"g","Type":"Public","From_Account":"f","Operator_Account":"o","Random":1,"MsgSeq":1,"MsgBody":["#,
            r#"{"MsgType":"","MsgContent":{}},"#,
            r#"{"MsgType":"","MsgContent":{}}]}"#,
        ),
        filled(group, "{", r#""a":1,"#, r#""GroupId":"g"}"#),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_3_5_mb_in_base64_need_less_than_100_mb() {
    let table = Table::start().await;
    for step in [Step::Pass, Step::Fail(400, "ThrottlingException", "Rate exceeded.")] {
        let endpoint = Endpoint::scripted(&[step], table.dynamodb.address).await;
        let url = format!("http://{}", endpoint.address);
        let settings = [("ALLOW_UNSIGNED", "true")];
        let mut function = Instance::start(command(FUNCTION, variables(&url)).envs(settings)).await;
        for (name, body) in bodies() {
            let query = format!("SdkAppid={SDK_APPID}&CallbackCommand={name}");
            let mut event = post(&query, &STANDARD.encode(body));
            event["isBase64Encoded"] = json!(true);
            function.invoke(event.to_string()).await.result.expect("the function answers");
        }
        let peak = function.peak_memory();
        println!("{step:?}: {} MB", peak / 1_000_000);
        assert!(peak < LIMIT);
    }
}
