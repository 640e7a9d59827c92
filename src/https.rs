//! The function's HTTPS client, which speaks only HTTP/1.1.
//!
//! Over HTTP/2 all requests share one connection, and a timeout ends one stream of it, not the connection. If that
//! connection falls silent, every later request waits in vain, as long as the instance lives. Over HTTP/1.1 a
//! connection carries one request at a time, and cancelling a request closes its connection. The SDK's HTTPS client
//! always offers HTTP/2, so this one is built from the same parts: hyper and rustls.

use std::{
    error::Error as StdError,
    io,
    net::IpAddr,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use aws_smithy_types::body::SdkBody;
use futures_util::future::BoxFuture;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use lambda_http::http::{Request, Response, Uri};
use lambda_runtime::{Error as BoxError, Service};
use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier,
    client::danger::ServerCertVerifier,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

mod resolver;
pub(crate) mod sdk;
use resolver::Resolver;

/// The roots that Amazon recommends for a small trust store.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");

/// The timeouts of a client.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For connecting, including TLS.
    pub connect: Duration,
    /// After this time an idle connection is closed.
    pub idle: Duration,
}

/// Whether a client may connect to an address.
pub type AddressFilter = fn(IpAddr) -> bool;

/// A client. It follows no redirects and ignores proxy settings in the environment.
#[derive(Clone, Debug)]
pub struct Https(Client<Connect, SdkBody>);

impl Https {
    /// A client that trusts these roots and keeps this many idle connections. With one connection, at most one request
    /// is lost if it fell silent while idle.
    ///
    /// The cryptography is ring's. The SDK's default, aws-lc, makes the binary larger and gathers entropy before the
    /// first handshake, which takes long on a small function's share of a processor. ring has no post-quantum key
    /// exchange.
    pub(crate) fn new(roots: RootCertStore, timeouts: Timeouts, idle_connections: usize) -> Self {
        let tls = tls().with_root_certificates(roots).with_no_client_auth();
        Self::with_tls(tls, timeouts, idle_connections, |_| true)
    }

    /// A client for a tool, which decides by itself which certificates it trusts, and keeps all connections.
    #[must_use]
    pub fn with_verifier(verifier: Arc<dyn ServerCertVerifier>, timeouts: Timeouts) -> Self {
        let tls = tls().dangerous().with_custom_certificate_verifier(verifier);
        Self::with_tls(tls.with_no_client_auth(), timeouts, usize::MAX, |_| true)
    }

    fn with_tls(
        mut tls: ClientConfig,
        timeouts: Timeouts,
        idle_connections: usize,
        filter: AddressFilter,
    ) -> Self {
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let resolver = Resolver::new(filter);
        let mut http = HttpConnector::new_with_resolver(resolver.clone());
        http.enforce_http(false);
        http.set_nodelay(true);
        let connect =
            Connect { https: HttpsConnector::from((http, tls)), resolver, timeout: timeouts.connect };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(timeouts.idle)
            .pool_max_idle_per_host(idle_connections)
            .build(connect);
        Self(client)
    }

    /// A client that trusts the machine's certificates.
    #[must_use]
    pub fn with_system_roots(timeouts: Timeouts) -> Self {
        Self::with_connections(timeouts, 1)
    }

    /// The same, for this many requests at the same time.
    #[must_use]
    pub fn with_connections(timeouts: Timeouts, connections: usize) -> Self {
        Self::new(system_roots(), timeouts, connections)
    }

    /// A client that connects only to addresses that the filter allows. Every address is checked: those of a host's
    /// name when the name is resolved for a connection, and a host that is an address itself.
    #[must_use]
    pub fn with_filtered_addresses(roots: RootCertStore, timeouts: Timeouts, filter: AddressFilter) -> Self {
        let tls = tls().with_root_certificates(roots).with_no_client_auth();
        Self::with_tls(tls, timeouts, usize::MAX, filter)
    }

    /// A client for HTTP without TLS.
    #[must_use]
    pub fn without_roots(timeouts: Timeouts) -> Self {
        Self::new(RootCertStore::empty(), timeouts, 1)
    }

    /// Sends a request.
    ///
    /// # Errors
    /// If `is_connect` holds for the error, no byte was written. After any other error the server may have received
    /// the request.
    pub async fn send(&self, request: Request<SdkBody>) -> Result<Response<SdkBody>, Error> {
        Ok(self.0.request(request).await?.map(SdkBody::from_body_1_x))
    }
}

/// A configuration with ring, before its certificates.
fn tls() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for them")
}

/// An error and its causes. A handshake's error is wrapped in an `io::Error`, whose `source()` skips the wrapped error
/// itself. So the chain is followed with `get_ref` there.
pub fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
        None => error.source(),
    })
}

/// The certificates that the machine trusts. Reading all 140 takes most of a start.
#[must_use]
pub fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // With an empty store each handshake fails, and its error names the certificate.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// Amazon's roots, to which DynamoDB's certificates chain up.
fn amazon_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(CertificateDer::pem_slice_iter(AMAZON_ROOTS).flatten());
    roots
}

/// Connects within a time limit that includes TLS: hyper's limit covers only TCP.
#[derive(Clone)]
struct Connect {
    https: HttpsConnector<HttpConnector<Resolver>>,
    resolver: Resolver,
    timeout: Duration,
}

impl Service<Uri> for Connect {
    type Response = <HttpsConnector<HttpConnector<Resolver>> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        if let Err(refused) = self.resolver.check(&server) {
            return Box::pin(async move { Err(refused) });
        }
        let connecting = tokio::time::timeout(self.timeout, self.https.call(server));
        Box::pin(async move { connecting.await? })
    }
}
