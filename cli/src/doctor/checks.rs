//! All checks, in the order in which a person would make them.

use super::{alarms, events, finding::Report, hour::Hour, ledger, log, queues, url};
use crate::{deployment::Deployment, fault::Fault};

/// Makes all checks. A check that can't be made is a finding too, and the other checks go on.
pub(super) async fn make(deployment: &Deployment, report: &mut Report<'_>) -> Result<(), Fault> {
    let hour = Hour::last();
    report.add(url::check(deployment).await)?;
    report.add(alarms::check(deployment).await)?;
    let queue = queues::redrive(deployment).await;
    report.add(queues::check(deployment, &queue).await)?;
    report.add([events::subscription(deployment).await.unwrap_or_else(|finding| finding)])?;
    let (function, redrive) = (log::function(deployment, hour).await, log::redrive(deployment, hour).await);
    let unread = [function.as_ref().err(), redrive.as_ref().err()];
    report.add(unread.into_iter().flatten().cloned())?;
    let Ok(function) = function else { return Ok(()) };
    let callbacks = redrive.ok().map(|redrive| ledger::FailedCallbacks::of(&function, &redrive));
    report.add(events::check(deployment, &function, callbacks))?;
    report.add(callbacks.map(|callbacks| ledger::failed(callbacks, &queue)))?;
    report.add([ledger::requests(deployment, hour, &function).await.unwrap_or_else(|finding| finding)])
}
