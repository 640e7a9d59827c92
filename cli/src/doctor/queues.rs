//! What waits in the queues.

use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use aws_sdk_sqs::types::QueueAttributeName;

use super::{
    asked::allowed,
    finding::{Finding, runbook},
};
use crate::{fault::Fault, moment::Moment, place::Place};

/// How many messages are in a queue, or why nobody knows.
pub(super) type Depth = Result<u64, Finding>;

/// The queue of what the redrive tries again.
pub(super) async fn redrive(place: &Place) -> Result<Depth, Fault> {
    depth(place, "redrive queue", &place.output("RedriveQueueUrl")?).await
}

/// The findings on the redrive's queue, and on the queues of what was given up.
pub(super) async fn check(place: &Place, redrive: &Depth) -> Result<Vec<Finding>, Fault> {
    let mut findings = vec![match redrive {
        Err(finding) => finding.clone(),
        Ok(0) => Finding::ok("redrive queue", "empty"),
        Ok(messages) => {
            let age = age(place, &place.output("RedriveQueueUrl")?).await;
            let age = age.map(|minutes| format!(", the oldest for {minutes} min")).unwrap_or_default();
            let finding = format!("{messages} messages of callbacks that are not in the table wait{age}");
            Finding::wrong("redrive queue", finding, runbook("RedriveQueueAgeAlarm"))
        }
    }];
    let dead = [
        (
            "dead letters",
            "RedriveDeadLettersUrl",
            "callbacks that the redrive gave up",
            "RedriveDeadLettersAlarm",
        ),
        ("bus letters", "EventPipeDeadLettersUrl", "events that did not reach the bus", "EventPipeAlarm"),
    ];
    for (check, output, what, section) in dead {
        // A stack without a bus has no queue of it.
        let Ok(url) = place.output(output) else { continue };
        findings.push(match depth(place, check, &url).await? {
            Err(finding) => finding,
            Ok(0) => Finding::ok(check, "none"),
            Ok(messages) => Finding::wrong(check, format!("{messages} messages of {what}"), runbook(section)),
        });
    }
    Ok(findings)
}

async fn depth(place: &Place, check: &'static str, url: &str) -> Result<Depth, Fault> {
    let counted = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let client = aws_sdk_sqs::Client::new(&place.config);
    let asked = client.get_queue_attributes().queue_url(url).set_attribute_names(Some(counted.to_vec()));
    let answer = allowed(check, "sqs:GetQueueAttributes", asked.send().await)?;
    Ok(answer.map(|got| {
        got.attributes.into_iter().flatten().filter_map(|(_, count)| count.parse::<u64>().ok()).sum()
    }))
}

/// How old the oldest message of a queue is, in minutes, if CloudWatch says.
async fn age(place: &Place, url: &str) -> Option<u64> {
    let time = |millis: u64| {
        aws_sdk_cloudwatch::primitives::DateTime::from_millis(i64::try_from(millis).unwrap_or(0))
    };
    let now = Moment::now().0;
    let queue = Dimension::builder().name("QueueName").value(url.rsplit('/').next()?).build();
    let asked = aws_sdk_cloudwatch::Client::new(&place.config)
        .get_metric_statistics()
        .namespace("AWS/SQS")
        .metric_name("ApproximateAgeOfOldestMessage")
        .dimensions(queue)
        .statistics(Statistic::Maximum)
        .period(300)
        .start_time(time(now - 15 * 60_000))
        .end_time(time(now));
    let points = asked.send().await.ok()?.datapoints.unwrap_or_default();
    let latest = points.into_iter().max_by_key(|point| point.timestamp.map(|time| time.secs()))?;
    // Seconds, as a float of CloudWatch's.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an age is small and not negative"
    )]
    latest.maximum.map(|seconds| (seconds / 60.0) as u64)
}
