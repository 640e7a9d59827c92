//! What a failed attempt at a write is called, and the last one's name for when the time is up.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::FinalizerInterceptorContextRef},
    error::{ProvideErrorMetadata, SdkError},
    operation::put_item::PutItemError,
};
use aws_smithy_runtime_api::{box_error::BoxError, client::orchestrator::OrchestratorError};

use super::client::ATTEMPT_TIMEOUT;
use crate::outcome::Failure;

type AttemptError = OrchestratorError<aws_smithy_runtime_api::client::interceptors::context::Error>;

/// Keeps what the last attempt failed with: when the time is up while another one is under way, that is the
/// cause, and not the time.
#[derive(Clone, Debug, Default)]
pub(super) struct LastFault(Arc<Mutex<Option<Failure>>>);

impl From<Failure> for LastFault {
    fn from(failure: Failure) -> Self {
        Self(Arc::new(Mutex::new(Some(failure))))
    }
}

impl LastFault {
    /// What the last attempt that failed did so with.
    pub(super) fn last(&self) -> Option<Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Intercept for LastFault {
    fn name(&self) -> &'static str {
        "last fault"
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
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(of_attempt(error));
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
