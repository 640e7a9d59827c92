//! Checks a stack as the runbook does, and prints problems, causes and fixes.

use std::process::ExitCode;

use clap::Args;

use crate::{deployment::DeploymentFlags, fault::Fault, output::Output};

#[cfg(feature = "aws")]
mod alarms;
#[cfg(feature = "aws")]
mod checks;
#[cfg(feature = "aws")]
mod events;
#[cfg(feature = "aws")]
mod finding;
#[cfg(feature = "aws")]
mod hour;
#[cfg(feature = "aws")]
mod ledger;
#[cfg(feature = "aws")]
mod log;
#[cfg(feature = "aws")]
mod metric;
#[cfg(feature = "aws")]
mod queues;
#[cfg(feature = "aws")]
mod reasons;
#[cfg(feature = "aws")]
mod response;
#[cfg(feature = "aws")]
mod url;

#[derive(Args, Debug)]
pub(crate) struct Doctor {}

/// Prints the findings. The exit code is 1 if something is wrong.
#[cfg(feature = "aws")]
pub(crate) async fn run(flags: DeploymentFlags, _: &Doctor, output: &mut Output) -> Result<ExitCode, Fault> {
    if flags.stack.is_none() {
        return Err(Fault::new("which stack? Give --stack"));
    }
    let deployment = crate::deployment::Deployment::find(flags).await?;
    let mut report = finding::Report::new(output);
    checks::make(&deployment, &mut report).await?;
    Ok(report.code())
}

/// This build has no access to stacks.
#[cfg(not(feature = "aws"))]
pub(crate) fn run(
    _: DeploymentFlags,
    _: &Doctor,
    _: &mut Output,
) -> std::future::Ready<Result<ExitCode, Fault>> {
    std::future::ready(Err(Fault::local_only()))
}
