//! Checks a stack as the runbook does, and prints problems, causes and fixes.

use std::process::ExitCode;

use clap::Args;

use crate::{deployment::DeploymentFlags, fault::Fault, moment::Period, output::Output};

#[cfg(feature = "aws")]
mod alarms;
#[cfg(feature = "aws")]
mod archive;
#[cfg(feature = "aws")]
mod by_hand;
#[cfg(feature = "aws")]
mod checks;
#[cfg(feature = "aws")]
mod events;
#[cfg(feature = "aws")]
mod finding;
#[cfg(feature = "aws")]
mod insights;
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
mod receiver;
#[cfg(feature = "aws")]
mod response;
mod runbook;
#[cfg(feature = "aws")]
mod subscriptions;
#[cfg(feature = "aws")]
mod url;
#[cfg(feature = "aws")]
mod window;

/// The longest span: after 15 days CloudWatch has no metric by the minute.
const MAX_SINCE: Period = Period(14 * 86_400_000);

#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// Check the logs of this time until now, at most 14d
    #[arg(long, value_name = "SPAN", default_value = "1h")]
    since: Period,
    /// Print the runbook's section on an alarm or a check, without a stack
    #[arg(long, value_name = "NAME", conflicts_with = "since")]
    explain: Option<String>,
}

/// Prints the findings. The exit code is 1 if something is wrong.
#[cfg(feature = "aws")]
pub(crate) async fn run(
    flags: DeploymentFlags,
    doctor: &Doctor,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    if let Some(name) = &doctor.explain {
        return runbook::explain(name, output).map(|()| ExitCode::SUCCESS);
    }
    if doctor.since > MAX_SINCE {
        return Err(Fault::usage("--since is longer than 14d"));
    }
    if flags.stack.is_none() {
        return Err(Fault::usage("which stack? Give --stack"));
    }
    let deployment = crate::deployment::Deployment::find(flags).await?;
    let mut report = finding::Report::new(output);
    Box::pin(checks::make(&deployment, doctor.since, &mut report)).await?;
    Ok(report.code())
}

/// This build has no access to stacks, but has the runbook.
#[cfg(not(feature = "aws"))]
pub(crate) fn run(
    _: DeploymentFlags,
    doctor: &Doctor,
    output: &mut Output,
) -> std::future::Ready<Result<ExitCode, Fault>> {
    let explained = doctor.explain.as_ref().map(|name| runbook::explain(name, output));
    std::future::ready(explained.unwrap_or_else(|| Err(Fault::local_only())).map(|()| ExitCode::SUCCESS))
}
