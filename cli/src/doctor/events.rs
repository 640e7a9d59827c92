//! What the log of the last hour tells of callbacks.

use std::{collections::BTreeMap, fmt::Display};

use aws_sdk_cloudwatchlogs::Client;

use super::{
    asked::allowed,
    finding::{Finding, runbook},
    log::Function,
    reasons::cause,
};
use crate::{fault::Fault, place::Place};

/// From so many refused signatures in an hour on, they may be Tencent's.
const MANY: u64 = 5;

/// Whether the log of the function leads to the redrive.
pub(super) async fn subscription(place: &Place) -> Result<Finding, Fault> {
    let check = "subscription";
    let asked = Client::new(&place.config)
        .describe_subscription_filters()
        .log_group_name(place.output("FunctionLogName")?);
    let described = match allowed(check, "logs:DescribeSubscriptionFilters", asked.send().await)? {
        Ok(described) => described,
        Err(finding) => return Ok(finding),
    };
    let redrive = place.output("RedriveName")?;
    let leads_there = described.subscription_filters().iter().any(|filter| {
        let is_ours = |arn: &str| arn.split(':').nth(6) == Some(&redrive);
        filter.destination_arn().is_some_and(is_ours)
            && filter.filter_pattern().is_some_and(|pattern| pattern.contains("unrecorded"))
    });
    Ok(if leads_there {
        Finding::ok(check, "unrecorded callbacks go from the log to the redrive")
    } else {
        Finding::wrong(
            check,
            "unrecorded callbacks stay in the log: nothing leads to the redrive",
            runbook("LogDeliveryAlarm"),
        )
    })
}

/// Findings on the hour.
pub(super) fn check(place: &Place, function: &Function) -> Vec<Finding> {
    let mut findings = vec![newest(place, function)];
    findings.extend(reasons(function, "refused"));
    findings.extend(reasons(function, "failed"));
    findings.extend(forward(function));
    if !function.tokens.is_empty() {
        findings.push(Finding::ok(
            "tokens",
            format!("by position in CALLBACK_TOKENS: {}", counts(&function.tokens)),
        ));
    }
    findings.push(versions(place, function));
    findings
}

fn newest(place: &Place, function: &Function) -> Finding {
    let check = "newest event";
    if let Some(newest) = &function.newest {
        return Finding::ok(check, format!("recorded {newest}"));
    }
    if place.parameter("LogLevel").is_some_and(|level| level != "INFO") {
        return Finding::ok(check, "unknown: with this LogLevel the log has no recorded callbacks");
    }
    let quiet = "no callback was recorded in the last hour";
    match place.parameter("QuietMinutes") {
        None | Some("0") => {
            Finding::ok(check, quiet).with_fix(format!("not expected? {}", runbook("QuietAlarm")))
        }
        Some(_) => Finding::wrong(check, quiet, runbook("QuietAlarm")),
    }
}

/// What was refused or failed, by its reason.
fn reasons(function: &Function, outcome: &'static str) -> Vec<Finding> {
    let check = if outcome == "refused" { "refusals" } else { "failures" };
    let of_outcome = function.reasons.iter().filter(|((of, _), _)| of == outcome);
    let findings: Vec<_> = of_outcome
        .map(|((_, reason), count)| {
            let (cause, fix) = cause(outcome, reason);
            let finding = format!("{count} × {reason}: {cause}");
            let is_wrong = outcome == "failed" || (reason.starts_with("sign_") && *count >= MANY);
            if is_wrong { Finding::wrong(check, finding, fix) } else { Finding::ok(check, finding) }
        })
        .collect();
    if findings.is_empty() { vec![Finding::ok(check, "none")] } else { findings }
}

fn forward(function: &Function) -> Option<Finding> {
    let failed: BTreeMap<_, _> = function.forward.iter().filter(|(result, _)| *result != "200").collect();
    if function.forward.is_empty() {
        return None;
    }
    Some(if failed.is_empty() {
        Finding::ok("receiver", format!("answered all: {}", counts(&function.forward)))
    } else {
        Finding::wrong(
            "receiver",
            format!("did not answer as it should: {}", counts(&failed)),
            runbook("ForwardFailuresAlarm"),
        )
    })
}

fn versions(place: &Place, function: &Function) -> Finding {
    let ours = env!("CARGO_PKG_VERSION");
    let answered = if function.versions.is_empty() { "none".to_owned() } else { counts(&function.versions) };
    let stack = place.output("Version").unwrap_or_else(|_| "unknown".to_owned());
    let finding = Finding::ok(
        "versions",
        format!("stack {stack}, this program {ours}; requests by function version: {answered}"),
    );
    if stack == ours || stack == "unknown" {
        finding
    } else {
        finding.with_fix("take the program of the stack's release")
    }
}

fn counts<K: Display, V: Display>(counts: &BTreeMap<K, V>) -> String {
    counts.iter().map(|(key, count)| format!("{key} × {count}")).collect::<Vec<_>>().join(", ")
}
