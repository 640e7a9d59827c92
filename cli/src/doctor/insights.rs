//! Queries of CloudWatch Logs Insights. A busy hour is thousands of pages of the log, and one result of a query.

use std::{collections::HashMap, time::Duration};

use aws_sdk_cloudwatchlogs::{Client, types::QueryStatus};

use super::{
    finding::Finding,
    response::{allowed, output},
    runbook,
    window::Window,
};
use crate::{deployment::Deployment, pause::Pause};

/// The most rows of a result.
pub(super) const MOST_ROWS: usize = 10_000;

/// The first and the longest pause before the next look at a running query.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A result without an end is given up. A query of a busy day takes some seconds.
const TIME_LIMIT: Duration = Duration::from_mins(2);

/// A row of a result: names to values. A missing value has no name.
pub(super) type Row = HashMap<String, String>;

/// A log group, named by an output of the stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogGroup {
    /// The check that reads it.
    pub(super) check: &'static str,
    pub(super) output: &'static str,
}

impl LogGroup {
    /// The rows of a query over all lines of a window that have an outcome. `more` is a further condition, and
    /// `stages` are the stages after the filter.
    pub(super) async fn rows(
        self,
        deployment: &Deployment,
        window: Window,
        more: &str,
        stages: &str,
    ) -> Result<Vec<Row>, Finding> {
        let Self { check, output: name } = self;
        let Window { from, to } = window;
        // StartQuery's times are seconds.
        let query = format!(
            "filter ispresent(outcome) and toMillis(@timestamp) >= {from} and toMillis(@timestamp) < {to}{more} \
             | {stages} | limit {MOST_ROWS}"
        );
        let client = Client::new(&deployment.config);
        let started = client
            .start_query()
            .log_group_name(output(deployment, check, name)?)
            .start_time(seconds(from))
            .end_time(seconds(to) + 1)
            .query_string(query)
            .send()
            .await;
        let id = allowed(check, "logs:StartQuery", started)?.query_id.unwrap_or_default();
        let result = tokio::time::timeout(TIME_LIMIT, result(&client, check, &id)).await;
        result.unwrap_or_else(|_| Err(unfinished(check, "is not done after 2 minutes")))
    }
}

/// Waits for the result of a query.
async fn result(client: &Client, check: &'static str, id: &str) -> Result<Vec<Row>, Finding> {
    let mut pause = Pause::new(FIRST_PAUSE, LONGEST_PAUSE);
    loop {
        let results =
            allowed(check, "logs:GetQueryResults", client.get_query_results().query_id(id).send().await)?;
        match results.status {
            Some(QueryStatus::Complete) => {
                let cells = |row: Vec<aws_sdk_cloudwatchlogs::types::ResultField>| {
                    let named = row.into_iter().filter_map(|cell| Some((cell.field?, cell.value?)));
                    named.filter(|(_, value)| !value.is_empty()).collect()
                };
                return Ok(results.results.into_iter().flatten().map(cells).collect());
            }
            Some(QueryStatus::Running | QueryStatus::Scheduled) | None => pause.wait().await,
            Some(status) => return Err(unfinished(check, &format!("ended as {}", status.as_str()))),
        }
        pause.lengthen();
    }
}

fn unfinished(check: &'static str, how: &str) -> Finding {
    let fix = format!("try again, or with a shorter --since; see {}", runbook::command("where-to-look"));
    Finding::unchecked(check, format!("a query of the log {how}"), fix)
}

fn seconds(millis: u64) -> i64 {
    i64::try_from(millis / 1000).unwrap_or(i64::MAX)
}
