//! Looks up in the log the pieces of a body that are not in this batch.

use std::time::Instant;

use aws_sdk_cloudwatchlogs::{
    Client, Config,
    config::{BehaviorVersion, Region},
};

use crate::{
    https::sdk,
    outcome::Failure,
    settings::Aws,
    unrecorded::{Incomplete, LogEntries, Unrecorded},
};

/// The reason of a failure whose callback lacks pieces of its body.
pub(super) const INCOMPLETE: &str = "incomplete";

/// The log is searched this long before and after the callback's arrival, in milliseconds: two minutes. One
/// invocation writes all pieces of a body.
const AROUND_MILLIS: u64 = 120_000;

/// A stream of the function's log: the lines of one instance.
#[derive(Clone, Debug)]
pub(super) struct LogStream {
    pub(super) log_group: String,
    pub(super) log_stream: String,
}

/// The function's log.
#[derive(Clone, Debug)]
pub(super) struct Search(Client);

impl Search {
    pub(super) fn connect(aws: &Aws) -> Self {
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(aws.region.clone()))
            .credentials_provider(aws.credentials())
            .http_client(sdk::client());
        config.set_endpoint_url(aws.logs_endpoint_url.clone());
        Self(Client::from_conf(config.build()))
    }

    /// The whole callback, if the log stream has all of its pieces.
    ///
    /// # Errors
    /// If a piece is missing, or the log can't be read by the deadline.
    pub(super) async fn look_up(
        &self,
        stream: &LogStream,
        incomplete: &Incomplete,
        deadline: Instant,
    ) -> Result<Unrecorded<'static>, Failure> {
        let failure = |error: &str| Failure::new(INCOMPLETE, error);
        let lines = tokio::time::timeout_at(deadline.into(), self.lines(stream, incomplete)).await;
        let lines =
            lines.map_err(|_| failure("the log did not answer in time"))?.map_err(|error| failure(&error))?;
        let whole =
            LogEntries::of_lines(lines).whole.into_iter().find(|callback| callback.id == incomplete.id);
        whole.ok_or_else(|| failure("the log does not have all of its pieces yet"))
    }

    /// The log lines of a callback.
    async fn lines(&self, stream: &LogStream, incomplete: &Incomplete) -> Result<Vec<String>, String> {
        let Incomplete { id, received_at } = incomplete;
        let millis = |millis: u64| i64::try_from(millis).unwrap_or(i64::MAX);
        let mut pages = self
            .0
            .filter_log_events()
            .log_group_name(&stream.log_group)
            .log_stream_names(&stream.log_stream)
            .filter_pattern(format!("{{ $.unrecorded.id = {id:?} }}"))
            .start_time(millis(received_at.saturating_sub(AROUND_MILLIS)))
            .end_time(millis(received_at.saturating_add(AROUND_MILLIS)))
            .into_paginator()
            .send();
        let mut lines = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| {
                let error = error.into_service_error();
                let code = error.meta().code().unwrap_or("no answer");
                format!("the log can't be read: {code}")
            })?;
            lines.extend(page.events.into_iter().flatten().filter_map(|event| event.message));
        }
        Ok(lines)
    }
}
