//! Erases a person: deletes the person's own events, and replaces the person's id with a pseudonym in all others.

use std::process::ExitCode;

use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use clap::{Args, builder::NonEmptyStringValueParser};
use futures_util::{StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use serde_json::json;
use tencent_chat_webhook::record::attribute::text;

use crate::{
    confirm::{confirm_scan, cost},
    deployment::Deployment,
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut},
        note,
    },
    person::Person,
    plain::counted,
    table::{Table, Wanted},
};

mod change;
mod decision;
mod parts;
mod pseudonym;
mod write;
use change::{Action, Changer};
use pseudonym::Pseudonym;
use write::ERASING;

/// The number of events that are changed at once. Memory holds 8 bodies of 3.5 MB, and a partition
/// allows that many writes.
const AT_A_TIME: usize = 8;

const COLUMNS: [Column; 3] =
    [Column::new("ACTION", 22, Cut::End), Column::new("PK", 24, Cut::Middle), Column::new("SK", 0, Cut::End)];

/// Erases a person.
#[derive(Args, Debug)]
pub(crate) struct Erase {
    /// The UserID of the person
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    person: String,
    /// Only print what would be erased
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Read the whole table and erase, without asking
    #[arg(long)]
    yes: bool,
}

/// The number of events by action.
#[derive(Debug, Default)]
struct Counts {
    deleted: u64,
    pseudonymised: u64,
    not_changed: u64,
    /// Events whose body lacks parts.
    not_read: u64,
}

/// Erases, or prints what would be erased.
pub(crate) async fn run(
    deployment: &Deployment,
    args: &Erase,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    let table = Table::of(deployment)?;
    if !args.yes && !args.dry_run {
        let cost = cost(&table).await?;
        return Err(Fault::Usage(format!(
            "{cost}, and erases in it permanently; add --yes, or try --dry-run first"
        )));
    }
    confirm_scan(&table, args.yes, "", "add --yes").await?;
    let counts = erase(deployment, &table, args, output).await.map_err(|fault| match fault {
        Fault::Closed if !args.dry_run => {
            Fault::new("the output was closed before everything was erased; run it again")
        }
        fault => fault,
    })?;
    sum_up(&counts, args, output)?;
    if deployment.output("ArchiveBucketName").is_ok() {
        note(
            "the archive may still have the person: docs/security.md#erase-in-the-archive says how to erase there",
        );
    }
    Ok(ExitCode::from(u8::from(counts.not_changed > 0)))
}

async fn erase(
    deployment: &Deployment,
    table: &Table,
    args: &Erase,
    output: &mut Output,
) -> Result<Counts, Fault> {
    let changer = Changer {
        table: table.clone(),
        label: deployment.label("erase in", &table.name),
        person: Person::new(&args.person),
        pseudonym: Pseudonym::new()?,
        is_dry_run: args.dry_run,
    };
    let scan = candidates(table, &args.person, deployment.chosen_app());
    let events = table.scan(scan, Wanted::Whole, ProgressBar::hidden());
    let actions = events.map(|event| async { changer.change(event?).await });
    let mut actions = actions.buffer_unordered(AT_A_TIME);
    let mut counts = Counts::default();
    while let Some(action) = actions.try_next().await? {
        let Some((event, action)) = action else { continue };
        let (count, name) = match action {
            Action::Delete => (&mut counts.deleted, ["deleted", "would be deleted"]),
            Action::Pseudonymise => (&mut counts.pseudonymised, ["pseudonymised", "would be pseudonymised"]),
            Action::Keep => (&mut counts.not_changed, ["not changed", "would not be changed"]),
            Action::Incomplete => {
                counts.not_read += 1;
                continue;
            }
        };
        *count += 1;
        let name = name[usize::from(args.dry_run)];
        if output.json {
            output.json_line(&json!({ "pk": event.pk(), "sk": event.sk(), "action": name }))?;
        } else {
            output.row(&COLUMNS, &[name, event.pk(), event.sk()])?;
        }
    }
    Ok(counts)
}

/// A scan of the events that the person may be in: the body or the answer has the id, or an escape that may hide it; the
/// body is in parts or missing; or another run was interrupted.
fn candidates(table: &Table, person: &str, app: Option<String>) -> ScanFluentBuilder {
    let mut filter = format!(
        "attribute_exists(CallbackCommand) AND (attribute_not_exists(Body) OR attribute_exists({ERASING}) OR \
         contains(Body, :person) OR contains(Body, :escape) OR \
         contains(Answer, :person) OR contains(Answer, :escape))"
    );
    let mut scan = table
        .client
        .scan()
        .expression_attribute_values(":person", text(person))
        .expression_attribute_values(":escape", text("\\"));
    if let Some(app) = app {
        filter.push_str(" AND begins_with(pk, :app)");
        scan = scan.expression_attribute_values(":app", text(format!("{app}#")));
    }
    scan.filter_expression(filter)
}

fn sum_up(counts: &Counts, args: &Erase, output: &mut Output) -> Result<(), Fault> {
    let Counts { deleted, pseudonymised, not_changed, not_read } = counts;
    if *not_read > 0 {
        note(&format!(
            "parts are missing in the body of {}: the person may have been in them",
            counted(*not_read, "event")
        ));
    }
    if deleted + pseudonymised + not_changed == 0 {
        note(&format!("nothing to erase: no event has {}", args.person));
        return Ok(());
    }
    let sum = if args.dry_run {
        format!(
            "would delete {deleted}, pseudonymise {pseudonymised}, not change {not_changed}; nothing was written"
        )
    } else {
        format!("deleted {deleted}, pseudonymised {pseudonymised}, not changed {not_changed}")
    };
    if output.json {
        note(&sum);
    } else {
        output.text(&sum)?;
    }
    if *not_changed > 0 {
        note(
            "an event is not changed if a part of its body would be too large or is missing; docs/security.md says how \
             to delete the event",
        );
    }
    Ok(())
}
