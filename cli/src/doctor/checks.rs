//! All checks, in the order in which a person would look.

use super::{alarms, events, finding::Finding, hour::Hour, ledger, log, queues, url};
use crate::{fault::Fault, place::Place};

/// What was found. A check that may not look is a finding too, and the others go on.
pub(super) async fn findings(place: &Place) -> Result<Vec<Finding>, Fault> {
    let hour = Hour::last();
    let mut findings = url::check(place).await?;
    findings.extend(alarms::check(place).await?);
    let (function, redrive) = (log::function(place, hour).await?, log::redrive(place, hour).await?);
    let queue = queues::redrive(place).await?;
    findings.extend(queues::check(place, &queue).await?);
    findings.push(events::subscription(place).await?);
    match (&function, &redrive) {
        (Err(finding), _) | (_, Err(finding)) => findings.push(finding.clone()),
        (Ok(function), Ok(redrive)) => {
            findings.extend(events::check(place, function));
            findings.extend(ledger::check(place, hour, function, redrive, &queue).await?);
        }
    }
    Ok(findings)
}
