//! The attempts of messages from the queue.

use std::time::Duration;

use serde_json::{Value, json};
use support::{
    endpoint::Step,
    subscription::{control_message, queued},
};
use tencent_chat_webhook::{record::attribute::number, time::now_millis};

use super::stage::{Stage, TAKING, batch, body, end};
use crate::{
    faults::stage::redrive,
    forward::receiver::Behaviour,
    redrive::stage::{invoke, left},
    world::column,
};

const DENIED: Step = Step::Fail(400, "AccessDeniedException", "No.");

#[tokio::test(flavor = "multi_thread")]
async fn erased_and_expired_callbacks_are_not_sent() {
    let stage = Stage::with_missed(3).await;
    let heads = stage.table.heads().await;
    let head = |group: &str| {
        let found = heads.iter().find(|head| head["GroupId"].as_s().is_ok_and(|id| id == group));
        found.expect("a head").clone()
    };
    let erased = head("group-0");
    let key = ["pk", "sk"].map(|name| (name.to_owned(), erased[name].clone()));
    let delete = stage.table.client.delete_item().table_name(support::dynamodb::TABLE);
    delete.set_key(Some(key.into())).send().await.expect("it is deleted");
    let mut expired = head("group-1");
    expired.insert("ExpiresAt".to_owned(), number(now_millis() / 1000 - 1));
    let put = stage.table.client.put_item().table_name(support::dynamodb::TABLE).set_item(Some(expired));
    put.send().await.expect("it is put");

    let mut function = stage.reforward().await;
    assert_eq!(invoke(&mut function, &queued(&[stage.batch()])).await, Ok(left(&[])));
    assert_eq!(stage.received(), [body(2, false)]);
    let mut outcomes = column(&end(function).await, "outcome");
    outcomes.sort();
    assert_eq!(outcomes, ["forwarded", "gone", "gone"]);
}

/// A callback that could not be stored either waits for the redrive.
#[tokio::test(flavor = "multi_thread")]
async fn unrecorded_callback_is_sent_once_the_redrive_has_recorded_it() {
    for large in [false, true] {
        let stage = Stage::start([body(1, large)], &[DENIED]).await;
        let mut function = stage.reforward().await;
        invoke(&mut function, &stage.batch()).await.expect_err("it is not in the table");
        assert_eq!(invoke(&mut function, &queued(&[stage.batch()])).await, Ok(left(&["0"])));
        assert_eq!(stage.received(), [""; 0]);
        redrive(&stage.table, &stage.lines.join("\n")).await;
        assert_eq!(invoke(&mut function, &queued(&[stage.batch()])).await, Ok(left(&[])));
        assert!(stage.received() == [body(1, large)]);
        assert_eq!(column(&end(function).await, "reason"), ["unrecorded"; 2]);
    }
}

/// The rest goes back to the queue, so that a dead receiver takes no time from other messages.
#[tokio::test(flavor = "multi_thread")]
async fn three_failures_in_a_row_end_the_try() {
    for (behaviour, longest) in [(Behaviour::Reset, 3), (Behaviour::Silent, 8)] {
        let stage = Stage::with_missed(40).await;
        stage.receiver.becomes(behaviour);
        let mut function = stage.reforward().await;
        let halves = [batch(&stage.lines[..20]), batch(&stage.lines[20..])];
        let invoked = function.invoke(queued(&halves).to_string()).await;
        assert_eq!(invoked.result, Ok(left(&["0", "1"])));
        assert!(invoked.took < Duration::from_secs(longest), "{behaviour:?}: {invoked:?}");
        assert!((3..=12).contains(&stage.receiver.received().len()), "{behaviour:?}");
        stage.receiver.becomes(TAKING);
        assert_eq!(invoke(&mut function, &queued(&halves)).await, Ok(left(&[])));
        assert_eq!(stage.received().len(), 40);
        end(function).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusal_of_some_callbacks_keeps_none_of_the_others_back() {
    let stage = Stage::with_missed(30).await;
    // With 410 the receiver refuses a callback for ever, with 404 only for now.
    stage.receiver.becomes(Behaviour::By(|request| match () {
        () if request.contains("group-1\"") => 410,
        () if request.contains("group-2") => 404,
        () => 204,
    }));
    let mut function = stage.reforward().await;
    assert_eq!(invoke(&mut function, &queued(&[stage.batch()])).await, Ok(left(&[])));
    assert_eq!(stage.received().len(), 30);
    // group-2 and group-20 to group-29
    assert_eq!(stage.take_queued().len(), 11, "each has a message of its own");
    let outcomes = column(&end(function).await, "outcome");
    let count = |outcome| outcomes.iter().filter(|found| *found == outcome).count();
    assert_eq!((count("forwarded"), count("rejected"), count("failed")), (18, 1, 11));
}

/// Lambda puts it into the queue if the function could not be invoked.
#[tokio::test(flavor = "multi_thread")]
async fn control_message_in_the_queue_is_done() {
    let stage = Stage::with_missed(1).await;
    let mut function = stage.reforward().await;
    let messages = [control_message(), stage.batch()];
    assert_eq!(invoke(&mut function, &queued(&messages)).await, Ok(left(&[])));
    assert_eq!(column(&end(function).await, "outcome"), ["forwarded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_or_masked_entry_stays_with_its_reason() {
    let stage = Stage::with_missed(2).await;
    let masked = stage.lines[0].replace("group-0", "*******");
    for (bad, reason) in [
        (batch(&[masked]), "masked"),
        (batch(&[stage.lines[0].replace("\"sha256\":", "\"sha\":")]), "unreadable"),
        (json!({ "not": "a batch" }), "unreadable"),
        (Value::from("not JSON"), "unreadable"),
    ] {
        let mut function = stage.reforward().await;
        let good = batch(&stage.lines[1..]);
        assert_eq!(invoke(&mut function, &queued(&[bad, good])).await, Ok(left(&["0"])), "{reason}");
        let lines = end(function).await;
        assert_eq!(column(&lines, "reason"), [reason]);
    }
}
