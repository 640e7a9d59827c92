//! Names for the faults of a write, and a memory of the last one.
//!
//! The SDK retries inside one call, so when the deadline cuts that call off, its caller has no error in hand: only an
//! interceptor sees each attempt. The interceptor belongs to the client, which all writes share, because one for each
//! write would cost more instructions than the rest of the write. So it leaves the fault in a task-local variable,
//! which each write has for itself.

use std::{cell::RefCell, error::Error};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::FinalizerInterceptorContextRef},
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::PutItemError,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::context::InterceptorContext,
        orchestrator::OrchestratorError,
        retries::classifiers::{ClassifyRetry, RetryAction},
    },
};
use tokio::task::futures::TaskLocalFuture;

use crate::outcome::Failure;

type AttemptError = OrchestratorError<aws_smithy_runtime_api::client::interceptors::context::Error>;

tokio::task_local! {
    /// What the last attempt of the write under way failed with.
    static LAST: RefCell<Option<Failure>>;
}

/// Runs a write with a memory of its last fault.
pub(super) fn remembered<W: Future>(write: W) -> TaskLocalFuture<RefCell<Option<Failure>>, W> {
    LAST.scope(RefCell::default(), write)
}

/// The last fault of the write that calls this.
pub(super) fn last() -> Option<Failure> {
    LAST.try_with(|last| last.borrow().clone()).ok().flatten()
}

/// Remembers the fault of every failed attempt.
#[derive(Debug)]
pub(super) struct Remember;

impl Intercept for Remember {
    fn name(&self) -> &'static str {
        "remember the last fault"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Err(error)) = context.output_or_error()
            && !put_item_error(error).is_some_and(PutItemError::is_conditional_check_failed_exception)
        {
            // Calls other than writes have no memory.
            let _ = LAST.try_with(|last| last.replace(Some(of_attempt(error))));
        }
        Ok(())
    }
}

/// Error codes of a refused signature that may pass: the next attempt is signed anew. A request that Lambda froze on its
/// way is too old when it arrives. An answer with a wrong `Date`, which the SDK takes for a difference between the
/// clocks, spoils the next signature; that refusal has DynamoDB's time, and with it the one after that is right. The
/// SDK itself tries again only where a refusal shows that the clocks are 4 minutes apart.
const REFUSED_SIGNATURES: [&str; 3] = ["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"];

/// Has a write tried again whose signature was refused.
#[derive(Debug)]
pub(super) struct SignAgain;

impl ClassifyRetry for SignAgain {
    fn name(&self) -> &'static str {
        "sign again"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err).and_then(put_item_error);
        match error.and_then(PutItemError::code) {
            Some(code) if REFUSED_SIGNATURES.contains(&code) => RetryAction::server_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }
}

fn of_attempt(error: &AttemptError) -> Failure {
    match put_item_error(error) {
        Some(error) => of_service(error),
        None if error.is_timeout_error() => attempt_timeout(error),
        None if error.is_connector_error() => Failure::new("connection", &sources(error)),
        None => Failure::new("response", &sources(error)),
    }
}

fn put_item_error(error: &AttemptError) -> Option<&PutItemError> {
    error.as_operation_error()?.downcast_ref()
}

/// The failure of a write that the SDK no longer retries.
pub(super) fn of_write(error: &SdkError<PutItemError>) -> Failure {
    match error {
        SdkError::TimeoutError(_) => attempt_timeout(error),
        SdkError::DispatchFailure(_) => Failure::new("connection", &sources(error)),
        SdkError::ResponseError(_) => Failure::new("response", &sources(error)),
        SdkError::ServiceError(service) => of_service(service.err()),
        _ => Failure::new("request", &sources(error)),
    }
}

fn of_service(error: &PutItemError) -> Failure {
    Failure::new(error.code().unwrap_or("unknown").to_owned(), error.message().unwrap_or("no message"))
}

/// The innermost error names the limit, which differs between the function and the command line.
fn attempt_timeout(error: &(dyn Error + 'static)) -> Failure {
    let innermost = std::iter::successors(Some(error), |&error| error.source()).last();
    Failure::new("timeout", &innermost.unwrap_or(error).to_string())
}

/// An error and its causes in a line.
fn sources(error: &(dyn Error + 'static)) -> String {
    std::iter::successors(Some(error), |&error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
