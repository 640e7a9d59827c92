//! All checks, in the order in which a person would look.

use std::error::Error;

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};

use super::{alarms, events, finding::Finding, ledger, log, queues, url};
use crate::{fault::Fault, moment::Moment, place::Place};

/// How far back it looks, in milliseconds.
const SPAN: u64 = 60 * 60_000;

/// How long log and metrics may take to show a request, in milliseconds.
const DELAY: u64 = 2 * 60_000;

/// The hour that is looked at, in milliseconds since the epoch, in whole minutes as metrics have them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hour {
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Hour {
    fn last() -> Self {
        let to = (Moment::now().0 - DELAY) / 60_000 * 60_000;
        Self { from: to - SPAN, to }
    }
}

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

/// The answer of a request, or a finding that says which permission it takes.
pub(super) fn allowed<T, E>(
    check: &'static str,
    action: &str,
    answer: Result<T, SdkError<E>>,
) -> Result<Result<T, Finding>, Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let error = match answer {
        Ok(answer) => return Ok(Ok(answer)),
        Err(error) => error,
    };
    let Some(code) = error.as_service_error().and_then(ProvideErrorMetadata::code) else {
        let causes = crate::fault::causes(&error);
        return Err(Fault::Told(format!("can't look at {check}: {causes}")));
    };
    let finding = if code.contains("AccessDenied") || code == "UnauthorizedOperation" {
        Finding::wrong(check, format!("not looked at: the permission {action} is missing"), OPERATOR)
    } else {
        let message = error.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default();
        Finding::wrong(
            check,
            format!("{action} fails: {code}: {message}"),
            "is it there? `sam deploy` makes it again",
        )
    };
    Ok(Err(finding))
}

const OPERATOR: &str = "an operator's permissions: docs/operate.md#an-operators-permissions";
