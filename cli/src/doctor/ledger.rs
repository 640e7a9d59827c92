//! The ledger: whether each request that the API took has an end that is known.

use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Dimension, Statistic},
};

use super::{
    asked::allowed,
    finding::{Finding, runbook},
    hour::Hour,
    log::{Function, Redrive},
    queues::Depth,
};
use crate::{fault::Fault, place::Place};

const OUTCOMES: [&str; 5] = ["recorded", "duplicate", "refused", "probe", "failed"];

/// Of how many requests one may be on the other side of the hour's ends.
const ONE_IN: u64 = 1000;

/// What the API took, and what became of it.
pub(super) async fn check(
    place: &Place,
    hour: Hour,
    function: &Function,
    redrive: &Redrive,
    queue: &Depth,
) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    if place.parameter("LogLevel").is_some_and(|level| level != "INFO") {
        findings.push(Finding::ok(
            "ledger",
            "not made: with this LogLevel the log has neither recorded callbacks nor duplicates",
        ));
    } else {
        findings.push(match taken(place, hour).await? {
            Ok(taken) => requests(taken, function),
            Err(finding) => finding,
        });
    }
    findings.push(failed(function, redrive, queue));
    Ok(findings)
}

/// What the API took = recorded + duplicates + refused + probes + failed.
fn requests(taken: u64, function: &Function) -> Finding {
    let counts = OUTCOMES.map(|outcome| (outcome, function.count(outcome)));
    let known: u64 = counts.iter().map(|(_, count)| count).sum();
    let sum = counts.map(|(outcome, count)| format!("{count} {outcome}")).join(" + ");
    let tolerance = taken / ONE_IN;
    match taken.abs_diff(known) {
        0 => Finding::ok("ledger", format!("{taken} requests = {sum}")),
        off if off <= tolerance => {
            Finding::ok("ledger", format!("{taken} requests ≈ {sum}; {off} at the ends of the hour"))
        }
        off if taken > known => Finding::wrong(
            "ledger",
            format!("{taken} requests = {sum} + {off} that are not in the function's log"),
            format!("the API turned them away, or the function failed: {}", runbook("ApiErrorsAlarm")),
        ),
        off => Finding::wrong(
            "ledger",
            format!("{taken} requests, and {off} more in the log: {sum}"),
            "the metric of the API comes late: look again in some minutes",
        ),
    }
}

/// Failed = redriven + waiting.
fn failed(function: &Function, redrive: &Redrive, queue: &Depth) -> Finding {
    let check = "failed";
    let is_redriven = |id: &&String| {
        redrive.get(*id).is_some_and(|outcome| outcome == "recorded" || outcome == "duplicate")
    };
    let failed = function.failed.len();
    let redriven = function.failed.iter().filter(is_redriven).count();
    let waiting = failed - redriven;
    let finding = format!("{failed} failed = {redriven} redriven + {waiting} waiting");
    match (waiting, queue) {
        (0, _) => Finding::ok(check, finding),
        (_, Ok(0)) => Finding::wrong(
            check,
            format!("{finding}, and the redrive's queue is empty"),
            "wait a minute; else record them by hand: chat-events redrive --since 2h",
        ),
        _ => Finding::wrong(
            check,
            finding,
            format!("the redrive tries them again: {}", runbook("NotStoredAlarm")),
        ),
    }
}

/// How many requests the API took.
async fn taken(place: &Place, hour: Hour) -> Result<Result<u64, Finding>, Fault> {
    let time = |millis: u64| DateTime::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    let asked = Client::new(&place.config)
        .get_metric_statistics()
        .namespace("AWS/ApiGateway")
        .metric_name("Count")
        .dimensions(Dimension::builder().name("ApiId").value(place.output("ApiId")?).build())
        .statistics(Statistic::Sum)
        .period(60)
        .start_time(time(hour.from))
        .end_time(time(hour.to));
    let answer = allowed("ledger", "cloudwatch:GetMetricStatistics", asked.send().await)?;
    // A count, as a float of CloudWatch's.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count is whole and not negative"
    )]
    Ok(answer.map(|answer| answer.datapoints().iter().filter_map(|point| point.sum).sum::<f64>() as u64))
}
