//! The client as the SDK takes it.
//!
//! To DynamoDB it trusts no more certificates at first than it needs. DynamoDB's certificates go back to Amazon's own
//! roots. Reading all that a machine trusts would take most of a start, so that is left for the cases where Amazon's
//! are not enough: a partition with an authority of its own, a proxy that inspects TLS, another DynamoDB, or the day
//! when Amazon has a new root.

use std::{
    error::Error,
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    connection::{CaptureSmithyConnection, ConnectionMetadata},
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use hyper_util::client::legacy::connect::capture_connection;

use super::{Https, Limits, amazon_roots};

/// DynamoDB closes an idle connection sooner or later; then the SDK tries a write again, so it may be kept for long.
const LIMITS: Limits = Limits { connect: Duration::from_millis(400), idle: Duration::from_secs(90) };

/// A client that is made once: the SDK's own is made a second time, just to see whether it can be.
pub(crate) fn client() -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(Arc::new(Clients {
        amazon: Https::new(amazon_roots(), LIMITS),
        vouched: AtomicBool::new(false),
        system: OnceLock::new(),
    })));
    http_client_fn(move |_, _| connector.clone())
}

#[derive(Debug)]
struct Connector(Arc<Clients>);

#[derive(Debug)]
struct Clients {
    amazon: Https,
    /// Whether Amazon's roots have vouched for the server once. From then on no request is copied for the case that
    /// they don't.
    vouched: AtomicBool,
    /// Takes the place of `amazon` from the first certificate on that does not go back to Amazon's roots.
    system: OnceLock<Https>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let clients = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move { clients.send(request).await })
    }
}

impl Clients {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        if let Some(system) = self.system.get() {
            return send(system, request).await;
        }
        let copy = if self.vouched.load(Relaxed) { None } else { request.try_clone() };
        let result = send(&self.amazon, request).await;
        match &result {
            Ok(_) => self.vouched.store(true, Relaxed),
            Err(error) if is_invalid_certificate(error) => {
                let system = self.system.get_or_init(|| Https::with_system_roots(LIMITS));
                if let Some(copy) = copy {
                    return send(system, copy).await;
                }
                // The SDK tries it again, as after any fault of a connection.
            }
            Err(_) => {}
        }
        result
    }
}

/// Sends a request, and lets the SDK close its connection: the SDK does so after an answer that reports a passing
/// fault, because another connection may lead to another server.
async fn send(client: &Https, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let mut request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let connection = capture_connection(&mut request);
    if let Some(sdk) = request.extensions().get::<CaptureSmithyConnection>() {
        sdk.set_connection_retriever(move || {
            let connection = connection.clone();
            let poison = move || {
                if let Some(connected) = connection.connection_metadata().as_ref() {
                    connected.poison();
                }
            };
            Some(ConnectionMetadata::builder().proxied(false).poison_fn(poison).build())
        });
    }
    let response = client.send(request).await.map_err(|error| ConnectorError::io(error.into()))?;
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

/// Whether the handshake ended because Amazon's roots don't vouch for the server's certificate. Such an error is an
/// `io::Error` within others, and `source()` does not find it: it passes over the content of an `io::Error`.
fn is_invalid_certificate(error: &(dyn Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    });
    chain.any(|error| matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
}
