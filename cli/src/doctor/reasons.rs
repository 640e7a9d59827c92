//! Causes and fixes, in the words of the runbook.

use super::finding::runbook;

/// Outcome, the beginning of a reason, its cause, what to do, and the runbook's section. The first row that fits counts.
const ROWS: [[&str; 5]; 36] = [
    ["failed", "timeout", "DynamoDB did not answer in time", WAIT, NOT_STORED],
    ["failed", "connection", "no connection to DynamoDB", WAIT, NOT_STORED],
    ["failed", "response", "an answer that is cut off, or not DynamoDB's", WAIT, NOT_STORED],
    ["failed", "unknown", "an answer that is cut off, or not DynamoDB's", WAIT, NOT_STORED],
    ["failed", "InternalServerError", "DynamoDB failed", WAIT, NOT_STORED],
    ["failed", "ServiceUnavailable", "DynamoDB failed", WAIT, NOT_STORED],
    ["failed", "Throttling", "too many writes", LIMIT, THROTTLES],
    ["failed", "ProvisionedThroughput", "too many writes", LIMIT, THROTTLES],
    ["failed", "RequestLimit", "too many writes", LIMIT, THROTTLES],
    ["failed", "InvalidSignature", "DynamoDB refused the function's signature", REVISION, NOT_STORED],
    ["failed", "RequestTimeTooSkewed", "DynamoDB refused the function's signature", REVISION, NOT_STORED],
    ["failed", "RequestExpired", "DynamoDB refused the function's signature", REVISION, NOT_STORED],
    ["failed", "ExpiredToken", "the function's credentials have expired", REVISION, NOT_STORED],
    ["failed", "AccessDenied", "the function's role may not write to the table", ROLE, NOT_STORED],
    ["failed", "UnrecognizedClient", "the function's role may not write to the table", ROLE, NOT_STORED],
    ["failed", "ResourceNotFound", "the table was deleted", "bring it back", NOT_STORED],
    ["failed", "ValidationException", "a bug", REPORT, NOT_STORED],
    ["failed", "request", "a bug", REPORT, NOT_STORED],
    ["failed", "panic", "a bug", REPORT, NOT_STORED],
    ["failed", "", "an error code of DynamoDB", "look it up in DynamoDB's documentation", NOT_STORED],
    ["refused", "sign_missing", "authentication is off in the console", CONSOLE, SIGNATURES],
    ["refused", "sign_wrong", "the console has another token than the function", TOKEN, SIGNATURES],
    ["refused", "sign_malformed", "a stranger's requests", NONE, SIGNATURES],
    ["refused", "sign_", "requests sent again after a minute, or a wrong clock", FEW, SIGNATURES],
    ["refused", "sdkappid_missing", "a stranger's requests, or checks of the URL", NONE, QUIET],
    ["refused", "sdkappid_foreign", "an SDKAppID that is not in SdkAppIds, or a stranger", APP, QUIET],
    ["refused", "body_", "an admitted body that can't be read; the log has its beginning", REPORT, LOOK],
    ["refused", "request_malformed", "a stranger's requests", NONE, LOOK],
    ["refused", "not_post", "browsers, scanners, or a new version that is tried", NONE, LOOK],
    ["forward", "timeout", "it took over 1.45 s", "answer first and work later, or scale it", FORWARD],
    ["forward", "connection", "its name, port or certificate; or it is down", "check its URL", FORWARD],
    ["forward", "not_json", "its answer is not a JSON object", "mend the receiver", FORWARD],
    ["forward", "too_large", "its answer is over 64 KB", "mend the receiver", FORWARD],
    ["forward", "401", "it refuses the signature, the password or the user agent", SAME, FORWARD],
    ["forward", "403", "it refuses the signature, the password or the user agent", SAME, FORWARD],
    ["forward", "", "the receiver answers with this status", "look at its log", FORWARD],
];

const NOT_STORED: &str = "NotStoredAlarm";
const THROTTLES: &str = "TableThrottlesAlarm";
const SIGNATURES: &str = "SignatureRefusalsAlarm";
const QUIET: &str = "QuietAlarm";
const FORWARD: &str = "ForwardFailuresAlarm";
const LOOK: &str = "where-to-look";

const WAIT: &str = "wait: the redrive tries for ten days";
const LIMIT: &str = "increase MaxWriteUnits or IndexShards";
const REVISION: &str = "deploy again, with another Revision";
const ROLE: &str = "give the role the template's policy RecordEvents back";
const REPORT: &str = "report it";
const CONSOLE: &str = "switch it on in the console, with the function's token";
const TOKEN: &str = "give the function both tokens";
const FEW: &str = "nothing for a few; if it is all of them, look at Tencent's status";
const APP: &str = "is it yours? Add it to SdkAppIds";
const SAME: &str = "give it the same token, and let the user agent pass";
const NONE: &str = "nothing to do";

/// The cause of an outcome's reason, and what to do about it.
pub(super) fn cause(outcome: &str, reason: &str) -> (&'static str, String) {
    let row = ROWS.into_iter().find(|row| row[0] == outcome && reason.starts_with(row[1]));
    row.map_or(("", String::new()), |[_, _, cause, fix, section]| {
        (cause, format!("{fix}: {}", runbook(section)))
    })
}

#[cfg(test)]
mod tests {
    use tencent_chat_callbacks::Refusal;

    use super::*;

    #[test]
    fn each_refusal_has_a_cause() {
        for refusal in Refusal::ALL {
            assert_ne!(cause("refused", refusal.name()).0, "", "{}", refusal.name());
        }
    }

    #[test]
    fn each_section_is_in_the_runbook() {
        let page = include_str!("../../../docs/operate.md").to_lowercase().replace(' ', "-");
        for [.., section] in ROWS {
            assert!(page.contains(&format!("#-{}\n", section.to_lowercase())), "{section}");
        }
    }
}
