//! Kinds of failed requests, and which of them can be retried.

use std::error::Error;

use aws_sdk_dynamodbstreams::error::{ConnectorError, ProvideErrorMetadata, SdkError};

use crate::fault::{Fault, RequestLabel};

/// A failed request.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: Kind,
    pub(super) fault: Fault,
}

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The iterator is older than 15 minutes: this machine has slept.
    Expired,
    /// The records at this position were removed.
    Trimmed,
    /// The shard was removed, or the stream.
    Missing,
    /// AWS throttles the requests, or has an outage.
    Busy,
    /// The network is down.
    Unanswered,
    /// A retry is useless.
    Lasting,
}

impl Failure {
    pub(super) fn new<E>(label: &RequestLabel, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        Self { kind: Kind::of(error), fault: label.fault(error) }
    }
}

impl Kind {
    fn of<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if error.raw_response().is_some_and(|response| response.status().is_server_error()) {
            return Self::Busy;
        }
        let Some(service) = error.as_service_error() else {
            return if is_network(error) { Self::Unanswered } else { Self::Lasting };
        };
        match service.code().unwrap_or_default() {
            "ExpiredIteratorException" => Self::Expired,
            "TrimmedDataAccessException" => Self::Trimmed,
            "ResourceNotFoundException" => Self::Missing,
            "ProvisionedThroughputExceededException" => Self::Busy,
            code if code.contains("Throttl") || code.contains("LimitExceeded") => Self::Busy,
            _ => Self::Lasting,
        }
    }
}

/// Whether a connection failed or a response took too long. The failed request may be one for credentials: then the
/// connection's error is among the causes of the provider's error.
fn is_network<E: Error + 'static>(error: &SdkError<E>) -> bool {
    let first: &(dyn Error + 'static) = error;
    matches!(error, SdkError::TimeoutError(_))
        || std::iter::successors(Some(first), |&error| error.source())
            .filter_map(|error| error.downcast_ref::<ConnectorError>())
            // The last kind is a connection that was closed before the response.
            .any(|error| error.is_io() || error.is_timeout() || error.as_other().is_some())
}
