//! TLS in front of a server, with a certificate from an authority of its own.

use std::{net::SocketAddr, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

/// A server behind TLS, until it is dropped.
#[derive(Debug)]
pub struct Front {
    /// Where it is. The certificate is for `localhost`.
    pub url: String,
    /// The authority's certificate, in PEM.
    pub authority: String,
    task: AbortHandle,
}

impl Front {
    /// Puts TLS in front of a server.
    pub async fn start(plain: SocketAddr) -> Self {
        let (authority, config) = certificates();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("a listener has an address").port();
        let task = tokio::spawn(unwrap_tls(listener, config, plain)).abort_handle();
        Self { url: format!("https://localhost:{port}"), authority, task }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A new authority's certificate, and a server that has one from it.
fn certificates() -> (String, ServerConfig) {
    let mut params = CertificateParams::new(Vec::new()).expect("no name is no wrong name");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = || KeyPair::generate().expect("a key can be made");
    let authority = CertifiedIssuer::self_signed(params, key()).expect("it signs itself");
    let server_key = key();
    let server = CertificateParams::new(["localhost".to_owned()])
        .and_then(|params| params.signed_by(&server_key, &authority))
        .expect("the authority signs");
    let private = PrivateKeyDer::try_from(server_key.serialize_der()).expect("a key that was just made");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![server.der().clone()], private)
        .expect("certificate and key fit");
    (authority.pem(), config)
}

async fn unwrap_tls(listener: TcpListener, config: ServerConfig, to: SocketAddr) {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            stream.set_nodelay(true)?;
            let mut stream = acceptor.accept(stream).await?;
            let mut plain = TcpStream::connect(to).await?;
            plain.set_nodelay(true)?;
            copy_bidirectional(&mut stream, &mut plain).await
        });
    }
}
