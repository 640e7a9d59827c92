//! Compares the recorded messages with Tencent's own hourly record.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::process::ExitCode;

use clap::{Args, builder::NonEmptyStringValueParser};

use crate::{
    deployment::Deployment,
    fault::Fault,
    moment::Moment,
    output::{
        Output,
        columns::{Column, Cut},
        note,
    },
    plain::counted,
    tencent::{ApiHost, Tencent},
    web::{Hosts, Web},
    when::{self, When},
};

mod chat_type;
mod compared;
mod file;
mod history;
mod hours;
mod message;
mod recorded;
use chat_type::ChatType;
use compared::Compared;
use history::{History, history};
use hours::Hour;
use recorded::Recorded;

#[derive(Args, Debug)]
pub(crate) struct Reconcile {
    /// Only hours from this time on (2026-11-21T09:00), or not older than this (12h, 7d). Tencent keeps its files for seven days
    #[arg(long, value_name = "WHEN", default_value = "1d")]
    since: When,
    /// Only hours before this time [default: now]
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// The administrator of the application that the command signs in as
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    admin: String,
    /// The server of your data center: console.tim.qq.com (China), adminapisgp.im.qcloud.com (Singapore),
    /// adminapikr (Seoul), adminapijpn (Tokyo), adminapiger (Frankfurt), adminapiusa (Silicon Valley),
    /// adminapiidn (Jakarta)
    #[arg(long, value_name = "HOST", default_value = "console.tim.qq.com")]
    api: ApiHost,
}

/// What the hours have come to.
#[derive(Debug, Default)]
struct Sum {
    hours: u64,
    tencent: u64,
    recorded: u64,
    missing: u64,
    /// Hours that are not ready yet.
    not_ready: u64,
    /// Hours that could not be compared, for each kind of chat.
    not_compared: u64,
    /// Messages of Tencent's files that can't be identified.
    unreadable: u64,
    /// Recorded messages that can't be identified.
    unreadable_here: u64,
}

/// Compares hour by hour, and prints the differences.
pub(crate) async fn run(
    deployment: &Deployment,
    args: &Reconcile,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    if !deployment.has_index() {
        return Err(Fault::new("reconcile needs the table's index: deploy the stack with CommandIndex=true"));
    }
    let since = args.since.start();
    let hours = hours::hours(since, when::end(Some(since), args.until)?);
    let tencent = Tencent::from_env(args.api.clone(), deployment.app()?, args.admin.clone())?;
    let named = args.api.is_loopback().then(|| args.api.host().clone());
    let web = Web::new(Hosts::any_and(named.into_iter().collect()));
    let mut sum = Sum::default();
    for hour in hours {
        sum.hours += 1;
        for chat_type in ChatType::ALL {
            let reconciling = Reconciling { deployment, tencent: &tencent, web: &web };
            reconciling.hour(hour, chat_type, &mut sum, output).await?;
        }
    }
    output.flush()?;
    if sum.hours == 0 {
        note("this hour is not over yet: Tencent has a file about an hour after it");
        return Ok(ExitCode::SUCCESS);
    }
    sum.print(output.json);
    let is_complete = sum.missing + sum.not_compared + sum.unreadable == 0;
    Ok(ExitCode::from(u8::from(!is_complete)))
}

struct Reconciling<'a> {
    deployment: &'a Deployment,
    tencent: &'a Tencent,
    web: &'a Web,
}

impl Reconciling<'_> {
    async fn hour(
        &self,
        hour: Hour,
        chat_type: ChatType,
        sum: &mut Sum,
        output: &mut Output,
    ) -> Result<(), Fault> {
        let files = match history(self.tencent, hour, chat_type).await? {
            History::Files(files) => files,
            History::None if hour.may_be_late(Moment::now()) => {
                sum.not_ready += 1;
                return Ok(());
            }
            History::None => Vec::new(),
            History::Expired => {
                sum.not_compared += 1;
                note(&format!("{hour} {chat_type}: Tencent has deleted its file; not compared"));
                return Ok(());
            }
        };
        let recorded = Recorded::read(self.deployment, hour, chat_type).await?;
        sum.unreadable_here += recorded.unreadable;
        let recorded_count = recorded.count;
        if files.is_empty() && recorded_count > 0 {
            sum.not_compared += 1;
            note(&format!(
                "{hour} {chat_type}: not compared: Tencent has no file, but messages are recorded; is --api the server \
                 of your data center?"
            ));
            return Ok(());
        }
        match compared::compare(self.web, files, recorded).await? {
            Ok(compared) => print(hour, chat_type, compared, recorded_count, sum, output),
            Err(reason) => {
                sum.not_compared += 1;
                note(&format!("{hour} {chat_type}: not compared: {reason}"));
                Ok(())
            }
        }
    }
}

/// Counts an hour, and prints its row or its missing messages.
fn print(
    hour: Hour,
    chat_type: ChatType,
    compared: Compared,
    recorded: u64,
    sum: &mut Sum,
    output: &mut Output,
) -> Result<(), Fault> {
    let Compared { tencent, missing, unreadable, mut missing_messages } = compared;
    sum.tencent += tencent;
    sum.recorded += recorded;
    sum.missing += missing;
    sum.unreadable += unreadable;
    if output.json {
        while let Some(message) = missing_messages.next::<String>()? {
            output.raw_json_line(&message)?;
        }
        return Ok(());
    }
    let number = |number: u64| format!("{number:>10}");
    let numbers = [tencent, recorded, missing].map(number);
    let [tencent, recorded, missing] = numbers.each_ref().map(String::as_str);
    let hour = hour.to_string();
    let columns = [
        // The width depends on the zone.
        Column::new("HOUR", hour.len(), Cut::End),
        Column::new("CHAT", 6, Cut::End),
        Column::new("   TENCENT", 10, Cut::End),
        Column::new("  RECORDED", 10, Cut::End),
        Column::new("   MISSING", 0, Cut::End),
    ];
    output.row(&columns, &[&hour, chat_type.name(), tencent, recorded, missing])
}

impl Sum {
    /// The notes at the end.
    fn print(&self, is_json: bool) {
        let Self { hours, tencent, recorded, missing, not_ready, not_compared, unreadable, unreadable_here } =
            self;
        note(&format!(
            "{}: Tencent has {}, {recorded} recorded, {missing} missing",
            counted(*hours, "hour"),
            counted(*tencent, "message"),
        ));
        if *missing > 0 {
            let how = if is_json { "" } else { "; --json prints them" };
            note(&format!(
                "Tencent sends no callback for an imported message, for one sent with ForbidAfterSendMsgCallback, \
                 or while the callback is off in the console{how}"
            ));
            if *recorded == 0 {
                note(
                    "nothing is recorded: is the after-callback on in the console, and is this the right table?",
                );
            }
        }
        for (count, noun, what) in [
            (not_ready, "file", "not ready yet: Tencent needs an hour or two; run it again later"),
            (not_compared, "file", "not compared"),
            (unreadable, "message", "of Tencent's files can't be identified"),
            (unreadable_here, "recorded message", "can't be identified: the body is incomplete or unusual"),
        ] {
            if *count > 0 {
                note(&format!("{} {what}", counted(*count, noun)));
            }
        }
    }
}
