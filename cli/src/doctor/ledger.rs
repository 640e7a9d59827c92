//! The ledger: compares the requests that the API counted with the outcomes in the log.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_cloudwatch::types::Statistic;

use super::{
    by_hand,
    finding::Finding,
    insights::MOST_ROWS,
    log::{Redrive, RequestCounts, outcomes},
    metric::Metric,
    queues::Depth,
    response::{allowed, output},
    runbook,
    window::Window,
};
use crate::{deployment::Deployment, plain::counted};

const CHECK: &str = "ledger";

const OUTCOMES: [&str; 6] = ["recorded", "duplicate", "refused", "probe", "health", "failed"];

/// Requests of the API = recorded + duplicates + refused + probes + health checks + failed.
pub(super) async fn requests(deployment: &Deployment, window: Window) -> Result<Finding, Finding> {
    if deployment.parameter("LogLevel").is_some_and(|level| level != "INFO") {
        let why = "with this LogLevel the log has neither recorded callbacks nor duplicates";
        return Ok(Finding::skipped(CHECK, why, runbook::command("where-to-look")));
    }
    let (counted, logged) = tokio::try_join!(api_count(deployment, window), outcomes(deployment, window))?;
    // Only a difference needs the requests at the ends.
    let edges = if counted == logged.values().sum::<u64>() {
        Edges::default()
    } else {
        let (at_start, just_after) = tokio::try_join!(
            outcomes(deployment, window.at_start()),
            outcomes(deployment, window.just_after())
        )?;
        Edges { at_start: at_start.values().sum(), just_after: just_after.values().sum() }
    };
    Ok(balance(counted, &logged, edges))
}

/// Requests near the ends of the window, which may be counted on one side and logged on the other.
#[derive(Clone, Copy, Debug, Default)]
struct Edges {
    /// Logged in the window, and possibly counted before it.
    at_start: u64,
    /// Logged after the window, and possibly counted in it.
    just_after: u64,
}

/// The requests that the API counted, compared with those in the log. A difference of at most the requests at the ends
/// is not wrong.
fn balance(count: u64, logged: &BTreeMap<String, u64>, edges: Edges) -> Finding {
    let counts = OUTCOMES.map(|outcome| (outcome, logged.get(outcome).copied().unwrap_or(0)));
    let known: u64 = counts.iter().map(|(_, count)| count).sum();
    // Few stacks have health checks.
    let shown = counts.into_iter().filter(|(outcome, count)| *outcome != "health" || *count > 0);
    let sum = shown.map(|(outcome, count)| format!("{count} {outcome}")).collect::<Vec<_>>().join(" + ");
    let requests = counted(count, "request");
    let can_differ_by = if count > known { edges.just_after } else { edges.at_start };
    match count.abs_diff(known) {
        0 => Finding::ok(CHECK, format!("{requests} = {sum}")),
        off if off <= can_differ_by => Finding::ok(CHECK, format!("{requests} ≈ {sum}; {off} at the ends")),
        off if count > known => Finding::wrong(
            CHECK,
            format!("{requests} = {sum} + {off} not in the function's log"),
            format!(
                "the API rejected them, or the function failed: {}, {}",
                runbook::command("ApiErrorsAlarm"),
                runbook::command("ApiThrottlesAlarm")
            ),
        ),
        off => Finding::wrong(
            CHECK,
            format!("{requests}, but {off} more in the log: {sum}"),
            "the API's metric is late: run doctor again in a few minutes",
        ),
    }
}

/// The failed callbacks: failed = redriven + waiting.
#[derive(Clone, Copy, Debug)]
pub(super) struct FailedCallbacks {
    failed: usize,
    redriven: usize,
    /// How many of the waiting ones the redrive never records, because a data protection policy hides their bodies.
    masked: usize,
}

impl FailedCallbacks {
    /// Callbacks that wait according to the redrive's log may be in the table: somebody redrove them by hand.
    pub(super) async fn of(
        deployment: &Deployment,
        window: Window,
        function: &RequestCounts,
        redrive: &Redrive,
    ) -> Self {
        let is_redriven = |id: &&String| {
            redrive.get(*id).is_some_and(|(outcome, _)| outcome == "recorded" || outcome == "duplicate")
        };
        let (redriven, waiting): (Vec<&String>, Vec<&String>) = function.failed.iter().partition(is_redriven);
        let waiting: HashSet<&str> = waiting.into_iter().map(String::as_str).collect();
        let is_masked =
            |id: &&&str| redrive.get(**id).is_some_and(|(_, reason)| reason.as_deref() == Some("masked"));
        Self {
            failed: function.failed.len(),
            redriven: redriven.len() + by_hand::recorded(deployment, window, &waiting).await,
            masked: waiting.iter().filter(is_masked).count(),
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
    let least = if failed >= MOST_ROWS { "at least " } else { "" };
    let finding = format!("{least}{failed} failed = {redriven} redriven + {waiting} waiting");
    match (waiting, queue) {
        (0, _) => Finding::ok(check, finding),
        _ if masked > 0 => Finding::wrong(
            check,
            format!("{finding}, {masked} of them masked by a data protection policy"),
            format!("chat-events redrive --since 2h --unmask: {}", runbook::command("masked-callbacks")),
        ),
        (_, Ok(0)) => Finding::wrong(
            check,
            format!("{finding}, and the redrive's queue is empty"),
            format!(
                "wait a minute; if that does not help, chat-events redrive --since 2h: {}",
                runbook::command("manual-redrive")
            ),
        ),
        _ => Finding::wrong(
            check,
            finding,
            format!("the redrive retries them: {}", runbook::command("RedriveQueueAgeAlarm")),
        ),
    }
}

/// The number of requests that the API counted.
async fn api_count(deployment: &Deployment, window: Window) -> Result<u64, Finding> {
    let count = Metric {
        namespace: "AWS/ApiGateway",
        name: "Count",
        dimension: ("ApiId", output(deployment, CHECK, "ApiId")?),
        statistic: Statistic::Sum,
        period: period(window),
    };
    let values = allowed(
        CHECK,
        "cloudwatch:GetMetricStatistics",
        count.values(deployment, window.from, window.to).await,
    )?;
    // CloudWatch gives counts as floats.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count is whole and not negative"
    )]
    Ok(values.iter().filter_map(|point| point.sum).sum::<f64>() as u64)
}

/// The shortest period of whole minutes, in seconds, that gives at most 1,440 values: CloudWatch returns no more.
fn period(Window { from, to }: Window) -> i32 {
    let minutes = (to - from).div_ceil(60_000);
    i32::try_from(minutes.div_ceil(1440).max(1) * 60).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{super::finding::CheckResult, *};

    /// The result for this number of requests counted, logged, logged at the start, and logged after the end.
    fn result(counted: u64, logged: u64, at_start: u64, just_after: u64) -> CheckResult {
        let logged = BTreeMap::from([("recorded".to_owned(), logged)]);
        balance(counted, &logged, Edges { at_start, just_after }).result
    }

    #[test]
    fn ledger_is_ok_if_all_requests_are_logged() {
        assert_eq!(result(0, 0, 0, 0), CheckResult::Ok);
        assert_eq!(result(2, 2, 0, 0), CheckResult::Ok);
    }

    #[test]
    fn ledger_is_ok_if_only_requests_at_the_edges_differ() {
        assert_eq!(result(1, 2, 1, 0), CheckResult::Ok, "counted before the window");
        assert_eq!(result(2, 1, 0, 1), CheckResult::Ok, "counted before the window's end");
    }

    #[test]
    fn ledger_is_wrong_if_a_request_is_lost() {
        assert_eq!(result(2, 1, 1, 0), CheckResult::Wrong, "a request at the start can't make up for it");
        assert_eq!(result(3, 1, 0, 1), CheckResult::Wrong, "nor can one request for two");
    }

    #[test]
    fn ledger_is_wrong_if_the_metric_lacks_a_request() {
        assert_eq!(result(1, 2, 0, 1), CheckResult::Wrong, "a request after the end can't make up for it");
    }

    #[test]
    fn period_gives_at_most_1440_values() {
        let of_days = |days: u64| period(Window { from: 0, to: days * 86_400_000 });
        assert_eq!((of_days(0), of_days(1), of_days(2), of_days(14)), (60, 60, 120, 840));
    }
}
