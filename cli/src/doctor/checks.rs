//! All checks, in the order in which a person would make them.

use super::{
    alarms, archive, events, finding::Report, ledger, log, queues, receiver, response::resources,
    subscriptions, url, window::Window,
};
use crate::{deployment::Deployment, fault::Fault, moment::Period};

/// Makes all checks. A check that can't be made is a finding too, and the other checks go on.
pub(super) async fn make(
    deployment: &Deployment,
    since: Period,
    report: &mut Report<'_>,
) -> Result<(), Fault> {
    let ledger = Window::of_ledger(since);
    report.add(url::check(deployment).await)?;
    let own = resources(deployment, alarms::CHECK, deployment.stack_name()).await;
    report.add(alarms::check(deployment, &own).await)?;
    let queue = queues::redrive(deployment).await;
    report.add(queues::check(deployment, &queue).await)?;
    let subscriptions = subscriptions::subscriptions(deployment).await;
    report
        .add([subscriptions::subscription(deployment, &subscriptions).unwrap_or_else(|finding| finding)])?;
    report.add(Box::pin(archive::check(deployment, &own)).await)?;
    let window = ledger.up_to_now();
    report.add(Box::pin(receiver::waiting(deployment, window, &subscriptions)).await)?;
    let (function, redrive) =
        tokio::join!(log::function(deployment, window), log::redrive(deployment, window));
    let unread = [function.as_ref().err(), redrive.as_ref().err()];
    report.add(unread.into_iter().flatten().cloned())?;
    let Ok(function) = function else { return Ok(()) };
    let callbacks = match redrive {
        Ok(redrive) => Some(ledger::FailedCallbacks::of(deployment, window, &function, &redrive).await),
        Err(_) => None,
    };
    report.add(events::check(deployment, &function, callbacks, since))?;
    report.add(callbacks.map(|callbacks| ledger::failed(callbacks, &queue)))?;
    report.add([ledger::requests(deployment, ledger).await.unwrap_or_else(|finding| finding)])
}
