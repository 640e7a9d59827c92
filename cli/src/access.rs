//! All that is recorded of a person: the answer to a request for access.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::path::PathBuf;

use clap::{Args, builder::NonEmptyStringValueParser};
use futures_util::TryStreamExt;
use serde_json::json;
use tencent_chat_webhook::time::rfc3339;

use crate::{
    deployment::Deployment,
    evidence::manifest::TOOL,
    fault::Fault,
    moment::Moment,
    output::{
        Columns, Output,
        columns::{Column, Cut},
        note,
    },
    plain::counted,
    selection::Selection,
    table::Wanted,
    when::When,
};

mod page;
mod partners;
use page::Page;
use partners::Partners;

const PARTNERS: [Column; 4] = [
    Column::new("WITH", 32, Cut::Middle),
    Column::new("MESSAGES", 10, Cut::End),
    Column::new("FIRST", 24, Cut::End),
    Column::new("LAST", 0, Cut::End),
];

#[derive(Args, Debug)]
pub(crate) struct Access {
    /// The UserID of the person
    #[arg(value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    user: String,
    /// Only events since a time, or since so long ago (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Only events before a time, or before so long ago [default: now]
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Write everything to this file as a printable HTML page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print with whom the person wrote, instead of the events
    #[arg(long, conflicts_with = "html")]
    partners: bool,
    /// Read the whole table without asking
    #[arg(long)]
    yes: bool,
}

/// Prints the events, or the partners, or writes the page.
pub(crate) async fn run(deployment: &Deployment, args: &Access, output: &mut Output) -> Result<(), Fault> {
    if output.json && args.html.is_some() {
        return Err(Fault::usage("give --html or --json, not both"));
    }
    let mut page = args.html.as_deref().map(Page::create).transpose()?;
    let until = args.until.map_or_else(Moment::now, When::end);
    let selection = Selection {
        person: Some(args.user.clone()),
        since: args.since,
        until: Some(until.into()),
        // The index has only documented commands.
        scan: true,
        yes: args.yes,
        ..Selection::default()
    };
    let mut events = selection.find(deployment, Wanted::Whole).await?.sorted().await?;
    if let Some(page) = &mut page {
        page.begin(&args.user, &facts(deployment, args, until)?)?;
    }
    let (mut partners, mut count, mut without_body) = (Partners::new(&args.user), 0_u64, 0_u64);
    while let Some(event) = events.try_next().await? {
        count += 1;
        without_body += u64::from(event.body().is_none());
        match &mut page {
            Some(page) => {
                partners.add(&event);
                page.event(&event)?;
            }
            None if args.partners => partners.add(&event),
            None => output.event(Columns::All, &event)?,
        }
    }
    if args.partners {
        print(&partners, output)?;
    }
    output.flush()?;
    match (page, &args.html) {
        _ if count == 0 => note(&format!("no events of {}; nothing was written", args.user)),
        (Some(page), Some(path)) => {
            page.end(count, &partners)?;
            note(&format!("{} in {}", counted(count, "event"), path.display()));
        }
        _ => {}
    }
    if without_body > 0 {
        note(&format!("{} without a Body: parts of it are not in the table", counted(without_body, "event")));
    }
    Ok(())
}

/// The facts in the head of the page.
fn facts(
    deployment: &Deployment,
    args: &Access,
    until: Moment,
) -> Result<Vec<(&'static str, String)>, Fault> {
    let region = deployment.config.region().map(|region| format!(" in {region}")).unwrap_or_default();
    let since = args
        .since
        .map_or_else(|| "the beginning of the recording".to_owned(), |since| rfc3339(since.start().0));
    let apps = deployment.chosen_app().map_or_else(|| "all".to_owned(), |app| format!("SDKAppID {app}"));
    Ok(vec![
        ("Table", format!("{}{region} (DynamoDB)", deployment.table()?)),
        ("Applications", apps),
        ("Span", format!("from {since} to {}", rfc3339(until.0))),
        ("Made", format!("{} by {TOOL}", rfc3339(Moment::now().0))),
    ])
}

fn print(partners: &Partners, output: &mut Output) -> Result<(), Fault> {
    for (with, wrote) in partners.most_first() {
        if output.json {
            let line =
                json!({ "with": with, "messages": wrote.messages, "first": wrote.first, "last": wrote.last });
            output.json_line(&line)?;
        } else {
            let messages = format!("{:>8}", wrote.messages);
            output.row(&PARTNERS, &[with, &messages, &rfc3339(wrote.first), &rfc3339(wrote.last)])?;
        }
    }
    Ok(())
}
