//! A look at a stack, as the runbook takes it: what is wrong, why, and what to do.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::{
    fault::Fault,
    output::Output,
    place::{Place, PlaceFlags},
};

#[cfg(feature = "aws")]
mod alarms;
#[cfg(feature = "aws")]
mod asked;
#[cfg(feature = "aws")]
mod checks;
#[cfg(feature = "aws")]
mod events;
mod finding;
#[cfg(feature = "aws")]
mod hour;
#[cfg(feature = "aws")]
mod ledger;
#[cfg(feature = "aws")]
mod log;
#[cfg(feature = "aws")]
mod queues;
#[cfg(feature = "aws")]
mod reasons;
#[cfg(feature = "aws")]
mod url;
use finding::Finding;

#[derive(Args, Debug)]
pub(crate) struct Doctor {}

/// Prints what it finds. The exit code is 1 if something is wrong.
pub(crate) async fn run(flags: PlaceFlags, _: &Doctor, output: &mut Output) -> Result<ExitCode, Fault> {
    if flags.stack.is_none() {
        return Err(Fault::told("which stack? Give --stack"));
    }
    let place = Place::find(flags).await?;
    let mut is_well = true;
    for finding in findings(&place).await? {
        is_well &= finding.ok;
        print(&finding, output)?;
    }
    output.flush()?;
    Ok(ExitCode::from(u8::from(!is_well)))
}

#[cfg(not(feature = "aws"))]
fn findings(_: &Place) -> std::future::Ready<Result<Vec<Finding>, Fault>> {
    std::future::ready(Err(Fault::local_only()))
}

#[cfg(feature = "aws")]
use checks::findings;

fn print(Finding { check, ok, finding, fix }: &Finding, output: &mut Output) -> Result<(), Fault> {
    if output.json {
        return output.json_line(&json!({ "check": check, "ok": ok, "finding": finding, "fix": fix }));
    }
    output.text(&format!(
        "{:<5}  {check:<13}  {}",
        if *ok { "ok" } else { "WRONG" },
        crate::plain::plain(finding)
    ))?;
    if fix.is_empty() { Ok(()) } else { output.text(&format!("{:22}{}", "", crate::plain::plain(fix))) }
}
