//! The messages in the queues.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Datapoint, Statistic};
use aws_sdk_sqs::types::QueueAttributeName;
use tencent_chat_webhook::time::rfc3339;

use super::{
    finding::Finding,
    metric::Metric,
    response::{allowed, output},
    runbook,
};
use crate::{deployment::Deployment, moment::Moment, plain::counted};

/// The number of messages in a queue, or a finding that says why it is unknown.
pub(super) type Depth = Result<u64, Finding>;

/// The queue of callbacks that the redrive retries.
pub(super) async fn redrive(deployment: &Deployment) -> Depth {
    depth(deployment, "redrive queue", "RedriveQueueUrl").await
}

/// The findings on the redrive's queue and on the dead-letter queues.
pub(super) async fn check(deployment: &Deployment, redrive: &Depth) -> Vec<Finding> {
    let mut findings = vec![match redrive {
        Err(finding) => finding.clone(),
        Ok(0) => Finding::ok("redrive queue", "empty"),
        Ok(messages) => {
            let age = age(deployment).await.map(|minutes| format!("; the oldest is {minutes} min old"));
            let age = age.unwrap_or_default();
            Finding::wrong(
                "redrive queue",
                format!("{}: callbacks that are not in the table{age}", counted(*messages, "message")),
                format!(
                    "the redrive retries each every 15 minutes: {}",
                    runbook::command("RedriveQueueAgeAlarm")
                ),
            )
        }
    }];
    findings.push(
        dead_letters(
            deployment,
            "dead letters",
            "RedriveDeadLettersUrl",
            "callbacks that the redrive gave up; a message is deleted after four days",
            "fix the cause, then move them back",
            "RedriveDeadLettersAlarm",
        )
        .await,
    );
    // Only a stack with an event bus has its queue.
    if deployment.output("EventPipeDeadLettersUrl").is_ok() {
        findings.push(
            dead_letters(
                deployment,
                "bus dead letters",
                "EventPipeDeadLettersUrl",
                "events that did not reach the event bus",
                "send them to the bus again; the stream keeps them for a day",
                "EventPipeAlarm",
            )
            .await,
        );
    }
    findings
}

/// The finding on a queue that should be empty.
pub(super) async fn dead_letters(
    deployment: &Deployment,
    check: &'static str,
    url: &str,
    what: &str,
    fix: &str,
    section: &str,
) -> Finding {
    match depth(deployment, check, url).await {
        Err(finding) => finding,
        Ok(0) => Finding::ok(check, "none"),
        Ok(messages) => Finding::wrong(
            check,
            format!("{}: {what}", counted(messages, "message")),
            format!("{fix}: {}", runbook::command(section)),
        ),
    }
}

pub(super) async fn depth(deployment: &Deployment, check: &'static str, url: &str) -> Depth {
    let counted = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let request = aws_sdk_sqs::Client::new(&deployment.config)
        .get_queue_attributes()
        .queue_url(output(deployment, check, url)?)
        .set_attribute_names(Some(counted.to_vec()));
    let got = allowed(check, "sqs:GetQueueAttributes", request.send().await)?;
    Ok(got.attributes.into_iter().flatten().filter_map(|(_, count)| count.parse::<u64>().ok()).sum())
}

/// The age of the oldest message in the redrive's queue, in minutes, if CloudWatch has it.
async fn age(deployment: &Deployment) -> Option<u64> {
    let (name, now) = ("ApproximateAgeOfOldestMessage", Moment::now().0);
    let values = maxima(deployment, "RedriveQueueUrl", name, 300, [now - 15 * 60_000, now]).await?;
    let latest = values.into_iter().max_by_key(|point| point.timestamp.map(|time| time.secs()))?;
    // CloudWatch gives seconds as floats.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an age is small and not negative"
    )]
    latest.maximum.map(|seconds| (seconds / 60.0) as u64)
}

/// The periods of [`since`], in seconds: 960 values in ten days, of which CloudWatch returns at most 1,440.
const PERIOD: i32 = 900;

/// Since when a queue was never empty, if CloudWatch knows it. The age of its oldest message would leave out a message
/// that has been received three times.
pub(super) async fn since(deployment: &Deployment, url: &str) -> Option<String> {
    let now = Moment::now().0;
    let mut held: BTreeMap<i64, f64> = BTreeMap::new();
    for name in ["ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible"] {
        for point in maxima(deployment, url, name, PERIOD, [now - 10 * 86_400_000, now]).await? {
            *held.entry(point.timestamp?.secs()).or_default() += point.maximum.unwrap_or(0.0);
        }
    }
    let start = begun(&held)?;
    let text = rfc3339(u64::try_from(start).ok()? * 1000);
    Some(format!("{} UTC", text.get(.."2026-11-26T03:00".len())?.replace('T', " ")))
}

/// The maxima of a queue's metric between two times, if CloudWatch knows them. `url` is the stack's output with the
/// queue's URL.
async fn maxima(
    deployment: &Deployment,
    url: &str,
    name: &'static str,
    period: i32,
    [from, to]: [u64; 2],
) -> Option<Vec<Datapoint>> {
    let url = deployment.output(url).ok()?;
    let dimension = ("QueueName", url.rsplit('/').next()?.to_owned());
    let metric = Metric { namespace: "AWS/SQS", name, dimension, statistic: Statistic::Maximum, period };
    metric.values(deployment, from, to).await.ok()
}

/// The first period, in seconds since the epoch, after the last one in which a queue held nothing.
fn begun(held: &BTreeMap<i64, f64>) -> Option<i64> {
    let holds = held.iter().rev().take_while(|(_, messages)| **messages > 0.0);
    holds.last().map(|(start, _)| *start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queue_waits_since_it_was_last_empty() {
        for (held, start) in [
            (vec![], None),
            (vec![0.0], None),
            (vec![2.0, 0.0], None),
            (vec![2.0], Some(0)),
            (vec![2.0, 0.0, 1.0, 3.0], Some(1800)),
        ] {
            let held = (0..).step_by(900).zip(held).collect();
            assert_eq!(begun(&held), start);
        }
    }
}
