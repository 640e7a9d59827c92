//! A handler with a faulty DynamoDB, callbacks for it, and the redrive of its log.

use std::{
    fmt,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use support::{
    dynamodb::TABLE,
    endpoint::{Endpoint, Step},
    requests::{SDK_APPID, post, signed},
};
use tencent_chat_webhook::{
    deadline::Limits, handler::Handler, outcome::Stored, record::ItemSettings, redrive, store::Store,
    unrecorded::LogEntries,
};

use crate::world::{CapturedLog, Table, handler, log_lines, send, status_and_body};

/// A token of the console, which must never be logged.
pub(crate) const TOKEN: &str = "planted-token";

/// A kind of callback: before- or after-callback, and whether its body needs several items.
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

    /// The body of the callback with this number. A large body has 470 KB: two parts and a head.
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

    /// The callback as API Gateway delivers it, signed now.
    pub(crate) fn event(self, number: usize) -> Value {
        post(&signed(SDK_APPID, self.command(), TOKEN), &self.body(number))
    }

    /// Status and `ActionStatus` if the callback could not be stored.
    pub(crate) fn failed(self) -> (u64, &'static str) {
        if self.before { (200, "OK") } else { (503, "FAIL") }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = if self.large { "parts" } else { "one item" };
        write!(f, "{}, {size}", if self.before { "before" } else { "after" })
    }
}

/// The handler, its DynamoDB endpoint, the table behind that, and the log.
pub(crate) struct Stage {
    pub(crate) handler: Handler,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: CapturedLog,
    pub(crate) table: Table,
}

impl Stage {
    pub(crate) async fn scripted(script: &[Step]) -> Self {
        let table = Table::start().await;
        let endpoint = Endpoint::scripted(script, table.dynamodb.address).await;
        Self::with("http", endpoint, table)
    }

    /// With a fault of this duration.
    pub(crate) async fn failing_for(time: Duration, step: Step) -> Self {
        let table = Table::start().await;
        let endpoint = Endpoint::failing_for(time, step, table.dynamodb.address).await;
        Self::with("http", endpoint, table)
    }

    /// With an endpoint whose URL begins with this scheme. The endpoint itself never speaks TLS.
    pub(crate) fn with(scheme: &str, endpoint: Endpoint, table: Table) -> Self {
        let url = format!("{scheme}://{}", endpoint.address);
        let (handler, log) = handler(&url, &[("CALLBACK_TOKENS", TOKEN)]);
        Self { handler, endpoint, log, table }
    }

    /// Delivers a callback. Returns HTTP status, `ActionStatus`, and the time taken.
    pub(crate) async fn deliver(&self, event: &Value) -> (u64, String, Duration) {
        let started = Instant::now();
        let reply = send(&self.handler, event).await;
        let elapsed = started.elapsed();
        let (status, body) = status_and_body(&reply);
        (status, body["ActionStatus"].as_str().expect("a string").to_owned(), elapsed)
    }
}

/// Redrives a log into a table. Returns the result for each callback.
pub(crate) async fn redrive(table: &Table, log: &str) -> Vec<Stored> {
    let LogEntries { whole, incomplete, unreadable } = LogEntries::of_lines(log.lines());
    assert_eq!((incomplete.len(), unreadable), (0, 0), "the log has every piece");
    let store = Store::new(table.client.clone(), TABLE);
    let item_settings = ItemSettings { retention_days: None, index_shards: 1 };
    let results: Vec<_> =
        redrive::record_all(&store, whole, item_settings, within_a_minute()).collect().await;
    let stored = |(callback, result): (_, Result<_, _>)| {
        result.unwrap_or_else(|error| panic!("{callback:?}: {error}"))
    };
    results.into_iter().map(stored).collect()
}

/// The time limits of a redrive on a busy machine.
pub(crate) fn within_a_minute() -> Limits {
    let each = Duration::from_mins(1);
    Limits { deadline: Instant::now() + each, each }
}

/// Runs cases that depend on time, several at once: they mostly wait. A case that is late is repeated alone.
pub(crate) async fn all_in_time<C: Copy, T>(
    cases: impl IntoIterator<Item = C>,
    case: impl AsyncFn(C) -> Result<T, String>,
) -> Vec<T> {
    let case = &case;
    let first = stream::iter(cases).map(|of| async move { (of, case(of).await) });
    let first: Vec<_> = first.buffered(6).collect().await;
    let mut done = Vec::new();
    for (of, result) in first {
        done.push(match result {
            Ok(value) => value,
            Err(late) => {
                println!("again: {late}");
                in_time(async || case(of).await).await
            }
        });
    }
    done
}

/// Runs a case that depends on time. It has six tries, because the machine may be busy.
pub(crate) async fn in_time<T>(case: impl AsyncFn() -> Result<T, String>) -> T {
    for _ in 0..5 {
        match case().await {
            Ok(value) => return value,
            Err(late) => println!("again: {late}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    case().await.unwrap_or_else(|late| panic!("{late}"))
}

/// Checks the log entry of a callback that is not stored: complete, in lines that CloudWatch accepts, without
/// secrets. Returns its first line.
pub(crate) fn check_log(log: &str, event: &Value) -> Value {
    assert!(log.lines().all(|line| line.len() < 256 * 1024 - 26), "CloudWatch cuts a line");
    let query = event["rawQueryString"].as_str().expect("a query");
    let sign = query.split(['&', '=']).find(|part| part.len() == 64).expect("a Sign");
    for secret in [TOKEN, sign, "example-secret", "planted-session"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let lines: Vec<_> = log_lines(log).into_iter().filter(|line| line["level"] == "ERROR").collect();
    for line in &lines {
        assert_eq!(line["unrecorded"]["pieces"], json!(lines.len()));
    }
    assert_eq!(lines[0]["outcome"], json!("failed"));
    lines[0].clone()
}
