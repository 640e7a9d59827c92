//! The ledger: whether each request that the API took has an end that is known.

use aws_sdk_cloudwatch::types::Statistic;

use super::{
    asked::{allowed, output},
    finding::{Finding, runbook},
    hour::Hour,
    log::{Function, Redrive},
    metric::Metric,
    queues::Depth,
};
use crate::place::Place;

const CHECK: &str = "ledger";

const OUTCOMES: [&str; 5] = ["recorded", "duplicate", "refused", "probe", "failed"];

/// Of how many requests one may be on the other side of the hour's ends.
const ONE_IN: u64 = 1000;

/// Requests of the API = recorded + duplicates + refused + probes + failed.
pub(super) async fn requests(place: &Place, hour: Hour, function: &Function) -> Result<Finding, Finding> {
    if place.parameter("LogLevel").is_some_and(|level| level != "INFO") {
        let finding = "not made: with this LogLevel the log has neither recorded callbacks nor duplicates";
        return Ok(Finding::ok(CHECK, finding));
    }
    let taken = taken(place, hour).await?;
    let counts = OUTCOMES.map(|outcome| (outcome, function.count(outcome)));
    let known: u64 = counts.iter().map(|(_, count)| count).sum();
    let sum = counts.map(|(outcome, count)| format!("{count} {outcome}")).join(" + ");
    Ok(match taken.abs_diff(known) {
        0 => Finding::ok(CHECK, format!("{taken} requests = {sum}")),
        off if off <= taken / ONE_IN => {
            Finding::ok(CHECK, format!("{taken} requests ≈ {sum}; {off} at the ends of the hour"))
        }
        off if taken > known => Finding::wrong(
            CHECK,
            format!("{taken} requests = {sum} + {off} that are not in the function's log"),
            format!(
                "the API turned them away, or the function failed: {}, {}",
                runbook("ApiErrorsAlarm"),
                runbook("ApiThrottlesAlarm")
            ),
        ),
        off => Finding::wrong(
            CHECK,
            format!("{taken} requests, and {off} more in the log: {sum}"),
            "the API's metric comes late: look again in some minutes",
        ),
    })
}

/// The failed callbacks of the hour: failed = redriven + waiting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    failed: usize,
    redriven: usize,
}

impl Fate {
    pub(super) fn of(function: &Function, redrive: &Redrive) -> Self {
        let is_redriven = |id: &&String| {
            redrive.get(*id).is_some_and(|outcome| outcome == "recorded" || outcome == "duplicate")
        };
        let redriven = function.failed.iter().filter(is_redriven).count();
        Self { failed: function.failed.len(), redriven }
    }

    pub(super) fn waiting(self) -> usize {
        self.failed - self.redriven
    }
}

/// The finding on what failed.
pub(super) fn failed(fate: Fate, queue: &Depth) -> Finding {
    let (check, waiting) = ("redriven", fate.waiting());
    let finding = format!("{} failed = {} redriven + {waiting} waiting", fate.failed, fate.redriven);
    match (waiting, queue) {
        (0, _) => Finding::ok(check, finding),
        (_, Ok(0)) => Finding::wrong(
            check,
            format!("{finding}, and the redrive's queue is empty"),
            format!(
                "wait a minute; if that does not help, chat-events redrive --since 2h: {}",
                runbook("by-hand")
            ),
        ),
        _ => Finding::wrong(
            check,
            finding,
            format!("the redrive tries them again: {}", runbook("RedriveQueueAgeAlarm")),
        ),
    }
}

/// How many requests the API took.
async fn taken(place: &Place, hour: Hour) -> Result<u64, Finding> {
    let count = Metric {
        namespace: "AWS/ApiGateway",
        name: "Count",
        dimension: ("ApiId", output(place, CHECK, "ApiId")?),
        statistic: Statistic::Sum,
        period: 60,
    };
    let values =
        allowed(CHECK, "cloudwatch:GetMetricStatistics", count.values(place, hour.from, hour.to).await)?;
    // A count, as a float of CloudWatch's.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count is whole and not negative"
    )]
    Ok(values.iter().filter_map(|point| point.sum).sum::<f64>() as u64)
}
