//! Records callbacks that the function could not store, and that the redrive function did not record: they are older
//! than it, or it gave them up.

use std::{
    io::{self, Read},
    pin::pin,
    process::ExitCode,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    Client,
    config::{IdentityCache, timeout::TimeoutConfig},
};
use clap::{ArgGroup, Args};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tencent_chat_webhook::{
    outcome::{Failure, Outcome, Stored},
    record::Keeping,
    redrive::{self, Found, Incomplete},
    store::{Store, client::persistent},
    unrecorded::Unrecorded,
};

use crate::{
    event::attribute,
    fault::Fault,
    moment::Moment,
    output::{Columns, Output, note},
    place::Place,
    plain::counted,
};

mod log_group;
use log_group::Span;

/// The time limit for retries while DynamoDB fails. Another run can record the rest.
const PATIENCE: Duration = Duration::from_hours(1);

/// The time limit for one attempt. It is longer than the function's, which is nearer to DynamoDB.
const ATTEMPT: Duration = Duration::from_secs(4);

/// The time limit for credentials: the user may have to type a code.
const SIGN_IN: Duration = Duration::from_mins(2);

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("source").required(true).args(["since", "input"]))]
pub(crate) struct Redrive {
    /// Read log entries from standard input instead, in any format in which AWS prints them
    #[arg(value_name = "-", value_parser = ["-"], hide_possible_values = true)]
    #[arg(conflicts_with_all = ["until", "log_group"])]
    input: Option<String>,
    /// Read the log since a time, or since so long ago (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<Moment>,
    /// Read the log up to a time [default: now]
    #[arg(long, value_name = "WHEN", requires = "since")]
    until: Option<Moment>,
    /// The function's log group [default: the stack's]
    #[arg(long, value_name = "NAME", conflicts_with = "local")]
    log_group: Option<String>,
    /// Only print what would be recorded
    #[arg(long)]
    dry_run: bool,
}

/// The number of callbacks by result.
#[derive(Debug, Default)]
struct Tally {
    recorded: usize,
    already_there: usize,
    failed: usize,
    incomplete: usize,
}

/// Records the callbacks of the log.
pub(crate) async fn run(place: &Place, asked: &Redrive, output: &mut Output) -> Result<ExitCode, Fault> {
    let (table, keeping) = (place.table()?, place.keeping()?);
    let (found, source) = find(place, asked).await?;
    if found == Found::default() {
        if asked.input.is_some() {
            return Err(Fault::new(
                "standard input has no entry of an unrecorded callback; is it the function's log?",
            ));
        }
        note(&format!("no unrecorded callbacks in {source}"));
    }
    let mut tally = Tally { incomplete: found.incomplete.len() + found.unreadable, ..Tally::default() };
    print_incomplete(&found, output)?;
    if asked.dry_run {
        for callback in &found.whole {
            tally.failed += usize::from(!print_found(callback, keeping, output)?);
        }
        let Tally { failed, incomplete, .. } = tally;
        let count = found.whole.len() - failed;
        note(&format!("{count} to record, failed {failed}, incomplete {incomplete}; nothing was written"));
    } else {
        let store = Store::new(client(place), table);
        record(&store, found.whole, keeping, &mut tally, output).await?;
        let Tally { recorded, already_there, failed, incomplete } = tally;
        let sum = format!(
            "recorded {recorded}, already there {already_there}, failed {failed}, incomplete {incomplete}"
        );
        if output.json { note(&sum) } else { output.text(&sum)? }
    }
    output.flush()?;
    Ok(ExitCode::from(u8::from(tally.failed + tally.incomplete > 0)))
}

/// The callbacks to record, and where they were found.
async fn find(place: &Place, asked: &Redrive) -> Result<(Found, String), Fault> {
    let Some(since) = asked.since else {
        let mut log = Vec::new();
        let read = io::stdin().read_to_end(&mut log);
        read.map_err(|error| Fault::Message(format!("can't read standard input: {error}")))?;
        return Ok((redrive::find(&log), "standard input".to_owned()));
    };
    let until = asked.until.unwrap_or_else(Moment::now);
    if until <= since {
        return Err(Fault::new("--until is not after --since"));
    }
    let log_group = match &asked.log_group {
        Some(name) => name.clone(),
        None => place.log_group()?,
    };
    let span = Span { log_group, since, until };
    Ok((redrive::find(&log_group::unrecorded(place, &span).await?), span.to_string()))
}

/// A client with the usual configuration, but with longer time limits.
fn client(place: &Place) -> Client {
    let timeout = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
    let credentials = IdentityCache::lazy().load_timeout(SIGN_IN).build();
    let config = persistent(place.dynamodb_config()).timeout_config(timeout).identity_cache(credentials);
    Client::from_conf(config.build())
}

async fn record(
    store: &Store,
    callbacks: Vec<Unrecorded<'static>>,
    keeping: Keeping,
    tally: &mut Tally,
    output: &mut Output,
) -> Result<(), Fault> {
    let progress = ProgressBar::new(callbacks.len() as u64);
    progress.set_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len}, {eta} to go")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let results = redrive::record_all(store, callbacks, keeping, Instant::now() + PATIENCE);
    let mut results = pin!(results);
    while let Some((callback, result)) = results.next().await {
        match &result {
            Ok(Stored::New) => tally.recorded += 1,
            Ok(Stored::Duplicate) => tally.already_there += 1,
            Err(failure) => {
                tally.failed += 1;
                progress.suspend(|| note(&format!("failed: {}: {failure}", callback.id)));
            }
        }
        if output.json {
            progress.suspend(|| print(&callback, keeping, result, output))?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

/// The JSON line for a callback that was tried.
fn print(
    callback: &Unrecorded<'_>,
    keeping: Keeping,
    result: Result<Stored, Failure>,
    output: &mut Output,
) -> Result<(), Fault> {
    let record = callback.record(keeping).ok();
    let key = |name| record.as_ref().and_then(|record| attribute(&record.head, name));
    let outcome = Outcome::from(result);
    let mut line = json!({ "id": callback.id, "pk": key("pk"), "sk": key("sk"), "outcome": outcome.name() });
    if let Outcome::Failed(failure) = &outcome {
        line["error"] = failure.to_string().into();
    }
    output.text(&line.to_string())?;
    output.flush()
}

/// Prints a callback of a dry run. Returns whether it can be recorded.
fn print_found(callback: &Unrecorded<'_>, keeping: Keeping, output: &mut Output) -> Result<bool, Fault> {
    let record = match callback.record(keeping) {
        Ok(record) => record,
        Err(failure) => {
            note(&format!("would fail: {}: {failure}", callback.id));
            if output.json {
                print(callback, keeping, Err(failure), output)?;
            }
            return Ok(false);
        }
    };
    if output.json {
        let key = |name| attribute(&record.head, name);
        let line = json!({ "id": callback.id, "pk": key("pk"), "sk": key("sk"), "outcome": "found" });
        output.text(&line.to_string())?;
    } else {
        output.event(Columns::All, &record.head)?;
    }
    Ok(true)
}

fn print_incomplete(found: &Found, output: &mut Output) -> Result<(), Fault> {
    for Incomplete { id, .. } in &found.incomplete {
        note(&format!("incomplete: {id}: the log has only some of its pieces"));
        if output.json {
            output.text(&json!({ "id": id, "outcome": "incomplete" }).to_string())?;
        }
    }
    if found.unreadable > 0 {
        note(&format!("incomplete: {}, cut off or unreadable", counted(found.unreadable, "entry")));
    }
    if output.json {
        (0..found.unreadable)
            .try_for_each(|_| output.text(&json!({ "outcome": "unreadable" }).to_string()))?;
    }
    Ok(())
}
