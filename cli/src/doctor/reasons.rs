//! Causes and fixes of failures and refusals, from the runbook.

use super::{finding::Finding, runbook};

/// The least number in an hour that is wrong. Fewer refused signatures may not be Tencent's, and with fewer failures a
/// receiver may only have restarted. The alarms go off at the same number in five minutes.
pub(super) const MANY: u64 = 5;

/// Outcome, beginning of the reason, cause, fix, and section of the runbook. The first row that fits counts.
const ROWS: [[&str; 5]; 37] = [
    ["failed", "timeout", "DynamoDB did not respond in time", WAIT, NOT_STORED],
    ["failed", "connection", "no connection to DynamoDB", WAIT, NOT_STORED],
    ["failed", "response", "a response that is cut off, or not from DynamoDB", WAIT, NOT_STORED],
    ["failed", "unknown", "a response that is cut off, or not from DynamoDB", WAIT, NOT_STORED],
    ["failed", "InternalServerError", "DynamoDB failed", WAIT, NOT_STORED],
    ["failed", "ServiceUnavailable", "DynamoDB failed", WAIT, NOT_STORED],
    ["failed", "Throttling", "too many writes", LIMIT, THROTTLES],
    ["failed", "ProvisionedThroughput", "too many writes", LIMIT, THROTTLES],
    ["failed", "RequestLimit", "too many writes", LIMIT, THROTTLES],
    ["failed", "InvalidSignature", "DynamoDB rejected the function's signature", REVISION, NOT_STORED],
    ["failed", "RequestTimeTooSkewed", "DynamoDB rejected the function's signature", REVISION, NOT_STORED],
    ["failed", "RequestExpired", "DynamoDB rejected the function's signature", REVISION, NOT_STORED],
    ["failed", "ExpiredToken", "the function's credentials have expired", REVISION, NOT_STORED],
    ["failed", "AccessDenied", "the function's role may not write to the table", ROLE, NOT_STORED],
    ["failed", "UnrecognizedClient", "the function's role may not write to the table", ROLE, NOT_STORED],
    ["failed", "ResourceNotFound", "the table was deleted", "restore it", NOT_STORED],
    ["failed", "ValidationException", "a bug", REPORT, NOT_STORED],
    ["failed", "request", "a bug", REPORT, NOT_STORED],
    ["failed", "panic", "a bug", REPORT, NOT_STORED],
    ["failed", "", "a DynamoDB error code", "look it up in DynamoDB's documentation", NOT_STORED],
    ["refused", "sign_missing", "authentication is off in the console", CONSOLE, SIGNATURES],
    ["refused", "sign_wrong", "console and function have different tokens", TOKEN, SIGNATURES],
    ["refused", "sign_malformed", "requests of strangers", NONE, SIGNATURES],
    ["refused", "sign_", "requests repeated after a minute, or a wrong clock", FEW, SIGNATURES],
    ["refused", "sdkappid_missing", "requests of strangers, or URL checks", NONE, QUIET],
    ["refused", "sdkappid_foreign", "an SDKAppID that is not in SdkAppIds", APP, QUIET],
    ["refused", "body_", "an admitted request with an invalid body; the log has its beginning", REPORT, LOOK],
    ["refused", "request_malformed", "requests of strangers", NONE, LOOK],
    ["refused", "not_post", "browsers, scanners, or the check of a new version", NONE, LOOK],
    ["forward", "timeout", "the receiver took over 1.45 s", "answer before the work, or scale it", FORWARD],
    ["forward", "connection", "wrong name, port or certificate; or it is down", "check its URL", FORWARD],
    ["forward", "not_json", "its answer is not a JSON object", "fix the receiver", FORWARD],
    ["forward", "compressed", "it compresses its answer", "switch compression off for it", FORWARD],
    ["forward", "too_large", "its answer is over 64 KB", "fix the receiver", FORWARD],
    ["forward", "401", "the receiver refuses signature, password or user agent", SAME, FORWARD],
    ["forward", "403", "the receiver refuses signature, password or user agent", SAME, FORWARD],
    ["forward", "", "the receiver answers with this status", "look at its log", FORWARD],
];

const NOT_STORED: &str = "NotStoredAlarm";
const THROTTLES: &str = "TableThrottlesAlarm";
const SIGNATURES: &str = "SignatureRefusalsAlarm";
const QUIET: &str = "QuietAlarm";
const FORWARD: &str = "ForwardFailuresAlarm";
const LOOK: &str = "where-to-look";

const WAIT: &str = "wait: the redrive retries for ten days";
const LIMIT: &str = "increase MaxWriteUnits or IndexShards";
const REVISION: &str = "deploy again, with another Revision";
const ROLE: &str = "give the role its policy RecordEvents back";
const REPORT: &str = "report it";
const CONSOLE: &str = "switch it on in the console, with the function's token";
const TOKEN: &str = "paste the function's token into the console";
const FEW: &str = "ignore a few; if all are refused, check Tencent's status";
const APP: &str = "if it is yours, add it to SdkAppIds";
const SAME: &str = "use the same token, and allow the user agent";
const NONE: &str = "nothing to do";

/// The cause of an outcome's reason, and the fix.
fn cause(outcome: &str, reason: &str) -> (&'static str, String) {
    let row = ROWS.into_iter().find(|row| row[0] == outcome && reason.starts_with(row[1]));
    row.map_or(("", String::new()), |[_, _, cause, fix, section]| {
        (cause, format!("{fix}: {}", runbook::command(section)))
    })
}

/// The finding on a reason of an outcome.
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

#[cfg(test)]
mod tests {
    use tencent_chat_callbacks::Refusal;
    use tencent_chat_webhook::refused::Refused;

    use super::*;

    #[test]
    fn refusals_all_have_a_cause() {
        let library = Refusal::ALL.iter().map(|refusal| refusal.name());
        for name in Refused::OWN.iter().map(|refused| refused.name()).chain(library) {
            assert_ne!(cause("refused", name).0, "", "{name}");
        }
    }

    #[test]
    fn sections_are_all_in_the_runbook() {
        for [.., section] in ROWS {
            assert!(runbook::has(section), "{section}");
        }
    }
}
