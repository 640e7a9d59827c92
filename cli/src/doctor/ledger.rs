//! The ledger: compares the requests that the API counted with the outcomes in the log.

use aws_sdk_cloudwatch::types::Statistic;

use super::{
    finding::{Finding, runbook},
    hour::Hour,
    log::{Redrive, RequestCounts},
    metric::Metric,
    queues::Depth,
    response::{allowed, output},
};
use crate::{deployment::Deployment, plain::counted};

const CHECK: &str = "ledger";

const OUTCOMES: [&str; 5] = ["recorded", "duplicate", "refused", "probe", "failed"];

/// Requests of the API = recorded + duplicates + refused + probes + failed.
pub(super) async fn requests(
    deployment: &Deployment,
    hour: Hour,
    function: &RequestCounts,
) -> Result<Finding, Finding> {
    if deployment.parameter("LogLevel").is_some_and(|level| level != "INFO") {
        let finding = "not checked: with this LogLevel the log has neither recorded callbacks nor duplicates";
        return Ok(Finding::ok(CHECK, finding));
    }
    Ok(balance(api_count(deployment, hour).await?, function))
}

/// The requests that the API counted, compared with those in the log. Near the start and the end of the hour a request
/// may be counted on one side and logged on the other: a difference of at most these requests is not wrong.
fn balance(count: u64, function: &RequestCounts) -> Finding {
    let counts = OUTCOMES.map(|outcome| (outcome, function.count(outcome)));
    let known: u64 = counts.iter().map(|(_, count)| count).sum();
    let sum = counts.map(|(outcome, count)| format!("{count} {outcome}")).join(" + ");
    let requests = counted(count, "request");
    let can_differ_by = if count > known { function.just_after } else { function.at_start };
    match count.abs_diff(known) {
        0 => Finding::ok(CHECK, format!("{requests} = {sum}")),
        off if off <= can_differ_by => {
            Finding::ok(CHECK, format!("{requests} ≈ {sum}; {off} at the ends of the hour"))
        }
        off if count > known => Finding::wrong(
            CHECK,
            format!("{requests} = {sum} + {off} not in the function's log"),
            format!(
                "the API rejected them, or the function failed: {}, {}",
                runbook("ApiErrorsAlarm"),
                runbook("ApiThrottlesAlarm")
            ),
        ),
        off => Finding::wrong(
            CHECK,
            format!("{requests}, but {off} more in the log: {sum}"),
            "the API's metric is late: run doctor again in a few minutes",
        ),
    }
}

/// The failed callbacks of the hour: failed = redriven + waiting.
#[derive(Clone, Copy, Debug)]
pub(super) struct FailedCallbacks {
    failed: usize,
    redriven: usize,
    /// How many of the waiting ones the redrive never records, because a data protection policy hides their bodies.
    masked: usize,
}

impl FailedCallbacks {
    pub(super) fn of(function: &RequestCounts, redrive: &Redrive) -> Self {
        let count = |is: fn(&str, Option<&str>) -> bool| {
            let ids = function.failed.iter().filter_map(|id| redrive.get(id));
            ids.filter(|(outcome, reason)| is(outcome, reason.as_deref())).count()
        };
        Self {
            failed: function.failed.len(),
            redriven: count(|outcome, _| outcome == "recorded" || outcome == "duplicate"),
            masked: count(|_, reason| reason == Some("masked")),
        }
    }

    pub(super) fn waiting(self) -> usize {
        self.failed - self.redriven
    }
}

/// The finding on failed callbacks.
pub(super) fn failed(callbacks: FailedCallbacks, queue: &Depth) -> Finding {
    let (check, waiting) = ("redriven", callbacks.waiting());
    let FailedCallbacks { failed, redriven, masked } = callbacks;
    let finding = format!("{failed} failed = {redriven} redriven + {waiting} waiting");
    match (waiting, queue) {
        (0, _) => Finding::ok(check, finding),
        _ if masked > 0 => Finding::wrong(
            check,
            format!("{finding}, {masked} of them masked by a data protection policy"),
            format!("chat-events redrive --since 2h --unmask: {}", runbook("masked-callbacks")),
        ),
        (_, Ok(0)) => Finding::wrong(
            check,
            format!("{finding}, and the redrive's queue is empty"),
            format!(
                "wait a minute; if that does not help, chat-events redrive --since 2h: {}",
                runbook("manual-redrive")
            ),
        ),
        _ => Finding::wrong(
            check,
            finding,
            format!("the redrive retries them: {}", runbook("RedriveQueueAgeAlarm")),
        ),
    }
}

/// The number of requests that the API counted.
async fn api_count(deployment: &Deployment, hour: Hour) -> Result<u64, Finding> {
    let count = Metric {
        namespace: "AWS/ApiGateway",
        name: "Count",
        dimension: ("ApiId", output(deployment, CHECK, "ApiId")?),
        statistic: Statistic::Sum,
        period: 60,
    };
    let values =
        allowed(CHECK, "cloudwatch:GetMetricStatistics", count.values(deployment, hour.from, hour.to).await)?;
    // CloudWatch gives counts as floats.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count is whole and not negative"
    )]
    Ok(values.iter().filter_map(|point| point.sum).sum::<f64>() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Hour = Hour { from: 3_600_000, to: 7_200_000 };

    /// The finding's mark, with requests logged at these times.
    fn is_ok(counted: u64, logged: impl IntoIterator<Item = u64>) -> bool {
        balance(counted, &RequestCounts::with_recorded(HOUR, logged)).ok
    }

    #[test]
    fn ledger_is_ok_if_all_requests_are_logged() {
        assert!(is_ok(0, []));
        assert!(is_ok(2, [HOUR.from + 60_000, HOUR.to - 1]));
    }

    #[test]
    fn ledger_is_ok_if_only_requests_at_the_edges_differ() {
        let middle = HOUR.from + 60_000;
        assert!(is_ok(1, [HOUR.from + 100, middle]), "counted before the hour");
        assert!(is_ok(2, [middle, HOUR.to + 100]), "counted before the hour's end");
    }

    #[test]
    fn ledger_is_wrong_if_a_request_is_lost() {
        let middle = HOUR.from + 60_000;
        assert!(!is_ok(2, [middle]));
        assert!(!is_ok(5000, (1..5000).map(|number| middle + number)), "in a busy hour");
        assert!(!is_ok(2, [HOUR.from + 100]), "a request at the start can't make up for it");
        assert!(!is_ok(3, [middle, HOUR.to + 100]), "nor can one request for two");
        assert!(!is_ok(2, [middle, HOUR.to + 60_000]), "nor can one a minute later");
    }

    #[test]
    fn ledger_is_wrong_if_the_metric_lacks_a_request() {
        let middle = HOUR.from + 60_000;
        assert!(!is_ok(1, [middle, middle + 1]));
        assert!(!is_ok(0, [middle, HOUR.to + 100]), "a request after the end can't make up for it");
    }
}
