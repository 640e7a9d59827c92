//! The client in the form that the SDK needs.
//!
//! DynamoDB's certificates chain up to Amazon's roots, so the first client trusts only these: reading all
//! certificates of the machine would take most of a start. Some servers need the machine's certificates, though: a
//! partition with its own authority, a proxy that inspects TLS, another DynamoDB, or Amazon itself after a change of
//! its roots. So when a certificate is rejected, a second client with the machine's certificates sends the request
//! again and replaces the first one for good.

use std::{
    error::Error,
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

use super::{Https, Timeouts, amazon_roots, chain};

/// DynamoDB closes idle connections at some point, and the SDK then retries the write. So this limit can be long.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_millis(400), idle: Duration::from_secs(90) };

/// A client that is created once. The SDK would create its own client twice, once only as a check.
pub(crate) fn client() -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(Arc::new(Clients {
        amazon: Https::new(amazon_roots(), TIMEOUTS, 1),
        accepted: AtomicBool::new(false),
        system: OnceLock::new(),
    })));
    http_client_fn(move |_, _| connector.clone())
}

#[derive(Debug)]
struct Connector(Arc<Clients>);

#[derive(Debug)]
struct Clients {
    amazon: Https,
    /// Whether the server's certificate was accepted with Amazon's roots. From then on requests are no longer copied
    /// for a second try.
    accepted: AtomicBool,
    /// Replaces `amazon` after the first rejected certificate.
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
        let copy = if self.accepted.load(Relaxed) { None } else { request.try_clone() };
        let result = send(&self.amazon, request).await;
        match &result {
            Ok(_) => self.accepted.store(true, Relaxed),
            Err(error) if is_invalid_certificate(error) => {
                let system = self.system.get_or_init(|| Https::with_system_roots(TIMEOUTS));
                if let Some(copy) = copy {
                    return send(system, copy).await;
                }
                // There is no copy, so the SDK retries, as after any connection error.
            }
            Err(_) => {}
        }
        result
    }
}

/// Sends a request and lets the SDK close its connection. The SDK does so after a transient error from the server,
/// because another connection may lead to another server.
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

/// Whether the handshake failed because the server's certificate does not chain up to Amazon's roots.
fn is_invalid_certificate(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|error| matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
}
