//! Every documented command: reply and whole item, calculated here independently from the parsed body, and the table
//! of commands. The library's samples have a realistic body for each command, and its subject.

use std::{collections::HashSet, fmt::Write};

use aws_sdk_dynamodb::primitives::{DateTime, DateTimeFormat};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use support::{
    endpoint::{Endpoint, Step},
    requests::{SDK_APPID, post},
};
use tencent_chat_callbacks::{
    event::{Command, Event},
    sample::{Sample, samples},
};

use crate::world::{World, handler, ok, send, status_and_body};

/// The paths of a subject, in the order of the reference.
const SUBJECTS: [&str; 14] = [
    "/GroupId",
    "/RoomId",
    "/CallRecord/CallId",
    "/Official_Account",
    "/ContactItem/ToGroupId",
    "/From_Account",
    "/Report_Account",
    "/Info/To_Account",
    "/PairList/0/From_Account",
    "/Owner_Account",
    "/Operator_Account",
    "/ClientUserId",
    "/Events/0/TaskId",
    "/Events/0/To_Account",
];

/// The paths of a time, and the factor to milliseconds.
const TIMES: [(&str, u64); 4] =
    [("/EventTime", 1), ("/MsgTime", 1000), ("/LastReadTime", 1000), ("/Events/0/EventTime", 1000)];

/// `RequestTime` of the first and the second delivery.
const REQUEST_TIMES: [u64; 2] = [1_790_000_001, 1_790_000_002];

struct Case {
    command: String,
    subject: String,
    body: Value,
}

fn cases() -> Vec<Case> {
    samples().map(|Sample { command, subject, body, .. }| Case { command, subject, body }).collect()
}

impl Case {
    /// The path of its subject; `None` if the subject is the command.
    fn subject_source(&self) -> Option<&'static str> {
        let source = SUBJECTS.into_iter().find(|path| self.body.pointer(path).is_some_and(Value::is_string));
        let subject = source.and_then(|path| self.body.pointer(path)?.as_str());
        assert_eq!(subject.unwrap_or(&self.command), self.subject, "{}", self.command);
        source
    }

    /// The path of the callback's own time, and the time in milliseconds.
    fn time(&self) -> Option<(&'static str, u64)> {
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        TIMES.into_iter().find_map(|(path, factor)| Some((path, number(self.body.pointer(path)?)? * factor)))
    }

    fn is_before_callback(&self) -> bool {
        ["CallbackBefore", "CallbackPrev", "Chatbot."].iter().any(|word| self.command.contains(word))
    }

    /// The default answer.
    fn answer(&self) -> Value {
        let mut answer = ok();
        for list in ["FriendItem", "ResponseFriendItem"] {
            if let Some(friends) =
                self.body[list].as_array().filter(|_| self.command.starts_with("Sns.Callback"))
            {
                let allowed = |friend: &Value| json!({ "To_Account": friend["To_Account"], "ResultCode": 0, "ResultInfo": "" });
                answer["ResultItem"] = friends.iter().map(allowed).collect();
            }
        }
        if self.command.starts_with("Chatbot.") {
            (answer["ErrorCode"], answer["RspData"]) = (json!(1), json!(""));
        }
        answer
    }

    fn query(&self, request_time: u64) -> String {
        format!(
            "CallbackCommand={}&ClientIP=203.0.113.7&OptPlatform=RESTAPI&RequestID=r-1&RequestTime={request_time}\
             &SdkAppid={SDK_APPID}&contenttype=json",
            self.command
        )
    }

    /// The attributes for the body's scalar fields.
    fn scalars(&self) -> Map<String, Value> {
        let fields = self.body.as_object().expect("a body is an object");
        let own =
            ["EventTime", "RequestId", "CallbackCommand", "ClientIP", "OptPlatform", "TencentRequestId"];
        let attribute = |value: &Value| match value {
            Value::String(text) if text.len() <= 1024 => Some(json!({ "S": text })),
            Value::Number(number) => Some(json!({ "N": number.to_string() })),
            Value::Bool(value) => Some(json!({ "BOOL": value })),
            _ => None,
        };
        let named = fields.iter().filter(|field| !own.contains(&field.0.as_str()));
        named.filter_map(|(name, value)| Some((name.clone(), attribute(value)?))).collect()
    }

    fn item(&self, body: &str, received_at: &str) -> Value {
        let time = self.time().map_or(REQUEST_TIMES[0] * 1000, |(_, time)| time);
        let seconds = i64::try_from(time / 1000).expect("it fits");
        let day = DateTime::from_secs(seconds).fmt(DateTimeFormat::DateTime).expect("a time can be written");
        let digest = hex::encode(Sha256::digest(body));
        let command = &self.command;

        let mut item = self.scalars();
        let mut put =
            |name: &str, kind: &str, value: String| item.insert(name.to_owned(), json!({ kind: value }));
        put("pk", "S", format!("{SDK_APPID}#{}", self.subject));
        put("sk", "S", format!("{time}#{command}#{}", &digest[..16]));
        put("CommandDay", "S", format!("{SDK_APPID}#{command}#{}", &day[..10]));
        put("SdkAppid", "S", SDK_APPID.to_owned());
        put("CallbackCommand", "S", command.clone());
        put("ClientIP", "S", "203.0.113.7".to_owned());
        put("OptPlatform", "S", "RESTAPI".to_owned());
        put("TencentRequestId", "S", "r-1".to_owned());
        put("ReceivedAt", "N", received_at.to_owned());
        put("RequestId", "S", "request-1".to_owned());
        put("Body", "S", body.to_owned());
        if let Some(("/EventTime", event_time)) = self.time() {
            put("EventTime", "N", event_time.to_string());
        }
        if let Some(members) = self.body["MemberList"].as_array() {
            put("MemberCount", "N", members.len().to_string());
        }
        Value::Object(item)
    }
}

#[test]
fn every_documented_command_has_a_case() {
    let tried: HashSet<_> = cases().into_iter().map(|case| case.command).collect();
    let documented: HashSet<_> = Command::ALL.iter().map(|command| command.name.to_owned()).collect();
    assert_eq!(tried, documented);
}

/// The second delivery is a new item only if the body has no time.
#[tokio::test]
async fn documented_commands_are_recorded_whole_and_once_if_timed() {
    for case in cases() {
        let world = World::start().await;
        let body = case.body.to_string();
        let reply = world.send(&post(&case.query(REQUEST_TIMES[0]), &body)).await;
        assert_eq!(status_and_body(&reply), (200, case.answer()), "{}", case.command);

        let item = world.table.item().await;
        let received_at = item["ReceivedAt"]["N"].as_str().expect("ReceivedAt is a number");
        assert_eq!(item, case.item(&body, received_at), "{}", case.command);

        let reply = world.send(&post(&case.query(REQUEST_TIMES[1]), &body)).await;
        assert_eq!(status_and_body(&reply), (200, case.answer()), "{}", case.command);
        let second = if case.time().is_some() { "duplicate" } else { "recorded" };
        assert_eq!(world.log.outcomes(), ["recorded", second], "{}", case.command);
    }
}

#[tokio::test]
async fn before_callback_is_answered_even_if_it_cannot_be_stored() {
    let nowhere = ([127, 0, 0, 1], 9).into();
    let endpoint = Endpoint::scripted(&[Step::Fail(400, "AccessDeniedException", "No.")], nowhere).await;
    let (handler, _) = handler(&format!("http://{}", endpoint.address), &[("ALLOW_UNSIGNED", "true")]);
    for case in cases() {
        let reply = send(&handler, &post(&case.query(REQUEST_TIMES[0]), &case.body.to_string())).await;
        let (status, body) = status_and_body(&reply);
        if case.is_before_callback() {
            assert_eq!((status, body), (200, case.answer()), "{}", case.command);
        } else {
            assert_eq!((status, &body["ErrorCode"]), (503, &json!(503)), "{}", case.command);
        }
    }
}

/// A row: command, variant of `Event`, and the sources of subject, time and answer.
fn row(case: &Case) -> String {
    let body = case.body.to_string();
    let event =
        Event::parse(&case.command, &body).unwrap_or_else(|error| panic!("{}: {error}", case.command));
    let event = format!("{event:?}");
    let variant = event.split('(').next().unwrap_or_default();
    let path = |path: &str| path.trim_start_matches('/').replace("/0/", "[0].").replace('/', ".");
    let subject = case
        .subject_source()
        .map_or_else(|| "the command".to_owned(), |source| format!("`{}`", path(source)));
    let time = case
        .time()
        .map_or_else(|| "none in the body".to_owned(), |(source, _)| format!("`{}`", path(source)));
    let answer = match case.answer() {
        answer if answer["ResultItem"].is_array() => "allowed, `ResultItem`",
        answer if answer["RspData"].is_string() => "`RspData` ignored",
        _ if case.is_before_callback() => "allowed",
        _ => "",
    };
    format!("| `{}` | `Event::{variant}` | {subject} | {time} | {answer} |", case.command)
}

/// `WRITE_TABLES=1 cargo test commands` writes the table again.
#[test]
fn table_of_commands_matches_the_code() {
    let mut table = "| command | event | subject | time | answer |\n|---|---|---|---|---|\n".to_owned();
    let cases = cases();
    for documented in Command::ALL {
        let case =
            cases.iter().find(|case| case.command == documented.name).expect("each command has a case");
        writeln!(table, "{}", row(case)).expect("writing to a string succeeds");
    }
    let path = format!("{}/tests/commands.md", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("WRITE_TABLES").is_some() {
        std::fs::write(&path, &table).expect("the table can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).expect("the table is there"), table);
}
