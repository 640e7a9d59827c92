//! The log of an hour, counted.

use std::collections::{BTreeMap, HashMap, HashSet};

use aws_sdk_cloudwatchlogs::Client;
use serde::Deserialize;

use super::{asked::allowed, finding::Finding, hour::Hour};
use crate::{fault::Fault, place::Place};

/// What the function did.
#[derive(Debug, Default)]
pub(super) struct Function {
    /// By outcome.
    pub(super) outcomes: BTreeMap<String, u64>,
    /// By outcome and reason, of what was refused or failed.
    pub(super) reasons: BTreeMap<(String, String), u64>,
    /// By what came of passing a callback on.
    pub(super) forward: BTreeMap<String, u64>,
    /// By the position of the token.
    pub(super) tokens: BTreeMap<u64, u64>,
    /// By the version of the function.
    pub(super) versions: BTreeMap<String, u64>,
    /// When the last callback was recorded, as the log has it.
    pub(super) newest: Option<String>,
    /// The ids of callbacks that are not in the table.
    pub(super) failed: HashSet<String>,
}

/// What the redrive did: the last outcome of each id.
pub(super) type Redrive = HashMap<String, String>;

#[derive(Deserialize)]
struct Line {
    timestamp: Option<String>,
    outcome: String,
    reason: Option<String>,
    forward: Option<String>,
    token: Option<u64>,
    id: Option<String>,
    unrecorded: Option<Unrecorded>,
}

#[derive(Deserialize)]
struct Unrecorded {
    id: String,
}

impl Function {
    pub(super) fn count(&self, outcome: &str) -> u64 {
        self.outcomes.get(outcome).copied().unwrap_or(0)
    }

    fn take(&mut self, line: Line, stream: &str) {
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
        *self.outcomes.entry(line.outcome).or_default() += 1;
    }
}

/// The function's version, which is in brackets in the name of a log stream.
fn version(stream: &str) -> Option<String> {
    let (version, _) = stream.split_once('[')?.1.split_once(']')?;
    Some(version.to_owned())
}

/// Reads the function's log.
pub(super) async fn function(place: &Place, hour: Hour) -> Result<Result<Function, Finding>, Fault> {
    let mut function = Function::default();
    let read = lines(place, "log", "FunctionLogName", hour, |line, stream| function.take(line, stream));
    Ok(read.await?.map(|()| function))
}

/// Reads the redrive's log, up to now: it comes after the function's.
pub(super) async fn redrive(place: &Place, hour: Hour) -> Result<Result<Redrive, Finding>, Fault> {
    let mut redrive = Redrive::new();
    let until_now = Hour { to: crate::moment::Moment::now().0, ..hour };
    let read = lines(place, "redrive log", "RedriveLogName", until_now, |line, _| {
        redrive.extend(line.id.map(|id| (id, line.outcome)));
    });
    Ok(read.await?.map(|()| redrive))
}

/// Gives each line of the log that an output of the stack names, if the line has an outcome, with the name of its stream.
async fn lines(
    place: &Place,
    check: &'static str,
    output: &str,
    hour: Hour,
    mut take: impl FnMut(Line, &str),
) -> Result<Result<(), Finding>, Fault> {
    let millis = |millis: u64| i64::try_from(millis).unwrap_or(i64::MAX);
    let mut pages = Client::new(&place.config)
        .filter_log_events()
        .log_group_name(place.output(output)?)
        .filter_pattern("{ $.outcome = \"*\" }")
        .start_time(millis(hour.from))
        .end_time(millis(hour.to))
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = match allowed(check, "logs:FilterLogEvents", page)? {
            Ok(page) => page,
            Err(finding) => return Ok(Err(finding)),
        };
        for event in page.events() {
            if let Some(line) = event.message().and_then(|message| serde_json::from_str(message).ok()) {
                take(line, event.log_stream_name().unwrap_or_default());
            }
        }
    }
    Ok(Ok(()))
}
