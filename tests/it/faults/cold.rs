//! Starts, and requests that arrive late.

use std::time::{Duration, Instant};

use serde_json::json;
use support::endpoint::{Endpoint, Step};
use tencent_chat_webhook::time::now_millis;

use super::stage::{Kind, Stage, in_time};
use crate::world::Table;

/// The limit of a warm-up, plus a little.
const WARM_UP: Duration = Duration::from_millis(450);

/// Starting while DynamoDB is unavailable: logged, limited in time, and the function serves anyway.
#[tokio::test(flavor = "multi_thread")]
async fn failed_warm_up_is_logged_and_the_function_serves_anyway() {
    // If TLS never finishes, connecting and the warm-up reach their limits at the same moment.
    for (scheme, step, reason) in [
        ("http", Step::Silent, "timeout"),
        ("https", Step::Pass, ""),
        ("http", Step::Reset, "connection"),
        ("http", Step::Fail(500, "InternalServerError", "Try again."), "InternalServerError"),
    ] {
        in_time(async || {
            let table = Table::start().await;
            let endpoint = Endpoint::scripted(&[step], table.dynamodb.address).await;
            let stage = Stage::with(scheme, endpoint, table);
            let started = Instant::now();
            stage.handler.warm_up().await;
            let elapsed = started.elapsed();
            let lines = stage.log.lines();
            assert_eq!((lines.len(), &lines[0]["level"]), (1, &json!("WARN")), "{step:?}");
            assert!(lines[0]["error"].as_str().is_some_and(|error| error.starts_with(reason)), "{lines:?}");
            if elapsed < WARM_UP { Ok(()) } else { Err(format!("{step:?}: {elapsed:?}")) }
        })
        .await;
    }
    let stage = Stage::scripted(&[Step::Fail(400, "AccessDeniedException", "No."), Step::Pass]).await;
    stage.handler.warm_up().await;
    assert_eq!(stage.deliver(&Kind::SMALL.event(1)).await.0, 200);
}

/// The purpose of a warm-up: the first callback finds a connection.
#[tokio::test(flavor = "multi_thread")]
async fn warm_up_writes_nothing_and_leaves_a_connection() {
    let stage = Stage::scripted(&[Step::Pass]).await;
    stage.handler.warm_up().await;
    assert_eq!(stage.table.items().await.len(), 0);
    assert_eq!(stage.log.text(), "");
    assert_eq!(stage.deliver(&Kind::SMALL.event(1)).await.0, 200);
    assert_eq!((stage.endpoint.requests(), stage.endpoint.connections()), (2, 1));
}

/// Time lost before the invocation shortens the time for the write, but some always remains.
#[tokio::test(flavor = "multi_thread")]
async fn request_that_arrives_late_is_answered_sooner() {
    for (waited, least, most) in
        [(0, 1150, 1400), (750, 650, 900), (1200, 280, 500), (1400, 230, 300), (1900, 280, 500)]
    {
        in_time(async || {
            let stage = Stage::scripted(&[Step::Silent]).await;
            let mut event = Kind::SMALL.event(1);
            event["requestContext"]["timeEpoch"] = json!(now_millis() - waited);
            let (status, _, took) = stage.deliver(&event).await;
            assert_eq!(status, 503, "{waited}");
            let took = took.as_millis();
            assert!(took >= least, "{waited} ms late: given up after {took} ms");
            if took <= most { Ok(()) } else { Err(format!("{waited} ms late: {took} ms")) }
        })
        .await;

        let stage = Stage::scripted(&[Step::Pass]).await;
        let mut event = Kind::SMALL.event(1);
        event["requestContext"]["timeEpoch"] = json!(now_millis() - waited);
        assert_eq!(stage.deliver(&event).await.0, 200, "{waited} ms late");
    }
}
