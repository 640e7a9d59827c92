//! What AWS answers, or why it doesn't.

use std::error::Error;

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};

use super::finding::{Finding, runbook};
use crate::fault::{Fault, causes};

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
        let causes = causes(&error);
        return Err(Fault::Told(format!("can't look at {check}: {causes}")));
    };
    let finding = if code.contains("AccessDenied") || code == "UnauthorizedOperation" {
        Finding::wrong(
            check,
            format!("not looked at: the permission {action} is missing"),
            runbook("an-operators-permissions"),
        )
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
