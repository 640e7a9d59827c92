//! A span of the function's log group.

#[cfg(feature = "aws")]
use aws_sdk_cloudwatchlogs::Client;
#[cfg(feature = "aws")]
use indicatif::{ProgressBar, ProgressStyle};

use crate::{deployment::Deployment, fault::Fault, moment::Moment, zone::time_text};
#[cfg(feature = "aws")]
use crate::{fault::RequestLabel, plain::counted};

/// The filter for unrecorded callbacks. The redrive function's subscription has the same.
#[cfg(feature = "aws")]
pub(crate) const UNRECORDED: &str = "{ $.unrecorded.piece > 0 }";

/// A span of a log group.
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) log_group: String,
    pub(crate) since: Moment,
    pub(crate) until: Moment,
    /// Whether to ask for data that a data protection policy masks.
    pub(crate) unmask: bool,
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {} to {}", self.log_group, time_text(self.since.0), time_text(self.until.0))
    }
}

/// This build can't read logs.
#[cfg(not(feature = "aws"))]
pub(crate) fn unrecorded(_: &Deployment, _: &Span) -> std::future::Ready<Result<Vec<String>, Fault>> {
    std::future::ready(Err(Fault::local_only()))
}

/// The log lines of unrecorded callbacks.
#[cfg(feature = "aws")]
pub(crate) async fn unrecorded(deployment: &Deployment, span: &Span) -> Result<Vec<String>, Fault> {
    let label = RequestLabel {
        doing: format!("read the log group {}", span.log_group),
        what: format!("log group {}", span.log_group),
        flags: "--stack or --log-group",
        region: deployment.config.region().cloned(),
        local: None,
    };
    let millis = |moment: Moment| i64::try_from(moment.0).unwrap_or(i64::MAX);
    let mut pages = Client::new(&deployment.config)
        .filter_log_events()
        .log_group_name(&span.log_group)
        .filter_pattern(UNRECORDED)
        .start_time(millis(span.since))
        .end_time(millis(span.until))
        .set_unmask(span.unmask.then_some(true))
        .into_paginator()
        .send();
    let progress = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    let mut lines = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| label.fault(&error))?;
        lines.extend(page.events.into_iter().flatten().filter_map(|event| event.message));
        progress.set_message(format!("{} read", counted(lines.len(), "entry")));
        progress.tick();
    }
    progress.finish_and_clear();
    Ok(lines)
}
