//! Every way in which a request can be untrustworthy: the reply, the log's reason, and that nothing came of it.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;
use tencent_chat_webhook::{
    handler::Handler,
    refusal::Refusal,
    store::Store,
    telemetry::{Level, Log},
};
use tokio::net::TcpListener;

mod bodies;
mod rows;
#[path = "../support/mod.rs"]
mod support;
use rows::{FIRST, OURS, OURS_TOO, OWN, Row, SECOND, SETTINGS, every_row, good, with};
use support::{
    CapturedLog, World, send, settings_for,
    signing::{request_time, sign},
    status_and_body,
};

#[test]
fn the_table_has_every_refusal() {
    let in_table: BTreeSet<_> = every_row().iter().map(|row| row.refusal.name()).collect();
    let all: BTreeSet<_> = Refusal::ALL.map(Refusal::name).into();
    assert_eq!(in_table, all);
}

#[tokio::test]
async fn the_untrustworthy_get_their_reply_a_line_in_the_log_and_nothing_else() {
    let world = World::with_settings(&SETTINGS).await;
    for Row { what, refusal, event } in every_row() {
        let (status, body) = status_and_body(&world.send(&event).await);
        let expected = json!({
            "ActionStatus": "FAIL",
            "ErrorInfo": refusal.error_info(),
            "ErrorCode": refusal.status(),
        });
        assert_eq!((status, body), (u64::from(refusal.status()), expected), "{what}");

        let lines = world.log.take_lines();
        assert_eq!(lines.len(), 1, "{what}: {lines:?}");
        let line = &lines[0];
        assert_eq!(line["outcome"], "refused", "{what}");
        assert_eq!(line["reason"], refusal.name(), "{what}");
        assert_eq!(line["level"], "WARN", "{what}");
        assert_eq!(line.get("unrecorded"), None, "{what}");
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert!(
            metrics["Dimensions"].as_array().is_some_and(|sets| sets.contains(&json!([
                "function_name",
                "outcome",
                "reason"
            ]))),
            "{what}: the reason is in the metric: {metrics}"
        );
    }
    assert!(world.items().await.is_empty(), "nothing was written");

    // The world is one in which a good request is written.
    assert_eq!(status_and_body(&world.send(&good()).await).0, 200);
    assert_eq!(world.items().await.len(), 1);
}

#[tokio::test]
async fn the_untrustworthy_never_reach_dynamodb() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a listener has an address");
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok(connection) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            drop(connection);
        }
    });
    let settings = settings_for(&format!("http://{address}"), &SETTINGS);
    let store = Store::connect(&settings.destination);
    let handler = Handler::new(settings, store, Log::new(Level::Debug, CapturedLog::default()));

    for Row { what, refusal, event } in every_row() {
        let (status, _) = status_and_body(&send(&handler, &event).await);
        assert_eq!(status, u64::from(refusal.status()), "{what}");
        assert_eq!(connections.load(Ordering::SeqCst), 0, "{what}");
    }

    // The listener is where a good request would go.
    assert_eq!(status_and_body(&send(&handler, &good()).await).0, 503);
    assert!(connections.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn who_knows_a_token_is_admitted_and_the_log_tells_by_which() {
    let world = World::with_settings(&SETTINGS).await;
    // Far enough from the edge for a slow machine; the edge itself has a test beside the code.
    let (old, ahead) = (request_time(-50), request_time(50));
    for (app, token, time, position) in [
        (OURS, FIRST, request_time(0), 1),
        (OURS, FIRST, old, 1),
        (OURS, FIRST, ahead, 1),
        (OURS, SECOND, request_time(0), 2),
        (OURS_TOO, FIRST, request_time(0), 1),
        (OURS_TOO, OWN, request_time(0), 3),
    ] {
        for sign in [sign(token, &time), sign(token, &time).to_uppercase()] {
            let (status, body) = status_and_body(&world.send(&with(app, &time, &sign)).await);
            assert_eq!((status, &body["ErrorCode"]), (200, &json!(0)), "{app} {token} {time}");
            let lines = world.log.take_lines();
            assert_eq!(lines[0]["token"], position, "{app} {token} {time}");
            assert!(!lines[0].to_string().contains(token), "{}", lines[0]);
        }
    }
}

#[tokio::test]
async fn a_repeated_request_is_recorded_once() {
    let world = World::with_settings(&SETTINGS).await;
    let event = good();
    for outcome in ["recorded", "duplicate", "duplicate"] {
        assert_eq!(status_and_body(&world.send(&event).await).0, 200);
        assert_eq!(world.log.take_lines()[0]["outcome"], outcome);
    }
    assert_eq!(world.items().await.len(), 1);
}
