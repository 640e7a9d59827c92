//! Faults that pass: a retry gets past them, so the callback is recorded, once.

use std::time::Duration;

use serde_json::json;

use crate::{
    endpoint::Step,
    stage::{Kind, Stage, in_time},
};

const THROTTLED: Step = Step::Fail(400, "ThrottlingException", "Rate exceeded.");
const CONFLICT: Step = Step::Cancel("TransactionConflict");

/// One callback through a script, whose end lets it pass: it must be recorded, with this outcome.
async fn gets_past(script: &[Step], kind: Kind, outcome: &str) {
    in_time(async || {
        let stage = Stage::with(script).await;
        let (status, action_status, elapsed) = stage.deliver(&kind.event(1)).await;
        let case = format!("{script:?}, {kind}");
        if status == 503 || elapsed >= Duration::from_millis(1500) {
            return Err(format!("{case}: {status} after {elapsed:?}: {:.400}", stage.log.text()));
        }
        assert_eq!((status, action_status.as_str()), (200, "OK"), "{case}");
        assert_eq!(stage.outcomes(), [json!(outcome)], "{case}");
        assert_eq!(stage.endpoint.requests(), script.len(), "{case}");
        assert!(stage.table.bodies().await == [kind.body(1)], "{case}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_fault_is_got_past() {
    for kind in [Kind::SMALL, Kind::LARGE] {
        for fault in [
            THROTTLED,
            Step::Fail(400, "ProvisionedThroughputExceededException", "Too fast."),
            Step::Fail(500, "InternalServerError", "Try again."),
            Step::Fail(503, "ServiceUnavailable", "Try again."),
            Step::Reset,
            Step::HalfReply,
        ] {
            gets_past(&[fault, Step::Pass], kind, "recorded").await;
            gets_past(&[fault, fault, fault, Step::Pass], kind, "recorded").await;
        }
    }
    gets_past(&[Step::Silent, Step::Pass], Kind::SMALL, "recorded").await;
    gets_past(&[Step::Reset, Step::Silent, Step::Pass], Kind::SMALL, "recorded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_meets_another_one_is_tried_again() {
    gets_past(&[CONFLICT, CONFLICT, Step::Pass], Kind::LARGE, "recorded").await;
    gets_past(&[Step::Cancel("ThrottlingError"), Step::Pass], Kind::LARGE, "recorded").await;
    gets_past(&[Step::Cancel("ProvisionedThroughputExceeded"), Step::Pass], Kind::LARGE, "recorded").await;
    let in_progress = Step::Fail(400, "TransactionInProgressException", "It is in progress.");
    gets_past(&[in_progress, Step::Pass], Kind::LARGE, "recorded").await;
}

/// The write has happened and only its reply is lost: the retry finds the item there.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_leaves_one_item() {
    gets_past(&[Step::LoseReply, Step::Pass], Kind::SMALL, "duplicate").await;
    // A transaction's retry carries its token, so DynamoDB repeats the first answer.
    gets_past(&[Step::LoseReply, Step::Pass], Kind::LARGE, "recorded").await;
}

/// Lambda freezes between events, and DynamoDB closes the connection meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_closed_while_idle_costs_no_event() {
    let stage = Stage::with(&[Step::PassAndClose]).await;
    for number in 0..5 {
        let (status, ..) = stage.deliver(&Kind::SMALL.event(number)).await;
        assert_eq!(status, 200, "event {number}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(stage.endpoint.connections(), 5);
    assert_eq!(stage.table.bodies().await.len(), 5);
}

/// The same where nothing tells that the connection is gone: it swallows the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_died_unnoticed_costs_no_event() {
    let stage = Stage::with(&[Step::Pass, Step::Silent, Step::Pass]).await;
    for number in 0..3 {
        assert_eq!(stage.deliver(&Kind::SMALL.event(number)).await.0, 200, "event {number}");
    }
    assert_eq!(stage.endpoint.connections(), 2);
    assert_eq!(stage.table.bodies().await.len(), 3);
}

/// The SDK has a quota of retries, which a long outage uses up. It must not be missing afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_long_outage_retries_still_help() {
    let outage = 600;
    let mut script = vec![Step::Fail(500, "InternalServerError", "Try again."); outage];
    script.extend([Step::Reset, Step::Pass]);
    let stage = Stage::with(&script).await;
    let mut number = 0;
    while stage.endpoint.requests() < outage {
        stage.deliver(&Kind::SMALL.event(number)).await;
        number += 1;
    }
    let last = stage.outcomes().pop().expect("there are events");
    assert_eq!(last, json!("failed"), "the outage ends between two events");
    assert_eq!(stage.deliver(&Kind::SMALL.event(number)).await.0, 200);
    assert_eq!(stage.outcomes().pop(), Some(json!("recorded")));
}
