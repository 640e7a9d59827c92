//! Findings on callbacks, from the log.

use std::{collections::BTreeMap, fmt::Display};

use super::{
    finding::Finding,
    ledger::FailedCallbacks,
    log::RequestCounts,
    reasons::{MANY, of_reason},
    receiver, runbook,
};
use crate::{deployment::Deployment, moment::Period, plain::counted};

/// The findings on the log. Once the redrive has recorded all failed callbacks, the failures are not reported as wrong.
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
        let why = "with this LogLevel the log has no recorded callbacks";
        return Finding::skipped(check, why, runbook::command("where-to-look"));
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
