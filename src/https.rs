//! The HTTPS client that the SDK brings, made for a function's start.
//!
//! To DynamoDB it trusts no more certificates at first than it needs.
//! DynamoDB's certificates go back to Amazon's own roots. To read the 140 that a machine trusts would take most
//! of a start, so that is left for where Amazon's are not enough: a partition with an authority of its own, a
//! proxy that looks into TLS, a DynamoDB of one's own, or the day when Amazon has a new root.

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
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(400);

/// The roots that Amazon recommends for a trust store of one's own.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// An HTTPS client whose connector is made once: the SDK's own makes a second one, just to see whether it can.
pub(crate) fn client() -> SharedHttpClient {
    let https = Https(Arc::new(Connectors {
        amazon: connector(TrustStore::empty().with_pem_certificate(AMAZON_ROOTS), CONNECT_TIMEOUT),
        vouched: AtomicBool::new(false),
        system: OnceLock::new(),
    }));
    let connector = SharedHttpConnector::new(https);
    http_client_fn(move |_, _| connector.clone())
}

/// The cryptography is ring's: the SDK's default, aws-lc, makes the binary larger, and gathers entropy of its own
/// before the first handshake, which a small function's share of a processor makes long. What ring lacks is a
/// key exchange against tomorrow's quantum computers.
pub(crate) fn connector(trust: TrustStore, connect_timeout: Duration) -> SharedHttpConnector {
    let tls = TlsContext::builder().with_trust_store(trust).build().expect("a trust store is all it needs");
    let connector = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(connect_timeout).build())
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls);
    SharedHttpConnector::new(connector.build())
}

#[derive(Debug)]
struct Https(Arc<Connectors>);

#[derive(Debug)]
struct Connectors {
    amazon: SharedHttpConnector,
    /// Whether Amazon's roots have vouched for the server once. Then no request is copied for the case that they
    /// don't.
    vouched: AtomicBool,
    /// What takes its place from the first certificate on that does not go back to Amazon's roots.
    system: OnceLock<SharedHttpConnector>,
}

impl HttpConnector for Https {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connectors = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move { connectors.call(request).await })
    }
}

impl Connectors {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        if let Some(system) = self.system.get() {
            return system.call(request).await;
        }
        let copy = if self.vouched.load(Relaxed) { None } else { request.try_clone() };
        let result = self.amazon.call(request).await;
        match &result {
            Ok(_) => self.vouched.store(true, Relaxed),
            Err(error) if is_invalid_certificate(error) => {
                let system = self.system.get_or_init(|| connector(TrustStore::default(), CONNECT_TIMEOUT));
                if let Some(copy) = copy {
                    return system.call(copy).await;
                }
                // The SDK tries it again, as after any fault of a connection.
            }
            Err(_) => {}
        }
        result
    }
}

/// Whether the handshake ended because Amazon's roots don't vouch for the certificate that was shown. Such an
/// error is an `io::Error` within others, and hides from `source()`, which passes over what an `io::Error` is
/// made of.
fn is_invalid_certificate(error: &(dyn Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    });
    chain.any(|error| matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_))))
}
