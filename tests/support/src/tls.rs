//! TLS in front of a server, with a certificate from its own authority.

use std::{
    future::pending,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::AbortHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// The reaction of a connection when its client writes to it the next time.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It never answers again.
    Silence,
    /// It is closed properly.
    Close,
    /// It is reset.
    Reset,
}

/// A server behind TLS, until it is dropped.
#[derive(Debug)]
pub struct Front {
    /// Its URL. The certificate is for `localhost`.
    pub url: String,
    /// The authority's certificate, in PEM.
    pub authority: String,
    control: Arc<Control>,
    task: AbortHandle,
}

#[derive(Debug, Default)]
struct Control {
    faults: watch::Sender<Option<Fault>>,
    refuse_next: AtomicBool,
}

impl Front {
    /// Puts TLS in front of a server. Offers only HTTP/1.1, like DynamoDB.
    pub async fn start(plain: SocketAddr) -> Self {
        Self::offering(&["http/1.1"], plain).await
    }

    /// Puts TLS in front of a server, and also offers HTTP/2. The client then speaks HTTP/2 with the server.
    pub async fn with_http2(plain: SocketAddr) -> Self {
        Self::offering(&["h2", "http/1.1"], plain).await
    }

    /// Puts TLS in front of a server. Its certificate signed itself: it is the authority's too.
    pub async fn self_signed(plain: SocketAddr) -> Self {
        Self::with_certificates(self_signed(), &["http/1.1"], plain).await
    }

    async fn offering(protocols: &[&str], plain: SocketAddr) -> Self {
        Self::with_certificates(certificates(), protocols, plain).await
    }

    async fn with_certificates(
        (authority, mut config): (String, ServerConfig),
        protocols: &[&str],
        plain: SocketAddr,
    ) -> Self {
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("a listener has an address").port();
        let control = Arc::<Control>::default();
        let task = tokio::spawn(accept(listener, config, plain, Arc::clone(&control))).abort_handle();
        Self { url: format!("https://localhost:{port}"), authority, control, task }
    }

    /// Makes all current connections fail. Later ones work.
    pub fn fail(&self, fault: Fault) {
        self.control.faults.send_replace(Some(fault));
    }

    /// Resets the next connection before its handshake.
    pub fn refuse_next(&self) {
        self.control.refuse_next.store(true, Ordering::SeqCst);
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A new authority's certificate, and a TLS configuration with a certificate from it.
fn certificates() -> (String, ServerConfig) {
    let mut params = CertificateParams::new(Vec::new()).expect("an empty list of names is valid");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = || KeyPair::generate().expect("a key can be made");
    let authority = CertifiedIssuer::self_signed(params, key()).expect("it signs itself");
    let server_key = key();
    let server = CertificateParams::new(["localhost".to_owned()])
        .and_then(|params| params.signed_by(&server_key, &authority))
        .expect("the authority signs");
    (authority.pem(), config(&server, &server_key))
}

/// A new certificate as `openssl req -x509` makes it, and a TLS configuration with it.
fn self_signed() -> (String, ServerConfig) {
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key can be made");
    let certificate = params.self_signed(&key).expect("it signs itself");
    (certificate.pem(), config(&certificate, &key))
}

fn config(certificate: &Certificate, key: &KeyPair) -> ServerConfig {
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key that was just made");
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("certificate and key fit")
}

async fn accept(listener: TcpListener, config: ServerConfig, to: SocketAddr, control: Arc<Control>) {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    while let Ok((stream, _)) = listener.accept().await {
        if control.refuse_next.swap(false, Ordering::SeqCst) {
            // Dropping the connection at once resets it.
            let _ = stream.set_zero_linger();
            continue;
        }
        let (acceptor, faults) = (acceptor.clone(), control.faults.subscribe());
        // A client tests this server by the errors that end its connection, so they are ignored here.
        tokio::spawn(async move { unwrap_tls(stream, acceptor, to, faults).await.ok() });
    }
}

/// Serves a connection until one side ends it, or until it fails.
async fn unwrap_tls(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    to: SocketAddr,
    mut faults: watch::Receiver<Option<Fault>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = acceptor.accept(stream).await?;
    let mut plain = TcpStream::connect(to).await?;
    plain.set_nodelay(true)?;
    tokio::select! {
        copied = copy_bidirectional(&mut stream, &mut plain) => return copied.map(drop),
        changed = faults.changed() => changed.map_err(io::Error::other)?,
    }
    let fault = *faults.borrow();
    stream.read_u8().await?;
    match fault {
        Some(Fault::Close) => stream.shutdown().await,
        Some(Fault::Reset) => stream.get_ref().0.set_zero_linger(),
        Some(Fault::Silence) | None => pending().await,
    }
}
