//! Transient faults: the callback is recorded once, and logged with the right outcome.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use serde_json::json;
use support::endpoint::{Endpoint, Step};
use tencent_chat_webhook::outcome::Stored;

use super::{
    lasting::AFTER_INVOCATION,
    stage::{Kind, Stage, TOKEN, all_in_time, in_time, redrive},
};
use crate::world::{Table, handler, send, status_and_body};

const THROTTLED: Step = Step::Fail(400, "ThrottlingException", "Rate exceeded.");
const BROKEN: Step = Step::Fail(500, "InternalServerError", "Try again.");

/// Sends a callback, which must be recorded with this outcome.
async fn is_recorded(stage: &Stage, kind: Kind, case: &str) -> Result<(), String> {
    let (status, action_status, elapsed) = stage.deliver(&kind.event(1)).await;
    if status == 503 || elapsed >= AFTER_INVOCATION {
        return Err(format!("{case}: {status} after {elapsed:?}: {:.400}", stage.log.text()));
    }
    assert_eq!((status, action_status.as_str()), (200, "OK"), "{case}");
    assert_eq!(stage.log.outcomes(), ["recorded"], "{case}");
    assert!(stage.table.bodies().await == [kind.body(1)], "{case}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_is_recorded_if_the_fault_ends_in_time() {
    let faults = [
        THROTTLED,
        Step::Fail(400, "ProvisionedThroughputExceededException", "Too fast."),
        BROKEN,
        Step::Fail(503, "ServiceUnavailable", "Try again."),
        Step::Fail(400, "InvalidSignatureException", "Signature expired."),
        Step::Fail(400, "RequestTimeTooSkewed", "The clocks differ."),
        Step::Fail(400, "RequestExpired", "The request is too old."),
        Step::BadGateway,
        Step::Reset,
        Step::HalfReply,
    ];
    let mut cases = Vec::new();
    for kind in [Kind::SMALL, Kind::LARGE] {
        for millis in [200, 500, 800] {
            cases.extend(faults.map(|fault| (fault, kind, millis)));
        }
        // An attempt without a response takes 550 ms.
        cases.extend([Step::Silent, Step::Stall].map(|fault| (fault, kind, 500)));
    }
    all_in_time(cases, async |(fault, kind, millis)| {
        let stage = Stage::failing_for(Duration::from_millis(millis), fault).await;
        is_recorded(&stage, kind, &format!("{fault:?} for {millis} ms, {kind}")).await
    })
    .await;
}

/// The SDK takes the `Date` of any response for DynamoDB's time, and signs with it.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_date_header_fails_only_one_attempt() {
    for kind in [Kind::SMALL, Kind::LARGE] {
        in_time(async || {
            let stage = Stage::scripted(&[Step::BadGateway, Step::PassIfFresh]).await;
            is_recorded(&stage, kind, "a wrong date").await?;
            if !kind.large {
                assert_eq!(stage.endpoint.requests(), 3);
            }
            Ok(())
        })
        .await;
    }
}

/// Two parts and a head that are written, then two parts, of which the first needs a second attempt.
const LARGE: [Step; 5] = [Step::Pass, Step::Pass, Step::Pass, THROTTLED, Step::Pass];

/// The write is done and only its response is lost, so the item is this callback's own, not a duplicate.
#[tokio::test(flavor = "multi_thread")]
async fn lost_response_counts_as_recorded_and_repeat_as_duplicate() {
    for kind in [Kind::SMALL, Kind::LARGE] {
        in_time(async || {
            let stage = Stage::scripted(&[Step::LoseReply, Step::Pass]).await;
            is_recorded(&stage, kind, "a lost reply").await?;
            // A repeat that meets a fault too.
            let script = if kind.large { &LARGE[..] } else { &[Step::Pass, THROTTLED, Step::Pass] };
            let stage = Stage::scripted(script).await;
            let mut event = kind.event(1);
            stage.deliver(&event).await;
            event["requestContext"]["requestId"] = json!("request-2");
            stage.deliver(&event).await;
            let outcomes = stage.log.outcomes();
            if outcomes == ["recorded", "duplicate"] { Ok(()) } else { Err(format!("{outcomes:?}")) }
        })
        .await;
    }
}

/// The write is done, and then DynamoDB stops responding: the redrive finds the callback in the table, and a repeat's
/// too.
#[tokio::test(flavor = "multi_thread")]
async fn redrive_finds_a_duplicate_if_only_the_response_was_lost() {
    let stage = Stage::scripted(&[Step::LoseReply, Step::Silent]).await;
    let event = Kind::SMALL.event(1);
    assert_eq!(stage.deliver(&event).await.0, 503);
    assert_eq!(stage.table.bodies().await.len(), 1);
    assert_eq!(redrive(&stage.table, &stage.log.text()).await, [Stored::Duplicate]);

    let stage = Stage::scripted(&[Step::Silent]).await;
    stage.deliver(&event).await;
    let (another, _) = handler(&stage.table.dynamodb.url(), &[("CALLBACK_TOKENS", TOKEN)]);
    let mut again = event.clone();
    again["requestContext"]["requestId"] = json!("request-2");
    assert_eq!(status_and_body(&send(&another, &again).await).0, 200);
    assert_eq!(redrive(&stage.table, &stage.log.text()).await, [Stored::Duplicate]);
}

/// Lambda freezes the function between events, and DynamoDB closes the idle connection.
#[tokio::test(flavor = "multi_thread")]
async fn connection_closed_while_idle_loses_no_callback() {
    let stage = Stage::scripted(&[Step::PassAndClose]).await;
    for number in 0..5 {
        let (status, ..) = stage.deliver(&Kind::SMALL.event(number)).await;
        assert_eq!(status, 200, "event {number}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(stage.endpoint.connections(), 5);
    assert_eq!(stage.table.bodies().await.len(), 5);
}

/// The connection is lost without notice: it swallows the request.
#[tokio::test(flavor = "multi_thread")]
async fn connection_lost_without_notice_loses_no_callback() {
    let stage = Stage::scripted(&[Step::Pass, Step::Silent, Step::Pass]).await;
    for number in 0..3 {
        assert_eq!(stage.deliver(&Kind::SMALL.event(number)).await.0, 200, "event {number}");
        // A connection can be reused only a moment after the response.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(stage.endpoint.connections(), 2);
    assert_eq!(stage.table.bodies().await.len(), 3);
}

/// The SDK has a retry quota, which a long outage uses up. Later requests must still be retried.
#[tokio::test(flavor = "multi_thread")]
async fn requests_are_still_retried_after_a_long_outage() {
    let table = Table::start().await;
    let end = Arc::new(AtomicUsize::new(usize::MAX));
    let ends = Arc::clone(&end);
    let decide = move |request: usize| match request.cmp(&ends.load(Ordering::SeqCst)) {
        std::cmp::Ordering::Less => BROKEN,
        std::cmp::Ordering::Equal => Step::Reset,
        std::cmp::Ordering::Greater => Step::Pass,
    };
    let endpoint = Endpoint::deciding(decide, table.dynamodb.address).await;
    let stage = Stage::with("http", endpoint, table);
    let events: Vec<_> = (0..20).map(|number| Kind::SMALL.event(number)).collect();
    join_all(events.iter().map(|event| stage.deliver(event))).await;
    assert_eq!(stage.log.outcomes(), vec!["failed"; 20]);
    assert!(stage.endpoint.requests() > 150, "the quota is 100: {}", stage.endpoint.requests());
    end.store(stage.endpoint.requests(), Ordering::SeqCst);
    assert_eq!(stage.deliver(&Kind::SMALL.event(20)).await.0, 200);
}
