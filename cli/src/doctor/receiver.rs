//! Your own receiver: what it answered, and what waits for it.

use std::collections::{HashMap, HashSet};

use super::{
    finding::Finding,
    insights::{LogGroup, MOST_ROWS, Row},
    log::{FUNCTION, RequestCounts},
    queues::{self, Depth},
    reasons::{MANY, of_reason},
    runbook,
    subscriptions::{Subscriptions, subscription_to},
    window::Window,
};
use crate::{deployment::Deployment, plain::counted, receiver::is_taken};

/// What the subscription of `reforward` selects.
const UNFORWARDED: &str = "{ $.unforwarded.hop > 0 }";

const REFORWARD: LogGroup = LogGroup { check: "reforward log", output: "ReforwardLogName" };

/// The findings on what waits for the receiver. None if the stack has no receiver.
pub(super) async fn waiting(
    deployment: &Deployment,
    window: Window,
    subscriptions: &Subscriptions,
) -> Vec<Finding> {
    let Ok(reforward) = deployment.output("ReforwardName") else { return Vec::new() };
    let depth = queues::depth(deployment, "receiver queue", "ReforwardQueueUrl").await;
    let dead_letters = queues::dead_letters(
        deployment,
        "receiver dead letters",
        "ReforwardDeadLettersUrl",
        "callbacks that the receiver did not take in ten days; a message is deleted after four days",
        "fix the receiver, then move them back",
        "ReforwardDeadLettersAlarm",
    );
    let subscription = subscription_to(
        subscriptions,
        &reforward,
        UNFORWARDED,
        [
            "missed callbacks go from the log to reforward",
            "missed callbacks stay in the log: it has no subscription for reforward",
        ],
        "ReforwardDeliveryAlarm",
    );
    vec![
        queue(deployment, &depth).await,
        dead_letters.await,
        subscription.unwrap_or_else(|finding| finding),
        reforwarded(deployment, window, &depth).await.unwrap_or_else(|finding| finding),
    ]
}

async fn queue(deployment: &Deployment, depth: &Depth) -> Finding {
    let check = "receiver queue";
    match depth {
        Err(finding) => finding.clone(),
        Ok(0) => Finding::ok(check, "empty"),
        Ok(messages) => {
            let since = queues::since(deployment, "ReforwardQueueUrl").await;
            let since = since.map(|since| format!(", since {since}")).unwrap_or_default();
            Finding::wrong(
                check,
                format!("{}: callbacks that wait for the receiver{since}", counted(*messages, "message")),
                format!(
                    "they are sent every 15 minutes for ten days: {}",
                    runbook::command("ReforwardQueueAgeAlarm")
                ),
            )
        }
    }
}

/// The callbacks that the receiver missed: missed = sent again + waiting.
async fn reforwarded(deployment: &Deployment, window: Window, depth: &Depth) -> Result<Finding, Finding> {
    let (check, of_entry) = ("reforwarded", " and ispresent(unforwarded.hop)");
    let missed = "stats count(*) as requests by unforwarded.pk, unforwarded.sk";
    let last = "stats latest(outcome) as last_outcome by pk, sk";
    let (missed, last) = tokio::try_join!(
        FUNCTION.rows(deployment, window, of_entry, missed),
        REFORWARD.rows(deployment, window, " and not isempty(sk)", last),
    )?;
    let key = |row: &mut Row, names: [&str; 2]| Some((row.remove(names[0])?, row.remove(names[1])?));
    let missed: HashSet<_> = missed
        .into_iter()
        .filter_map(|mut row| key(&mut row, ["unforwarded.pk", "unforwarded.sk"]))
        .collect();
    let outcome = |mut row: Row| Some((key(&mut row, ["pk", "sk"])?, row.remove("last_outcome")?));
    let last: HashMap<_, _> = last.into_iter().filter_map(outcome).collect();
    let waiting =
        missed.iter().filter(|key| last.get(*key).is_none_or(|outcome| outcome == "failed")).count();
    let prefix = if missed.len() >= MOST_ROWS { "at least " } else { "" };
    let finding = format!(
        "{prefix}{} missed = {} sent again + {waiting} waiting",
        missed.len(),
        missed.len() - waiting
    );
    Ok(match (waiting, depth) {
        (0, _) => Finding::ok(check, finding),
        (_, Ok(0)) => Finding::wrong(
            check,
            format!("{finding}, and the receiver's queue is empty"),
            format!("wait a minute; if that does not help: {}", runbook::command("ReforwardDroppedAlarm")),
        ),
        _ => Finding::wrong(
            check,
            finding,
            format!(
                "they are sent until the receiver takes them: {}",
                runbook::command("ReforwardQueueAgeAlarm")
            ),
        ),
    })
}

/// The receiver's answers, if there is a receiver.
pub(super) fn answers(function: &RequestCounts) -> Vec<Finding> {
    let check = "receiver";
    let is_taken = |result: &str| result.parse().is_ok_and(is_taken);
    let (well, failed): (Vec<_>, Vec<_>) = function.forward.iter().partition(|(result, _)| is_taken(result));
    let many = failed.iter().map(|(_, count)| *count).sum::<u64>() >= MANY;
    let well: u64 = well.into_iter().map(|(_, count)| *count).sum();
    let well = (well > 0).then(|| Finding::ok(check, format!("{well} × answered")));
    let failed = failed.into_iter().map(|(result, count)| of_reason(check, "forward", result, *count, many));
    well.into_iter().chain(failed).collect()
}
