//! All that is recorded of a person: the answer to a request for access.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, builder::NonEmptyStringValueParser};
use futures_util::TryStreamExt;
use serde_json::json;
use tencent_chat_webhook::time::rfc3339;

use crate::{
    deployment::Deployment,
    event::fields,
    evidence::manifest::PersonSelection,
    export::{self, Target},
    fault::Fault,
    moment::Moment,
    output::{
        Columns, Output,
        columns::{Column, Cut},
        note, note_without_body,
    },
    plain::counted,
    selection::Selection as Events,
    spool::Spool,
    table::Wanted,
    when::{self, When},
    zone::{time_text, time_width},
};

mod evidence;
mod page;
mod partners;
pub(crate) use evidence::again;
use partners::Partners;

#[derive(Args, Debug)]
pub(crate) struct Access {
    /// The UserID of the person
    #[arg(value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    user: String,
    /// Only events from this time on (2026-11-21T09:00), or not older than this (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Only events before this time, or until the end of this day or month
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Write everything to this file as a printable HTML page, or to standard output (-)
    #[arg(long, value_name = "FILE", conflicts_with = "evidence")]
    html: Option<PathBuf>,
    /// Write the page, the whole events and a manifest with all digests to this zip file
    ///
    /// `verify` checks the file, as that of `chat --evidence`.
    #[arg(long, value_name = "FILE.zip")]
    evidence: Option<PathBuf>,
    /// Print with whom the person wrote, instead of the events
    #[arg(long, conflicts_with_all = ["html", "evidence"])]
    partners: bool,
    /// Read the whole table without asking
    #[arg(long)]
    yes: bool,
}

/// Prints the events, or the partners, or writes the page or the evidence file.
pub(crate) async fn run(
    deployment: &Deployment,
    args: &Access,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    let (html, evidence) = (args.html.as_deref(), args.evidence.as_deref());
    let until = args.until.map(|until| when::end(args.since.map(When::start), Some(until))).transpose()?;
    let to = Target::create(output.json, html, evidence)?;
    let mut events = args.events(until).find(deployment, Wanted::Whole).await?.sorted().await?;
    let (mut partners, mut count, mut without_body) = (Partners::new(&args.user), 0_u64, 0_u64);
    let mut spool = Spool::new()?;
    while let Some(event) = events.try_next().await? {
        count += 1;
        without_body += u64::from(event.body().is_none());
        match &to {
            Target::Output if args.partners => partners.add(&event),
            Target::Output => output.event(Columns::All, &event)?,
            Target::Page(_) | Target::Evidence(..) => {
                spool.push(&fields(&event))?;
            }
        }
    }
    if count == 0 {
        note(&format!("no events of {}; nothing was written", args.user));
        return Ok(ExitCode::from(u8::from(html.or(evidence).is_some())));
    }
    let (mut events, selection) = (spool.read()?, args.selection(until));
    let origin = export::origin(deployment, deployment.chosen_app())?;
    match to {
        Target::Output => print(&partners, output)?,
        Target::Page(page) => page.write(output, |to| page::write(to, (&origin, &selection), &mut events))?,
        Target::Evidence(package, path) => {
            let digest = evidence::write(*package, (origin, selection), events)?;
            export::print_digest(output, &digest, &path)?;
        }
    }
    output.flush()?;
    export::note_file(&counted(count, "event"), args.file());
    note_without_body(without_body);
    Ok(ExitCode::SUCCESS)
}

impl Access {
    /// The file that it writes, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        export::file(self.html.as_deref(), self.evidence.as_deref())
    }

    /// The person's events.
    fn events(&self, until: Option<Moment>) -> Events {
        Events {
            person: Some(self.user.clone()),
            since: self.since,
            // A sender may date an event in the future. That event is the person's too.
            until: Some(until.unwrap_or(Moment::LAST).into()),
            // The index has only documented commands.
            scan: true,
            yes: self.yes,
            ..Events::default()
        }
    }

    fn selection(&self, until: Option<Moment>) -> PersonSelection {
        PersonSelection {
            user: self.user.clone(),
            since: self.since.map(|since| rfc3339(since.start().0)),
            until: until.map(|until| rfc3339(until.0)),
        }
    }
}

fn print(partners: &Partners, output: &mut Output) -> Result<(), Fault> {
    let columns = [
        Column::new("WITH", 32, Cut::Middle),
        Column::new("MESSAGES", 10, Cut::End),
        Column::new("FIRST", time_width(), Cut::End),
        Column::new("LAST", 0, Cut::End),
    ];
    for (with, wrote) in partners.most_first() {
        if output.json {
            let line =
                json!({ "with": with, "messages": wrote.messages, "first": wrote.first, "last": wrote.last });
            output.json_line(&line)?;
        } else {
            let messages = format!("{:>8}", wrote.messages);
            output.row(&columns, &[with, &messages, &time_text(wrote.first), &time_text(wrote.last)])?;
        }
    }
    Ok(())
}
