//! Causes and fixes, in the words of the runbook.

use super::finding::runbook;

/// Outcome and beginning of a reason, its cause, and the runbook's section.
const REASONS: [(&str, &str, &str, &str); 12] = [
    ("failed", "timeout", "DynamoDB did not answer in time", "NotStoredAlarm"),
    ("failed", "connection", "no connection to DynamoDB", "NotStoredAlarm"),
    ("failed", "Throttling", "too many writes", "TableThrottlesAlarm"),
    ("failed", "ProvisionedThroughput", "too many writes", "TableThrottlesAlarm"),
    ("failed", "RequestLimit", "too many writes", "TableThrottlesAlarm"),
    ("failed", "AccessDenied", "the function's role may not write", "NotStoredAlarm"),
    ("failed", "ResourceNotFound", "the table is gone", "NotStoredAlarm"),
    ("failed", "", "the reason is an error code of DynamoDB, or a bug", "NotStoredAlarm"),
    ("refused", "sign_missing", "authentication is off in the console", "SignatureRefusalsAlarm"),
    ("refused", "sign_wrong", "the console has another token than the function", "SignatureRefusalsAlarm"),
    ("refused", "sign_", "requests that are old, or a stranger's", "SignatureRefusalsAlarm"),
    (
        "refused",
        "",
        "a stranger's requests, or an application that SdkAppIds lacks",
        "SignatureRefusalsAlarm",
    ),
];

/// The cause of an outcome's reason, and where the runbook goes on.
pub(super) fn cause(outcome: &str, reason: &str) -> (&'static str, String) {
    let row = REASONS.into_iter().find(|row| row.0 == outcome && reason.starts_with(row.1));
    row.map_or(("", String::new()), |(_, _, cause, section)| (cause, runbook(section)))
}
