//! Counts the log lines of function and redrive.

use std::collections::{BTreeMap, HashMap, HashSet};

use tencent_chat_webhook::time::rfc3339;

use super::{
    finding::Finding,
    insights::{LogGroup, Row},
    window::Window,
};
use crate::deployment::Deployment;

pub(super) const FUNCTION: LogGroup = LogGroup { check: "log", output: "FunctionLogName" };
const REDRIVE: LogGroup = LogGroup { check: "redrive log", output: "RedriveLogName" };

/// The version is in brackets in the name of a log stream.
const GROUPED: &str = "parse @logStream \"*[*]*\" as before_version, version, after_version \
    | stats count(*) as requests, max(@timestamp) as last by outcome, reason, forward, token, version";

/// A request that did not come through the API, such as the check of a new version, has an empty id.
const OF_API: &str = " and not isempty(RequestId)";

/// The counts of the function's requests.
#[derive(Debug, Default)]
pub(super) struct RequestCounts {
    /// By outcome and reason: the requests that were refused or failed.
    pub(super) reasons: BTreeMap<(String, String), u64>,
    /// By the result of forwarding.
    pub(super) forward: BTreeMap<String, u64>,
    /// By the position of the token.
    pub(super) tokens: BTreeMap<u64, u64>,
    /// By the version of the function.
    pub(super) versions: BTreeMap<String, u64>,
    /// The time when the last callback was recorded.
    pub(super) newest: Option<String>,
    /// The ids of callbacks that were not stored.
    pub(super) failed: HashSet<String>,
}

/// The last outcome of each id in the redrive's log, and its reason.
pub(super) type Redrive = HashMap<String, (String, Option<String>)>;

impl RequestCounts {
    /// Counts the requests of a row.
    fn count(&mut self, mut row: Row) {
        let requests = row.get("requests").and_then(|count| count.parse().ok()).unwrap_or(0);
        let outcome = row.remove("outcome").unwrap_or_default();
        if outcome == "recorded" {
            self.newest = self.newest.take().max(row.remove("last").as_deref().map(timestamp));
        }
        if let Some(reason) = row.remove("reason") {
            *self.reasons.entry((outcome, reason)).or_default() += requests;
        }
        for (counts, name) in [(&mut self.forward, "forward"), (&mut self.versions, "version")] {
            if let Some(key) = row.remove(name) {
                *counts.entry(key).or_default() += requests;
            }
        }
        if let Some(token) = row.remove("token").and_then(|token| token.parse().ok()) {
            *self.tokens.entry(token).or_default() += requests;
        }
    }
}

/// CloudWatch prints a time as `2026-11-26 03:00:00.000`, or as milliseconds.
fn timestamp(text: &str) -> String {
    text.parse().map_or_else(|_| format!("{}Z", text.replace(' ', "T")), rfc3339)
}

/// Counts the requests in the function's log.
pub(super) async fn function(deployment: &Deployment, window: Window) -> Result<RequestCounts, Finding> {
    let failed = " and ispresent(unrecorded.id)";
    let (rows, failed) = tokio::try_join!(
        FUNCTION.rows(deployment, window, "", GROUPED),
        FUNCTION.rows(deployment, window, failed, "stats count(*) as requests by unrecorded.id"),
    )?;
    let mut counts = RequestCounts::default();
    for row in rows {
        counts.count(row);
    }
    counts.failed = failed.into_iter().filter_map(|mut row| row.remove("unrecorded.id")).collect();
    Ok(counts)
}

/// By outcome: the API's requests in the function's log.
pub(super) async fn outcomes(
    deployment: &Deployment,
    window: Window,
) -> Result<BTreeMap<String, u64>, Finding> {
    let rows = FUNCTION.rows(deployment, window, OF_API, "stats count(*) as requests by outcome").await?;
    let outcome = |mut row: Row| Some((row.remove("outcome")?, row.remove("requests")?.parse().ok()?));
    Ok(rows.into_iter().filter_map(outcome).collect())
}

/// Reads the last outcome of each callback from the redrive's log.
pub(super) async fn redrive(deployment: &Deployment, window: Window) -> Result<Redrive, Finding> {
    let last = "stats latest(outcome) as last_outcome, latest(reason) as last_reason by id";
    let rows = REDRIVE.rows(deployment, window, " and not isempty(id)", last).await?;
    let last =
        |mut row: Row| Some((row.remove("id")?, (row.remove("last_outcome")?, row.remove("last_reason"))));
    Ok(rows.into_iter().filter_map(last).collect())
}
