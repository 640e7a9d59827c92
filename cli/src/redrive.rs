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
    deadline::Limits,
    outcome::{Failure, Outcome, Stored},
    record::{Fields, ItemSettings, RecordedEvent},
    redrive,
    store::{Store, client::persistent},
    unrecorded::{Incomplete, LogEntries, Unrecorded},
};

use crate::{
    confirm::ask_at_terminal,
    deployment::Deployment,
    event::time_text,
    fault::Fault,
    output::{Columns, Output, note},
    plain::counted,
    what::what,
    when::{self, When},
};

pub(crate) mod log_group;
mod pasted;
use log_group::Span;

/// The time limit for retries while DynamoDB fails. Another run can record the rest.
const RETRY_LIMIT: Duration = Duration::from_hours(1);

/// How long one callback is retried before others get their turn. A large body takes long on a slow connection.
const RETRY_LIMIT_OF_ONE: Duration = Duration::from_secs(30);

/// How many callbacks are shown before they are recorded.
const SHOWN: usize = 50;

/// The time limit for one attempt. It is longer than the function's, which is nearer to DynamoDB.
const ATTEMPT: Duration = Duration::from_secs(4);

/// The time limit for credentials: the user may have to type a code.
const SIGN_IN: Duration = Duration::from_mins(2);

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("source").required(true).args(["since", "input"]))]
pub(crate) struct Redrive {
    /// Read log entries from standard input instead, in any format in which AWS prints them. They are shown first, and
    /// recorded with --yes or a yes at the terminal: a text of the chat can look like an entry
    #[arg(value_name = "-", value_parser = ["-"], hide_possible_values = true)]
    #[arg(conflicts_with_all = ["until", "log_group"])]
    input: Option<String>,
    /// Read the log from this time on (2026-11-21T09:00), or not older than this (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Read the log up to this time [default: now]
    #[arg(long, value_name = "WHEN", requires = "since")]
    until: Option<When>,
    /// The function's log group [default: the stack's]
    #[arg(long, value_name = "NAME", conflicts_with = "local")]
    log_group: Option<String>,
    /// Only print what would be recorded
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Record the callbacks from standard input without asking
    #[arg(short, long, conflicts_with = "since")]
    yes: bool,
    /// Read masked data of the log, which needs the permission logs:Unmask
    #[arg(long, requires = "since")]
    unmask: bool,
}

/// The number of callbacks by result.
#[derive(Debug, Default)]
struct Counts {
    recorded: usize,
    duplicates: usize,
    failed: usize,
    incomplete: usize,
}

/// Records the callbacks of the log.
pub(crate) async fn run(
    deployment: &Deployment,
    args: &Redrive,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    let (table, item_settings) = (deployment.table()?, deployment.item_settings()?);
    let (found, source) = find(deployment, args).await?;
    if found.is_empty() {
        if args.input.is_some() {
            return Err(Fault::new(
                "standard input has no entry of an unrecorded callback; is it the function's log?",
            ));
        }
        note(&format!("no unrecorded callbacks in {source}"));
    }
    let mut counts = Counts { incomplete: found.incomplete.len() + found.unreadable, ..Counts::default() };
    print_incomplete(&found, output)?;
    if args.dry_run {
        for callback in &found.whole {
            counts.failed += usize::from(!print_found(callback, item_settings, output)?);
        }
        let Counts { failed, incomplete, .. } = counts;
        let count = found.whole.len() - failed;
        note(&format!("{count} to record, failed {failed}, incomplete {incomplete}; nothing was written"));
    } else {
        if args.input.is_some() {
            confirm(&found.whole, item_settings, args.yes)?;
        }
        if !found.whole.is_empty() && deployment.lacks_retention() {
            note("without --stack or RETENTION_DAYS, the recorded events never expire");
        }
        let store = Store::new(client(deployment), table);
        let recorded = record(&store, found.whole, item_settings, &mut counts, output).await;
        recorded.map_err(|fault| match fault {
            Fault::Closed => Fault::new("the output was closed before everything was recorded; run it again"),
            fault => fault,
        })?;
        let Counts { recorded, duplicates, failed, incomplete } = counts;
        let sum =
            format!("recorded {recorded}, duplicates {duplicates}, failed {failed}, incomplete {incomplete}");
        if output.json { note(&sum) } else { output.text(&sum)? }
    }
    output.flush()?;
    Ok(ExitCode::from(u8::from(counts.failed + counts.incomplete > 0)))
}

/// The callbacks to record, and where they were found.
async fn find(deployment: &Deployment, args: &Redrive) -> Result<(LogEntries, String), Fault> {
    let Some(since) = args.since.map(When::start) else {
        let mut log = Vec::new();
        let read = io::stdin().read_to_end(&mut log);
        read.map_err(|error| Fault::Message(format!("can't read standard input: {error}")))?;
        return Ok((pasted::read(&log), "standard input".to_owned()));
    };
    let until = when::end(Some(since), args.until)?;
    let log_group = match &args.log_group {
        Some(name) => name.clone(),
        None => deployment.log_group()?,
    };
    let span = Span { log_group, since, until, unmask: args.unmask };
    Ok((LogEntries::of_lines(log_group::unrecorded(deployment, &span).await?), span.to_string()))
}

/// The event that a callback becomes.
pub(crate) fn event(
    callback: &Unrecorded<'_>,
    item_settings: ItemSettings,
) -> Result<RecordedEvent, Failure> {
    Ok(callback.record(Fields::Attributes, item_settings)?.head.into())
}

/// Shows the callbacks found in a text, and continues only with `--yes`, or with a yes at a terminal.
fn confirm(callbacks: &[Unrecorded<'_>], item_settings: ItemSettings, yes: bool) -> Result<(), Fault> {
    let event = |callback| event(callback, item_settings).ok();
    // Without --yes, a person has to see all of them.
    let shown = if yes { SHOWN } else { usize::MAX };
    let mut count = 0;
    for event in callbacks.iter().filter_map(event) {
        count += 1;
        if count <= shown {
            let (time, what) = (time_text(&event), what(&event));
            note(&format!("found: {time}  {}  {}  {what}", event.command(), event.subject()));
        }
    }
    if count > shown {
        note(&format!("and {} more; --dry-run prints all", count - shown));
    }
    if yes || count == 0 {
        return Ok(());
    }
    let question = format!("this records {}", counted(count, "callback"));
    match ask_at_terminal(&question)? {
        Some(true) => Ok(()),
        Some(false) => Err(Fault::new("nothing was written")),
        None => Err(Fault::usage(format!("{question}; if the function wrote all of them, add --yes"))),
    }
}

/// A client with the usual configuration, but with longer time limits.
fn client(deployment: &Deployment) -> Client {
    let timeout = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
    let credentials = IdentityCache::lazy().load_timeout(SIGN_IN).build();
    let config = persistent(deployment.dynamodb_config()).timeout_config(timeout).identity_cache(credentials);
    Client::from_conf(config.build())
}

async fn record(
    store: &Store,
    callbacks: Vec<Unrecorded<'static>>,
    item_settings: ItemSettings,
    counts: &mut Counts,
    output: &mut Output,
) -> Result<(), Fault> {
    let progress = ProgressBar::new(callbacks.len() as u64);
    progress.set_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len}, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let limits = Limits { deadline: Instant::now() + RETRY_LIMIT, each: RETRY_LIMIT_OF_ONE };
    let mut results = pin!(redrive::record_all(store, callbacks, item_settings, limits));
    while let Some((callback, result)) = results.next().await {
        match &result {
            Ok(Stored::New) => counts.recorded += 1,
            Ok(Stored::Duplicate) => counts.duplicates += 1,
            Err(failure) => {
                counts.failed += 1;
                progress.suspend(|| note(&format!("failed: {}: {failure}", callback.id)));
            }
        }
        if output.json {
            progress.suspend(|| print(&callback, item_settings, result, output))?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

/// The JSON line for a callback that was tried.
fn print(
    callback: &Unrecorded<'_>,
    item_settings: ItemSettings,
    result: Result<Stored, Failure>,
    output: &mut Output,
) -> Result<(), Fault> {
    let event = event(callback, item_settings).ok();
    let key = |name| event.as_ref().and_then(|event| event.attribute(name));
    let outcome = Outcome::from(result);
    let mut line = json!({ "id": callback.id, "pk": key("pk"), "sk": key("sk"), "outcome": outcome.name() });
    if let Outcome::Failed(failure) = &outcome {
        line["error"] = failure.to_string().into();
    }
    output.json_line(&line)?;
    output.flush()
}

/// Prints a callback of a dry run. Returns whether it can be recorded.
fn print_found(
    callback: &Unrecorded<'_>,
    item_settings: ItemSettings,
    output: &mut Output,
) -> Result<bool, Fault> {
    let event = match event(callback, item_settings) {
        Ok(event) => event,
        Err(failure) => {
            note(&format!("would fail: {}: {failure}", callback.id));
            if output.json {
                print(callback, item_settings, Err(failure), output)?;
            }
            return Ok(false);
        }
    };
    if output.json {
        let line = json!({ "id": callback.id, "pk": event.pk(), "sk": event.sk(), "outcome": "found" });
        output.json_line(&line)?;
    } else {
        output.event(Columns::All, &event)?;
    }
    Ok(true)
}

fn print_incomplete(found: &LogEntries, output: &mut Output) -> Result<(), Fault> {
    for Incomplete { id, .. } in &found.incomplete {
        note(&format!("incomplete: {id}: the log has only some of its pieces"));
        if output.json {
            output.json_line(&json!({ "id": id, "outcome": "incomplete" }))?;
        }
    }
    if found.unreadable > 0 {
        note(&format!("incomplete: {}, cut off or unreadable", counted(found.unreadable, "entry")));
    }
    if output.json {
        (0..found.unreadable).try_for_each(|_| output.json_line(&json!({ "outcome": "unreadable" })))?;
    }
    Ok(())
}
