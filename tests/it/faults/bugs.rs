//! A panic while a callback is processed: one reply, one log entry, and the next event is served.

use std::{
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::{
    Client,
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use support::dynamodb::TABLE;
use tencent_chat_webhook::{
    handler::Handler,
    log::{Level, Log, log_panics},
    outcome::Stored,
    record::ItemSettings,
    redrive,
    store::{Store, client},
    unrecorded::Unrecorded,
};

use super::stage::{Kind, TOKEN, check_log, redrive as redrive_log, within_a_minute};
use crate::world::{CapturedLog, Table, send, settings_for, status_and_body};

/// A bug that occurs only at the first request.
#[derive(Debug, Default)]
struct Bug(AtomicUsize);

impl Intercept for Bug {
    fn name(&self) -> &'static str {
        "bug"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        assert!(self.0.fetch_add(1, Ordering::SeqCst) > 0, "a planted bug");
        Ok(())
    }
}

/// A handler with a bug, its log, and a store with its own bug.
fn with_bugs(table: &Table) -> (Handler, CapturedLog, Store) {
    let settings = settings_for(&table.dynamodb.url(), &[("CALLBACK_TOKENS", TOKEN)]);
    let store = || {
        let config = client::config(&settings.destination.aws).interceptor(Bug::default());
        Store::new(Client::from_conf(config.build()), TABLE)
    };
    let (store, another) = (store(), store());
    let log = CapturedLog::default();
    (Handler::new(settings, store, Log::new(Level::Debug, log.clone())), log, another)
}

#[tokio::test(flavor = "multi_thread")]
async fn panic_gives_a_reply_and_a_log_entry_and_next_event_is_served() {
    for kind in Kind::ALL {
        let table = Table::start().await;
        let (handler, log, _) = with_bugs(&table);
        let event = kind.event(1);
        let (status, body) = status_and_body(&send(&handler, &event).await);
        assert_eq!((status, body["ActionStatus"].as_str().expect("a string")), kind.failed(), "{kind}");
        assert_eq!(check_log(&log.text(), &event)["reason"], "panic");

        let (status, _) = status_and_body(&send(&handler, &Kind::SMALL.event(2)).await);
        assert_eq!(status, 200);
        assert_eq!(redrive_log(&table, &log.text()).await, [Stored::New]);
        assert_eq!(table.bodies().await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redrive_reports_an_entry_that_panics_and_records_the_others() {
    let table = Table::start().await;
    let (.., store) = with_bugs(&table);
    let query = "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull";
    let callback = |number: usize| {
        let body = format!(r#"{{"GroupId":"{number}"}}"#);
        Unrecorded::new("", query, 1_670_574_414_321, "request-1", body)
    };
    let item_settings = ItemSettings { retention_days: None, index_shards: 1 };
    let results =
        redrive::record_all(&store, (0..20).map(callback).collect(), item_settings, within_a_minute());
    let results: Vec<_> = results.map(|(_, result)| result).collect().await;
    let failed: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!((results.len(), failed.len()), (20, 1));
    assert_eq!(failed[0].reason, "panic");
    assert_eq!(table.bodies().await.len(), 19);
}

/// Panics in a request and in a separate task, in a process whose panics go to the log.
#[tokio::test]
#[ignore = "it is for the process that the test below starts"]
async fn panicking() {
    log_panics();
    let table = Table::start().await;
    let (handler, ..) = with_bugs(&table);
    send(&handler, &Kind::SMALL.event(1)).await;
    let task = tokio::spawn(async { panic!("a bug\nin a task") });
    assert!(task.await.is_err());
}

#[test]
fn every_panic_is_one_log_line() {
    let program = std::env::current_exe().expect("a test has a path");
    let arguments = ["--exact", "faults::bugs::panicking", "--ignored", "--nocapture"];
    let output =
        Command::new(program).args(arguments).env("RUST_BACKTRACE", "full").output().expect("it runs");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "nothing is printed beside the log");
    let printed = String::from_utf8(output.stdout).expect("it prints UTF-8");
    let lines: Vec<Value> = printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for (line, expected) in lines.iter().zip(["a planted bug", "a bug\nin a task"]) {
        assert_eq!((&line["level"], &line["message"]), (&json!("ERROR"), &json!("panicked")));
        assert!(line["error"].as_str().is_some_and(|error| error.contains(expected)), "{line}");
    }
    assert_eq!(lines.len(), 2, "{printed}");
}
