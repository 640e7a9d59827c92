//! A handler whose DynamoDB misbehaves, callbacks for it, and the redrive of its log.

use std::{
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::Client;
use dynoxide::Database;
use futures_util::StreamExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tencent_chat_webhook::{
    attribute::Item,
    handler::Handler,
    record,
    redrive::{self, Found},
    store::{Store, Stored},
    telemetry::{Level, Log, now_millis},
};

use crate::{
    endpoint::{Endpoint, Step},
    support::{CapturedLog, SDK_APPID, dynamodb, post, send, settings_for, status_and_body},
};

/// The token of the console, which must be in no log.
pub(crate) const TOKEN: &str = "planted-token";

/// One callback by name: whether before or after something, and whether its body needs several items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) before: bool,
    pub(crate) large: bool,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [
        Self { before: false, large: false },
        Self { before: true, large: false },
        Self { before: false, large: true },
        Self { before: true, large: true },
    ];
    pub(crate) const SMALL: Self = Self::ALL[0];
    pub(crate) const LARGE: Self = Self::ALL[2];

    fn command(self) -> &'static str {
        if self.before { "Group.CallbackBeforeSendMsg" } else { "Group.CallbackAfterGroupDestroyed" }
    }

    /// The body of the callback with this number. A large one is 470 KB: just beyond one item.
    pub(crate) fn body(self, number: usize) -> String {
        let group = format!("group-{number}");
        let account = if self.large { "a".repeat(32) } else { "leckie".to_owned() };
        let member = format!(r#"{{"Member_Account":"{account}"}}"#);
        let members = vec![member; if self.large { 9000 } else { 3 }].join(",");
        format!(
            r#"{{"CallbackCommand":"{}","EventTime":1670574514123,"GroupId":"{group}","Type":"Public","MemberList":[{members}]}}"#,
            self.command()
        )
    }

    /// The callback as API Gateway hands it over, signed now.
    pub(crate) fn event(self, number: usize) -> Value {
        let time = now_millis() / 1000;
        let sign = hex::encode(Sha256::digest(format!("{TOKEN}{time}")));
        let command = self.command();
        let query = format!(
            "SdkAppid={SDK_APPID}&CallbackCommand={command}&contenttype=json&ClientIP=203.0.113.7&OptPlatform=iOS\
             &Sign={sign}&RequestTime={time}"
        );
        post(&query, &self.body(number))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = if self.large { "large" } else { "small" };
        write!(f, "{size} {}-callback", if self.before { "before" } else { "after" })
    }
}

/// The handler, the endpoint that it writes to, the table behind that, and the log.
pub(crate) struct Stage {
    pub(crate) handler: Handler,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: CapturedLog,
    pub(crate) table: Table,
}

impl Stage {
    pub(crate) async fn with(script: &[Step]) -> Self {
        Self::reaching("http", script).await
    }

    /// With a scheme that the endpoint's URL begins with: the endpoint itself never speaks TLS.
    pub(crate) async fn reaching(scheme: &str, script: &[Step]) -> Self {
        let table = Table::start().await;
        let endpoint = Endpoint::start(script, table.address).await;
        let url = format!("{scheme}://{}", endpoint.address);
        let settings = settings_for(&url, &[("CALLBACK_TOKENS", TOKEN)]);
        let log = CapturedLog::default();
        let store = Store::connect(&settings.destination);
        let handler = Handler::new(settings, store, Log::new(Level::Debug, log.clone()));
        Self { handler, endpoint, log, table }
    }

    /// Delivers a callback: HTTP status, `ActionStatus`, and how long it took.
    pub(crate) async fn deliver(&self, event: &Value) -> (u64, String, Duration) {
        let started = Instant::now();
        let reply = send(&self.handler, event).await;
        let elapsed = started.elapsed();
        let (status, body) = status_and_body(&reply);
        (status, body["ActionStatus"].as_str().expect("a string").to_owned(), elapsed)
    }

    pub(crate) fn outcomes(&self) -> Vec<Value> {
        self.log.lines().iter().map(|line| line["outcome"].clone()).collect()
    }
}

/// An embedded DynamoDB, reached without detours.
pub(crate) struct Table {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
}

impl Table {
    pub(crate) async fn start() -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let address = dynamodb::serve(Database::memory().expect("SQLite opens"), loopback).await;
        let settings = settings_for(&format!("http://{address}"), &[("CALLBACK_TOKENS", TOKEN)]);
        let client = Client::from_conf(Store::config(&settings.destination.aws).build());
        Self { address, client }
    }

    pub(crate) async fn items(&self) -> Vec<Item> {
        let pages = self.client.scan().table_name(dynamodb::TABLE).into_paginator().items().send();
        pages.collect::<Result<_, _>>().await.expect("the table can be read")
    }

    /// The bodies of all callbacks in the table.
    pub(crate) async fn bodies(&self) -> Vec<String> {
        let items = self.items().await;
        let heads = items.iter().filter(|item| item.contains_key("CommandDay"));
        let body = |head: &Item| {
            let head_sk = head["sk"].as_s().expect("sk is a string");
            let is_own = |item: &&Item| {
                item["pk"] == head["pk"] && item["sk"].as_s().is_ok_and(|sk| sk.starts_with(head_sk))
            };
            let own: Vec<_> = items.iter().filter(is_own).cloned().collect();
            record::body(&own).expect("head and parts are there")
        };
        heads.map(body).collect()
    }

    /// Redrives a log into the table: what became of each callback.
    pub(crate) async fn redrive(&self, log: &str) -> Vec<Stored> {
        let Found { whole, incomplete, unreadable } = redrive::find(log);
        assert_eq!((incomplete.len(), unreadable), (0, 0), "the log has every piece");
        let store = Store::new(self.client.clone(), dynamodb::TABLE);
        let results: Vec<_> = redrive::record_all(&store, whole, None).collect().await;
        results
            .into_iter()
            .map(|(id, result)| result.unwrap_or_else(|error| panic!("{id}: {error}")))
            .collect()
    }
}

/// Runs a case that depends on time. The machine may be busy with other work, so it has three tries.
pub(crate) async fn in_time<T>(case: impl AsyncFn() -> Result<T, String>) -> T {
    for _ in 0..2 {
        match case().await {
            Ok(value) => return value,
            Err(late) => println!("again: {late}"),
        }
    }
    case().await.unwrap_or_else(|late| panic!("{late}"))
}

/// What every entry of a callback that is not stored must be: whole, in lines that CloudWatch takes, and
/// without secrets. Gives its first line.
pub(crate) fn check_log(log: &CapturedLog, event: &Value) -> Value {
    let text = log.text();
    assert!(text.lines().all(|line| line.len() < 256 * 1024 - 26), "CloudWatch cuts a line");
    let query = event["rawQueryString"].as_str().expect("a query");
    let sign = query.split(['&', '=']).find(|part| part.len() == 64).expect("a Sign");
    for secret in [TOKEN, sign, "example-secret", "planted-session"] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    let lines = log.lines();
    for line in &lines {
        assert_eq!(line["level"], json!("ERROR"));
        assert_eq!(line["unrecorded"]["pieces"], json!(lines.len()));
    }
    assert_eq!(lines[0]["outcome"], json!("failed"));
    lines[0].clone()
}
