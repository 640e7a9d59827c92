//! Findings on callbacks, from the log.

use std::{collections::BTreeMap, fmt::Display};

use aws_sdk_cloudwatchlogs::{Client, types::SubscriptionFilter};

use super::{
    finding::Finding,
    ledger::FailedCallbacks,
    log::RequestCounts,
    reasons::cause,
    receiver,
    response::{allowed, output},
    runbook,
};
use crate::{deployment::Deployment, moment::Period, plain::counted, redrive::log_group::UNRECORDED};

/// The least number in an hour that is wrong. Fewer refused signatures may not be Tencent's, and with fewer failures a
/// receiver may only have restarted. The alarms go off at the same number in five minutes.
pub(super) const MANY: u64 = 5;

const SUBSCRIPTION: &str = "subscription";

/// The subscriptions of the function's log, or a finding that says why they are unknown.
pub(super) type Subscriptions = Result<Vec<SubscriptionFilter>, Finding>;

pub(super) async fn subscriptions(deployment: &Deployment) -> Subscriptions {
    let log_group = output(deployment, SUBSCRIPTION, "FunctionLogName")?;
    let request = Client::new(&deployment.config).describe_subscription_filters().log_group_name(log_group);
    let described = allowed(SUBSCRIPTION, "logs:DescribeSubscriptionFilters", request.send().await)?;
    Ok(described.subscription_filters.unwrap_or_default())
}

/// Whether the function's log has a subscription for the redrive.
pub(super) fn subscription(
    deployment: &Deployment,
    subscriptions: &Subscriptions,
) -> Result<Finding, Finding> {
    let redrive = output(deployment, SUBSCRIPTION, "RedriveName")?;
    let findings = [
        "unrecorded callbacks go from the log to the redrive",
        "unrecorded callbacks stay in the log: it has no subscription for the redrive",
    ];
    subscription_to(subscriptions, &redrive, UNRECORDED, findings, "LogDeliveryAlarm")
}

/// Whether the function's log has a subscription for a function, with this pattern. `findings` are for a subscription
/// and for none.
pub(super) fn subscription_to(
    subscriptions: &Subscriptions,
    function: &str,
    expected: &str,
    [there, missing]: [&str; 2],
    section: &str,
) -> Result<Finding, Finding> {
    let check = SUBSCRIPTION;
    let pattern = subscriptions.as_ref().map_err(Clone::clone)?.iter().find_map(|filter| {
        let is_ours = |arn: &str| arn.split(':').nth(6) == Some(function);
        filter.destination_arn().is_some_and(is_ours).then(|| filter.filter_pattern().unwrap_or_default())
    });
    let restore = format!("restore it: {}", runbook::command(section));
    Ok(match pattern {
        Some(pattern) if pattern == expected => Finding::ok(check, there),
        Some(other) => {
            let finding = format!("the subscription has the pattern {other} instead of {expected}");
            Finding::wrong(check, finding, restore)
        }
        None => Finding::wrong(check, missing, restore),
    })
}

/// The findings on the log. A failure is no longer wrong after the redrive has recorded the callback.
pub(super) fn check(
    deployment: &Deployment,
    function: &RequestCounts,
    callbacks: Option<FailedCallbacks>,
    Period(span): Period,
) -> Vec<Finding> {
    let is_admitting = !function.tokens.is_empty();
    let all_redriven = callbacks.is_some_and(|callbacks| callbacks.waiting() == 0);
    let mut findings = vec![newest(deployment, function, span)];
    findings.extend(reasons("refusals", "refused", function, |reason, count| {
        reason.starts_with("sign_") && (count >= MANY || !is_admitting)
    }));
    findings.extend(reasons("failures", "failed", function, |_, _| !all_redriven));
    findings.extend(receiver::answers(function));
    findings.extend(tokens(function));
    findings.push(versions(deployment, function));
    findings
}

fn newest(deployment: &Deployment, function: &RequestCounts, span: u64) -> Finding {
    let check = "newest event";
    if let Some(newest) = &function.newest {
        return Finding::ok(check, format!("recorded {newest}"));
    }
    if deployment.parameter("LogLevel").is_some_and(|level| level != "INFO") {
        return Finding::skipped(check, "with this LogLevel the log has no recorded callbacks", "");
    }
    let minutes = span / 60_000;
    let quiet = format!("no callback was recorded in the last {}", counted(minutes, "minute"));
    let fix = format!("is the application in use? {}", runbook::command("QuietAlarm"));
    let allowed = deployment.parameter("QuietMinutes").and_then(|minutes| minutes.parse().ok());
    if allowed.is_some_and(|allowed: u64| (1..=minutes).contains(&allowed)) {
        Finding::wrong(check, quiet, fix)
    } else {
        Finding::ok(check, quiet).with_fix(fix)
    }
}

/// The reasons of an outcome.
fn reasons(
    check: &'static str,
    outcome: &str,
    function: &RequestCounts,
    is_wrong: impl Fn(&str, u64) -> bool,
) -> Vec<Finding> {
    let of_outcome = function.reasons.iter().filter(|((of, _), _)| of == outcome);
    let counts = of_outcome.map(|((_, reason), count)| (reason.as_str(), *count));
    let findings: Vec<_> = counts
        .map(|(reason, count)| of_reason(check, outcome, reason, count, is_wrong(reason, count)))
        .collect();
    if findings.is_empty() { vec![Finding::ok(check, "none")] } else { findings }
}

pub(super) fn of_reason(
    check: &'static str,
    outcome: &str,
    reason: &str,
    count: u64,
    is_wrong: bool,
) -> Finding {
    let (cause, fix) = cause(outcome, reason);
    let text = format!("{count} × {reason}: {cause}");
    if is_wrong { Finding::wrong(check, text, fix) } else { Finding::ok(check, text).with_fix(fix) }
}

/// The positions of the tokens in use.
fn tokens(function: &RequestCounts) -> Option<Finding> {
    let finding = format!("by position in CALLBACK_TOKENS: {}", counts(&function.tokens));
    let finding = Finding::ok("tokens", finding);
    match function.tokens.len() {
        0 => None,
        1 => Some(finding),
        _ => Some(finding.with_fix(format!("several are in use: {}", runbook::command("rotate-the-token")))),
    }
}

fn versions(deployment: &Deployment, function: &RequestCounts) -> Finding {
    let ours = env!("CARGO_PKG_VERSION");
    let answered = if function.versions.is_empty() { "none".to_owned() } else { counts(&function.versions) };
    let stack = deployment.output("Version");
    let known = stack.as_deref().unwrap_or("unknown");
    let finding = Finding::ok(
        "versions",
        format!("stack {known}, this program {ours}; requests by version of the function: {answered}"),
    );
    if stack.as_deref() == Ok(ours) {
        finding
    } else {
        finding.with_fix("use chat-events of the stack's release, or deploy this release")
    }
}

/// "1 (20), 2 (3)": each key with its count.
fn counts<K: Display, V: Display>(counts: &BTreeMap<K, V>) -> String {
    counts.iter().map(|(key, count)| format!("{key} ({count})")).collect::<Vec<_>>().join(", ")
}
