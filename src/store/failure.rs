//! Names the failures of a write, and remembers the last one.
//!
//! The SDK retries inside one call. When the deadline cancels that call, the caller gets no error: only an
//! interceptor sees each attempt. The interceptor belongs to the client, which all writes share, because an
//! interceptor for each write would cost more instructions than the rest of the write. So the interceptor stores the
//! failure in a task-local variable, of which each write has its own.

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
    /// The failure of the last attempt of the current write.
    static LAST: RefCell<Option<Failure>>;
}

/// Runs a write, and remembers why its last attempt failed.
pub(super) fn with_last_failure<W: Future>(write: W) -> TaskLocalFuture<RefCell<Option<Failure>>, W> {
    LAST.scope(RefCell::default(), write)
}

/// The failure of the last attempt of the write that calls this.
pub(super) fn last_failure() -> Option<Failure> {
    LAST.try_with(|last| last.borrow().clone()).ok().flatten()
}

/// Forgets the last failure, before a request that it says nothing about.
pub(super) fn forget() {
    let _ = LAST.try_with(RefCell::take);
}

/// Remembers the failure of each attempt.
#[derive(Debug)]
pub(super) struct Remember;

impl Intercept for Remember {
    fn name(&self) -> &'static str {
        "remember the last failure"
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
            // Calls that are not writes remember nothing.
            let _ = LAST.try_with(|last| last.replace(Some(of_attempt(error))));
        }
        Ok(())
    }
}

/// Error codes of a rejected signature that can be transient, because the next attempt is signed again. A request
/// that Lambda froze on its way is too old when it arrives. A response with a wrong `Date` also causes one: the SDK
/// takes it for a difference between the clocks, and signs the next attempt with a wrong time. DynamoDB's rejection
/// has the right time, so the attempt after that succeeds. The SDK itself retries only if the clocks differ by 4
/// minutes.
const REFUSED_SIGNATURES: [&str; 3] = ["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"];

/// Retries a write whose signature was rejected.
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

/// The failure of a request that the SDK no longer retries.
pub(super) fn of_request<E>(error: &SdkError<E>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => attempt_timeout(error),
        SdkError::DispatchFailure(_) => Failure::new("connection", &sources(error)),
        SdkError::ResponseError(_) => Failure::new("response", &sources(error)),
        SdkError::ServiceError(service) => of_service(service.err()),
        _ => Failure::new("request", &sources(error)),
    }
}

fn of_service(error: &impl ProvideErrorMetadata) -> Failure {
    Failure::new(error.code().unwrap_or("unknown").to_owned(), error.message().unwrap_or("no message"))
}

/// The innermost error names the limit, which differs between the function and the command line.
fn attempt_timeout(error: &(dyn Error + 'static)) -> Failure {
    let innermost = std::iter::successors(Some(error), |&error| error.source()).last();
    Failure::new("timeout", &innermost.unwrap_or(error).to_string())
}

/// An error and its causes in one line.
fn sources(error: &(dyn Error + 'static)) -> String {
    std::iter::successors(Some(error), |&error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
