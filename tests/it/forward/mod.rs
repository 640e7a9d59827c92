//! In front of your own receiver: whatever happens to the receiver and DynamoDB, the other still gets the callback.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{
    endpoint::{Endpoint, Step},
    requests::{SDK_APPID, post},
    tls::Front,
};

use crate::world::{CapturedLog, Table, handler, ok, send};

pub(crate) mod receiver;
mod unforwarded;
use receiver::{Behaviour, Receiver};

const BEFORE: &str = "Group.CallbackBeforeSendMsg";
const AFTER: &str = "Group.CallbackAfterGroupFull";
const BODY: &str = r#"{ "GroupId":"@TGS#1", "EventTime":1670574414123, "Name":"群" }"#;

const ALLOW: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
const DENY: &str = r#"{ "ActionStatus":"OK", "ErrorCode":10100, "ErrorInfo":"No." }"#;
const DROP: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":2}"#;
const DENY_MARKED: &str = "\u{feff}{ \"ActionStatus\":\"OK\", \"ErrorCode\":10100, \"ErrorInfo\":\"No.\" }";
const REWRITE: &str = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"和"}}]}"#;

/// Receivers: behaviour, `forward` in the log of a before-callback, the answer if it is sent to Tencent, and the
/// longest time of a reply.
const ROWS: [(Behaviour, &str, Option<&str>, u64); 18] = [
    (Behaviour::Answer(200, ALLOW, 0), "200", Some(ALLOW), 600),
    (Behaviour::Answer(200, DENY, 0), "200", Some(DENY), 600),
    (Behaviour::Answer(200, DROP, 0), "200", Some(DROP), 600),
    (Behaviour::Answer(200, REWRITE, 0), "200", Some(REWRITE), 600),
    (Behaviour::Answer(200, DENY_MARKED, 0), "200", Some(DENY), 600),
    (Behaviour::Answer(200, DENY, 800), "200", Some(DENY), 1300),
    (Behaviour::AnswerAndDie(DENY), "200", Some(DENY), 600),
    (Behaviour::Answer(200, DENY, 1700), "timeout", None, 1500),
    (Behaviour::Silent, "timeout", None, 1500),
    (Behaviour::Reset, "connection", None, 600),
    (Behaviour::Answer(500, DENY, 0), "500", None, 600),
    (Behaviour::Answer(200, "<html>", 0), "not_json", None, 600),
    (Behaviour::Answer(200, "[1]", 0), "not_json", None, 600),
    (Behaviour::Large(64 * 1024 + 1), "too_large", None, 600),
    (Behaviour::Answer(201, DENY, 0), "201", None, 600),
    (Behaviour::Redirect, "307", None, 600),
    (Behaviour::Compressed, "compressed", None, 600),
    (Behaviour::Endless, "timeout", None, 1500),
];

/// The function in front of a receiver. Its DynamoDB accepts everything or rejects everything.
struct Stage {
    table: Table,
    _endpoint: Endpoint,
    handler: tencent_chat_webhook::handler::Handler,
    log: CapturedLog,
}

impl Stage {
    async fn start(forward_url: &str, is_ok: bool) -> Self {
        let table = Table::start().await;
        let step = if is_ok { Step::Pass } else { Step::Fail(400, "AccessDeniedException", "No.") };
        let endpoint = Endpoint::scripted(&[step], table.dynamodb.address).await;
        let url = format!("http://{}", endpoint.address);
        let (handler, log) = handler(&url, &[("ALLOW_UNSIGNED", "true"), ("FORWARD_URL", forward_url)]);
        Self { table, _endpoint: endpoint, handler, log }
    }

    /// Delivers a callback. Returns the status, the exact reply, and the time taken.
    async fn deliver(&self, command: &str) -> (Value, String, Duration) {
        self.deliver_from("", command).await
    }

    /// Delivers a callback from a client with this user agent.
    async fn deliver_from(&self, user_agent: &str, command: &str) -> (Value, String, Duration) {
        let query = format!("CallbackCommand={command}&SdkAppid={SDK_APPID}&own=a%20b&Sign=0");
        let mut event = post(&query, BODY);
        event["requestContext"]["http"]["userAgent"] = json!(user_agent);
        let started = Instant::now();
        let reply = send(&self.handler, &event).await;
        let body = reply["body"].as_str().expect("a reply has a body").to_owned();
        (reply["statusCode"].clone(), body, started.elapsed())
    }
}

/// Checks one cell of the table.
async fn check(stage: &Stage, what: &str, command: &str, is_ok: bool, row: (&str, Option<&str>, u64)) {
    let (forward, answer, longest) = row;
    let (status, reply, took) = stage.deliver(command).await;
    let is_before = command == BEFORE;
    // For an after-callback only the status counts.
    let is_answer_read =
        ["not_json", "too_large", "compressed"].contains(&forward) || what.starts_with("Endless");
    let forward = if is_answer_read && !is_before { "200" } else { forward };
    let expected = if is_before || is_ok { 200 } else { 503 };
    assert_eq!(status, expected, "{what}");
    if is_before {
        assert_eq!(reply, answer.unwrap_or(ALLOW), "{what}");
    } else if is_ok {
        assert_eq!(serde_json::from_str::<Value>(&reply).expect("JSON"), ok(), "{what}");
    }
    let lines = stage.log.take_lines();
    assert_eq!(lines.len(), 1, "{what}: {lines:?}");
    let line = &lines[0];
    assert_eq!(line["forward"], forward, "{what}");
    assert_eq!(line["outcome"], if is_ok { "recorded" } else { "failed" }, "{what}");
    let level = match (is_ok, forward) {
        (false, _) => "ERROR",
        (true, "200") => "INFO",
        (true, "201") if !is_before => "INFO",
        (true, _) => "WARN",
    };
    // Tencent can't get an answer with status 201 either.
    let is_unusable = is_before && answer.is_none() && (is_answer_read || forward == "201");
    assert_eq!(line.get("answer"), is_unusable.then(|| json!("unusable")).as_ref(), "{what}");
    assert_eq!(line["level"], level, "{what}");
    assert!(line["ForwardTime"].as_f64().is_some_and(|time| time <= 1500.0), "{what}: {line}");
    assert!(took <= Duration::from_millis(longest), "{what} took {took:?}");
    assert_eq!(stage.table.bodies().await, vec![BODY; usize::from(is_ok)], "{what}");
    stage.table.clear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn table_and_receiver_each_get_the_callback_if_the_other_fails() {
    for (behaviour, forward, answer, longest) in ROWS {
        for is_ok in [true, false] {
            let receiver = Receiver::start(behaviour).await;
            let stage = Stage::start(&format!("http://{}/im?key=k", receiver.address), is_ok).await;
            for (number, command) in [BEFORE, AFTER].into_iter().enumerate() {
                let what = format!("{behaviour:?}, {command}, DynamoDB well: {is_ok}");
                check(&stage, &what, command, is_ok, (forward, answer, longest)).await;
                assert_eq!(receiver.received().len(), number + 1, "{what}: it is sent once");
                // Long enough for a receiver that closes its connection between two requests.
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receiver_with_an_untrusted_certificate_gets_nothing() {
    let receiver = Receiver::start(Behaviour::Answer(200, DENY, 0)).await;
    let front = Front::start(receiver.address).await;
    let stage = Stage::start(&front.url, true).await;
    check(&stage, "wrong certificate", BEFORE, true, ("connection", None, 600)).await;
    assert_eq!(receiver.received(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_is_forwarded_unchanged() {
    let receiver = Receiver::start(Behaviour::Answer(200, ALLOW, 0)).await;
    let url = format!("http://me:secret@{}/im?key=k", receiver.address);
    let stage = Stage::start(&url, true).await;
    stage.deliver(AFTER).await;
    let requests = receiver.received();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let (head, body) = request.split_once("\r\n\r\n").expect("a head and a body");
    let target =
        format!("POST /im?key=k&CallbackCommand={AFTER}&SdkAppid={SDK_APPID}&own=a%20b&Sign=0 HTTP/1.1");
    assert_eq!(head.lines().next(), Some(target.as_str()));
    assert_eq!(body, BODY);
    let head = head.to_lowercase();
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("accept-encoding: identity"), "{head}");
    assert!(head.contains("authorization: basic bwu6c2vjcmv0"), "{head}");
    let version = env!("CARGO_PKG_VERSION");
    assert!(head.contains(&format!("user-agent: tencent-chat-webhook/{version} (hop 1)\r\n")), "{head}");
    assert!(head.contains(&format!("host: {}", receiver.address)), "{head}");
    let log = stage.log.text();
    assert!(!log.contains("secret") && !log.contains("key=k") && !log.contains("Sign"), "{log}");
}

#[tokio::test]
async fn refused_requests_and_url_checks_are_not_forwarded() {
    let receiver = Receiver::start(Behaviour::Answer(200, ALLOW, 0)).await;
    let stage = Stage::start(&format!("http://{}", receiver.address), true).await;
    for (query, body) in [
        (format!("SdkAppid={SDK_APPID}"), ""),
        (format!("SdkAppid={SDK_APPID}&CallbackCommand={BEFORE}"), "{}"),
        (format!("CallbackCommand={BEFORE}"), "{}"),
        (format!("SdkAppid={SDK_APPID}&CallbackCommand={BEFORE}"), "[]"),
        (format!("SdkAppid=1&CallbackCommand={BEFORE}"), BODY),
    ] {
        send(&stage.handler, &post(&query, body)).await;
    }
    assert_eq!(receiver.received(), [""; 0]);
    assert!(stage.log.lines().iter().all(|line| line.get("forward").is_none()));
    // A genuine request would reach the receiver.
    stage.deliver(AFTER).await;
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(stage.log.lines().last().map(|line| line["forward"].clone()), Some(json!("200")));
}

/// The receiver's URL leads back to the function: the received request is delivered again, with its user agent.
#[tokio::test]
async fn forwarding_loop_ends_after_the_third_hop() {
    let receiver = Receiver::start(Behaviour::Answer(200, DENY, 0)).await;
    let stage = Stage::start(&format!("http://{}", receiver.address), true).await;
    let mut user_agent = String::new();
    for (received, answer, outcome) in
        [(1, DENY, "recorded"), (2, DENY, "duplicate"), (3, DENY, "duplicate"), (3, ALLOW, "duplicate")]
    {
        let (status, reply, _) = stage.deliver_from(&user_agent, BEFORE).await;
        assert_eq!((status, reply.as_str()), (json!(200), answer), "{user_agent}");
        let requests = receiver.received();
        assert_eq!(requests.len(), received, "{user_agent}");
        let line = stage.log.lines().pop().expect("a line");
        assert_eq!(line["outcome"], outcome);
        assert_eq!(line.get("forward").is_some(), answer == DENY, "{line}");
        let header = requests[received - 1].lines().find_map(|line| line.strip_prefix("user-agent: "));
        header.expect("a user agent").clone_into(&mut user_agent);
    }
    assert_eq!(stage.table.bodies().await, [BODY]);
    // A callback that was never here before is recorded too.
    stage.table.clear().await;
    stage.deliver_from("tencent-chat-webhook/9.9.9 (hop 12)", AFTER).await;
    assert_eq!(receiver.received().len(), 3);
    assert_eq!(stage.table.bodies().await, [BODY]);
}

/// Other products have before-callbacks without that word in their names.
#[tokio::test(flavor = "multi_thread")]
async fn receiver_s_answer_counts_for_undocumented_non_after_commands() {
    for (command, counts) in [
        ("ChatBot.OnAssignAgent", true),
        ("Chatbot.InterfaceInvocation", true),
        ("Desk.CallbackBeforeIMContactUser", true),
        ("Tomorrow.CallbackSomething", true),
        ("NoFamily", true),
        ("CallbackAfterwards.Something", true),
        ("Tomorrow.CallbackAfterSomething", false),
        ("CallbackAfterSomething", false),
        ("Group.CallbackOnMemberStateChange", false),
        ("Bot.OnC2CMessage", false),
    ] {
        for (is_ok, status) in [(true, 200), (false, 503)] {
            let receiver = Receiver::start(Behaviour::Answer(200, DENY, 0)).await;
            let stage = Stage::start(&format!("http://{}", receiver.address), is_ok).await;
            let (got, reply, _) = stage.deliver(command).await;
            assert_eq!(reply == DENY, counts, "{command}: {reply}");
            assert_eq!(got, if counts { 200 } else { status }, "{command}");

            let receiver = Receiver::start(Behaviour::Answer(500, DENY, 0)).await;
            let stage = Stage::start(&format!("http://{}", receiver.address), is_ok).await;
            let (got, reply, _) = stage.deliver(command).await;
            let may_ask = command == "Desk.CallbackBeforeIMContactUser";
            assert_eq!(got, if may_ask { 200 } else { status }, "{command}");
            assert_eq!(reply == ALLOW, is_ok || may_ask, "{command}: {reply}");
        }
    }
}

/// Its answer is used if there is one, but the function can answer without it.
#[tokio::test(flavor = "multi_thread")]
async fn undocumented_command_needs_an_answer_only_if_before() {
    for (command, forward, level) in [
        ("ChatBot.OnAssignAgent", "200", "INFO"),
        ("Tomorrow.CallbackAfterSomething", "200", "INFO"),
        ("Desk.CallbackBeforeIMContactUser", "not_json", "WARN"),
    ] {
        let receiver = Receiver::start(Behaviour::Answer(200, "ok", 0)).await;
        let stage = Stage::start(&format!("http://{}", receiver.address), true).await;
        let (status, reply, _) = stage.deliver(command).await;
        assert_eq!((status, reply.as_str()), (json!(200), ALLOW), "{command}");
        let line = &stage.log.lines()[0];
        assert_eq!((&line["forward"], &line["level"]), (&json!(forward), &json!(level)), "{command}");
    }
}
