//! What a failed attempt at a write is called, and the last one's name for when the time is up.

use std::cell::RefCell;

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::FinalizerInterceptorContextRef},
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::PutItemError,
};
use aws_smithy_runtime_api::{box_error::BoxError, client::orchestrator::OrchestratorError};

use tokio::task::futures::TaskLocalFuture;

use super::client::ATTEMPT_TIMEOUT;
use crate::outcome::Failure;

type AttemptError = OrchestratorError<aws_smithy_runtime_api::client::interceptors::context::Error>;

tokio::task_local! {
    /// What the last attempt of the write under way failed with.
    static LAST: RefCell<Option<Failure>>;
}

/// A write, after which it is known what its last attempt failed with: when the time is up while another one is
/// under way, that is the cause, and not the time.
pub(super) fn remembered<W: Future>(write: W) -> TaskLocalFuture<RefCell<Option<Failure>>, W> {
    LAST.scope(RefCell::default(), write)
}

/// What the last attempt failed with, of the write that asks.
pub(super) fn last() -> Option<Failure> {
    LAST.try_with(|last| last.borrow().clone()).ok().flatten()
}

/// Looks at every attempt. It belongs to the client: one for each write would cost more than the rest of it.
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
            // Who uses the client for something else has nobody to remember.
            let _ = LAST.try_with(|last| last.replace(Some(of_attempt(error))));
        }
        Ok(())
    }
}

fn of_attempt(error: &AttemptError) -> Failure {
    match put_item_error(error) {
        Some(error) => of_service(error),
        None if error.is_timeout_error() => attempt_timeout(),
        None if error.is_connector_error() => Failure::new("connection", &sources(error)),
        None => Failure::new("response", &sources(error)),
    }
}

fn put_item_error(error: &AttemptError) -> Option<&PutItemError> {
    error.as_operation_error()?.downcast_ref()
}

/// The failure of a write that the SDK gave up.
pub(super) fn of_write(error: &SdkError<PutItemError>) -> Failure {
    match error {
        SdkError::TimeoutError(_) => attempt_timeout(),
        SdkError::DispatchFailure(_) => Failure::new("connection", &sources(error)),
        SdkError::ResponseError(_) => Failure::new("response", &sources(error)),
        SdkError::ServiceError(service) => of_service(service.err()),
        _ => Failure::new("request", &sources(error)),
    }
}

fn of_service(error: &PutItemError) -> Failure {
    Failure::new(error.code().unwrap_or("unknown").to_owned(), error.message().unwrap_or("no message"))
}

fn attempt_timeout() -> Failure {
    Failure::new("timeout", &format!("an attempt took more than {} ms", ATTEMPT_TIMEOUT.as_millis()))
}

/// An error and what it comes from, in a line.
fn sources(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
