//! Counts the log lines of an hour.

use std::collections::{BTreeMap, HashMap, HashSet};

use aws_sdk_cloudwatchlogs::Client;
use serde::Deserialize;

use super::{
    finding::Finding,
    hour::{Hour, Part},
    response::{allowed, output},
};
use crate::{deployment::Deployment, moment::Moment};

/// The counts of the function's requests.
#[derive(Debug, Default)]
pub(super) struct RequestCounts {
    /// By outcome: the API's requests that were logged in the ledger's hour.
    outcomes: BTreeMap<String, u64>,
    /// Those of them that the API may have counted before the hour.
    pub(super) at_start: u64,
    /// The API's requests that were logged just after the hour, and may have been counted in it.
    pub(super) just_after: u64,
    /// By outcome and reason: the requests that were refused or failed.
    pub(super) reasons: BTreeMap<(String, String), u64>,
    /// By the result of forwarding.
    pub(super) forward: BTreeMap<String, u64>,
    /// By the position of the token.
    pub(super) tokens: BTreeMap<u64, u64>,
    /// By the version of the function.
    pub(super) versions: BTreeMap<String, u64>,
    /// The time when the last callback was recorded, as in the log.
    pub(super) newest: Option<String>,
    /// The ids of callbacks that are not in the table.
    pub(super) failed: HashSet<String>,
}

/// The last outcome of each id in the redrive's log, and its reason.
pub(super) type Redrive = HashMap<String, (String, Option<String>)>;

#[derive(Deserialize)]
struct Line {
    timestamp: Option<String>,
    outcome: String,
    reason: Option<String>,
    forward: Option<String>,
    token: Option<u64>,
    /// API Gateway's id. It is empty if the request did not come through the API, as in the check of a new version.
    #[serde(rename = "RequestId")]
    request_id: Option<String>,
    id: Option<String>,
    unrecorded: Option<Unrecorded>,
}

#[derive(Deserialize)]
struct Unrecorded {
    id: String,
}

impl RequestCounts {
    pub(super) fn count(&self, outcome: &str) -> u64 {
        self.outcomes.get(outcome).copied().unwrap_or(0)
    }

    /// The function's log, with a recorded callback at each of these times.
    #[cfg(test)]
    pub(super) fn with_recorded(hour: Hour, times: impl IntoIterator<Item = u64>) -> Self {
        let mut function = Self::default();
        for millis in times {
            let line = serde_json::from_str(r#"{"outcome":"recorded","RequestId":"x"}"#).unwrap();
            function.take(line, "", hour.part(millis));
        }
        function
    }

    fn take(&mut self, line: Line, stream: &str, part: Part) {
        if let Some(reason) = line.reason {
            *self.reasons.entry((line.outcome.clone(), reason)).or_default() += 1;
        }
        for (counts, key) in [(&mut self.forward, line.forward), (&mut self.versions, version(stream))] {
            if let Some(key) = key {
                *counts.entry(key).or_default() += 1;
            }
        }
        if let Some(token) = line.token {
            *self.tokens.entry(token).or_default() += 1;
        }
        if line.outcome == "recorded" {
            self.newest = self.newest.take().max(line.timestamp);
        }
        self.failed.extend(line.unrecorded.map(|unrecorded| unrecorded.id));
        if line.request_id.is_none_or(|id| id.is_empty()) {
            return;
        }
        self.at_start += u64::from(part == Part::Start);
        self.just_after += u64::from(part == Part::JustAfter);
        if matches!(part, Part::Start | Part::Inside) {
            *self.outcomes.entry(line.outcome).or_default() += 1;
        }
    }
}

/// The function's version, which is in brackets in the name of a log stream.
fn version(stream: &str) -> Option<String> {
    let (version, _) = stream.split_once('[')?.1.split_once(']')?;
    Some(version.to_owned())
}

/// Reads the function's log.
pub(super) async fn function(deployment: &Deployment, hour: Hour) -> Result<RequestCounts, Finding> {
    let mut function = RequestCounts::default();
    lines(deployment, "log", "FunctionLogName", hour, |line, stream, part| {
        function.take(line, stream, part);
    })
    .await?;
    Ok(function)
}

/// Reads the redrive's log.
pub(super) async fn redrive(deployment: &Deployment, hour: Hour) -> Result<Redrive, Finding> {
    let mut redrive = Redrive::new();
    lines(deployment, "redrive log", "RedriveLogName", hour, |line, _, _| {
        redrive.extend(line.id.map(|id| (id, (line.outcome, line.reason))));
    })
    .await?;
    Ok(redrive)
}

/// Reads the log that an output of the stack names, up to now. Passes on each line that has an outcome, with the name of
/// its stream and the part of the time to which it belongs.
async fn lines(
    deployment: &Deployment,
    check: &'static str,
    log_name: &str,
    hour: Hour,
    mut take: impl FnMut(Line, &str, Part),
) -> Result<(), Finding> {
    let millis = |millis: u64| i64::try_from(millis).unwrap_or(i64::MAX);
    let mut pages = Client::new(&deployment.config)
        .filter_log_events()
        .log_group_name(output(deployment, check, log_name)?)
        .filter_pattern("{ $.outcome = \"*\" }")
        .start_time(millis(hour.from))
        .end_time(millis(Moment::now().0))
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        for event in allowed(check, "logs:FilterLogEvents", page)?.events() {
            if let Some(line) = event.message().and_then(|message| serde_json::from_str(message).ok()) {
                let time = event.timestamp().and_then(|time| u64::try_from(time).ok());
                let part = time.map_or(Part::Outside, |time| hour.part(time));
                take(line, event.log_stream_name().unwrap_or_default(), part);
            }
        }
    }
    Ok(())
}
