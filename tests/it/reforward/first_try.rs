//! The one attempt of a batch from the log.

use std::time::Duration;

use serde_json::Value;
use support::{
    endpoint::Step,
    requests::{SDK_APPID, post},
    subscription::{self, queued},
};
use tencent_chat_webhook::handler::Handler;

use super::stage::{FAILING, Stage, TAKING, body, closed_queue, end};
use crate::{
    faults::stage::{TOKEN, in_time},
    forward::receiver::Behaviour,
    redrive::stage::{invoke, left},
    world::{column, handler, send},
};

#[tokio::test(flavor = "multi_thread")]
async fn missed_callbacks_are_sent_once_unchanged_and_signed_anew() {
    let bodies = [body(1, false), body(2, true)];
    let stage = Stage::start(bodies.clone(), &[Step::Pass]).await;
    let mut function = stage.reforward().await;
    assert_eq!(invoke(&mut function, &queued(&[stage.batch()])).await, Ok(left(&[])));
    assert!(stage.received() == bodies);
    let requests = stage.receiver.received();
    let head = requests[0].split("\r\n\r\n").next().expect("a head");
    assert!(head.starts_with("POST /im?key=planted-key&SdkAppid="), "{head}");
    assert!(head.contains("&Replayed=1 HTTP/1.1") && head.contains("contenttype=json"), "{head}");
    assert!(!head.contains("own="), "the customer's own parameters are not in the log: {head}");
    assert!(head.contains("(hop 1)") && head.contains("authorization: Basic"), "{head}");
    // The function itself admits the signature.
    let query = head.split(['?', ' ']).nth(2).expect("a query");
    let (function_behind, log): (Handler, _) =
        handler(&stage.table.dynamodb.url(), &[("CALLBACK_TOKENS", TOKEN)]);
    send(&function_behind, &post(query, "{\"GroupId\":\"g\"}")).await;
    assert_eq!(log.outcomes(), ["recorded"], "{query}");
    assert!(query.contains(SDK_APPID));

    let lines = end(function).await;
    assert_eq!(column(&lines, "outcome"), ["forwarded"; 2]);
    assert_eq!(column(&lines, "forward"), ["200"; 2]);
    assert!(lines.iter().all(|line| line["pk"].is_string() && line["ForwardTime"].is_number()), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_taken_with_any_body_is_logged_with_its_status() {
    let stage = Stage::with_missed(1).await;
    let mut function = stage.reforward().await;
    for body in ["ok", ""] {
        stage.receiver.becomes(Behaviour::Answer(200, body, 0));
        assert_eq!(invoke(&mut function, &queued(&[stage.batch()])).await, Ok(left(&[])));
    }
    let lines = end(function).await;
    for (field, value) in [("outcome", "forwarded"), ("forward", "200"), ("level", "INFO")] {
        assert_eq!(column(&lines, field), [value; 2]);
    }
}

/// The limits of the redrive: one second, ten requests, and the next batch none.
#[tokio::test(flavor = "multi_thread")]
async fn first_try_stops_at_silence_and_hands_on() {
    for behaviour in [Behaviour::Silent, Behaviour::Reset] {
        let stage = Stage::with_missed(30).await;
        in_time(async || {
            stage.receiver.becomes(behaviour);
            let mut function = stage.reforward().await;
            let first = function.invoke(stage.batch().to_string()).await;
            let requests = stage.receiver.received().len();
            let next = function.invoke(stage.batch().to_string()).await;
            assert!((1..=10).contains(&requests), "{behaviour:?}: {requests} requests");
            assert_eq!(stage.receiver.received().len(), requests, "the next batch makes no request");
            assert_eq!(stage.take_queued(), [Value::Null; 0], "Lambda puts the whole batch into the queue");
            first.result.expect_err("it is silent");
            let error = next.result.expect_err("it is handed on");
            assert!(error["errorMessage"].as_str().is_some_and(|text| text.contains("less than 30 s ago")));
            assert_eq!(column(&end(function).await, "outcome"), vec!["failed"; requests]);
            if first.took < Duration::from_millis(1300) && next.took < Duration::from_millis(200) {
                Ok(())
            } else {
                Err(format!("{behaviour:?}: {:?}, then {:?}", first.took, next.took))
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_status_stops_the_first_try_without_handing_on() {
    let stage = Stage::with_missed(40).await;
    let mut function = stage.reforward().await;
    for status in [500, 429] {
        stage.receiver.becomes(Behaviour::Answer(status, "", 0));
        invoke(&mut function, &stage.batch()).await.expect_err("it fails");
        let requests = stage.receiver.received().len();
        assert!((1..=10).contains(&requests), "{status}: {requests} requests");
    }
    stage.receiver.becomes(TAKING);
    // On a busy machine, the rest may be left to the queue.
    let error = invoke(&mut function, &stage.batch()).await.err().map(|error| error.to_string());
    assert!(!error.is_some_and(|error| error.contains("less than 30 s ago")));
    assert!(stage.received().len() >= 3);
    assert_eq!(invoke(&mut function, &subscription::control_message()).await, Ok(Value::Null));
    end(function).await;
}

/// A callback that the receiver never takes: the others are sent once, and it waits alone.
#[tokio::test(flavor = "multi_thread")]
async fn callback_that_is_never_taken_waits_alone() {
    let stage = Stage::with_missed(5).await;
    stage.receiver.becomes(Behaviour::By(|request| if request.contains("group-3") { 500 } else { 200 }));
    let mut function = stage.reforward().await;
    assert_eq!(invoke(&mut function, &stage.batch()).await, Ok(Value::Null));
    assert_eq!(stage.received(), (0..5).map(|number| body(number, false)).collect::<Vec<_>>());
    let messages = stage.take_queued();
    assert_eq!(messages.len(), 1, "{messages:?}");
    for _ in 0..2 {
        stage.receiver.becomes(FAILING);
        assert_eq!(invoke(&mut function, &queued(&messages)).await, Ok(left(&["0"])));
        assert_eq!(stage.received(), [body(3, false)]);
        assert_eq!(stage.take_queued(), [Value::Null; 0]);
    }
    stage.receiver.becomes(TAKING);
    assert_eq!(invoke(&mut function, &queued(&messages)).await, Ok(left(&[])));
    end(function).await;
}

/// If the queue does not take the rest, the batch goes there as a whole.
#[tokio::test(flavor = "multi_thread")]
async fn batch_stays_whole_if_the_queue_refuses_its_rest() {
    let stage = Stage::with_missed(3).await;
    stage.receiver.becomes(Behaviour::By(|request| if request.contains("group-1") { 404 } else { 200 }));
    let mut function = stage.reforward_with(&closed_queue()).await;
    invoke(&mut function, &stage.batch()).await.expect_err("the rest is nowhere else");
    assert_eq!(invoke(&mut function, &queued(&[stage.batch()])).await, Ok(left(&["0"])));
    let lines = end(function).await;
    assert!(lines.iter().any(|line| line["error"] == "AccessDenied"), "{lines:?}");
}
