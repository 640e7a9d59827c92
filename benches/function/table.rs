//! An embedded DynamoDB, plain and behind TLS with a certificate authority of its own.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use dynoxide::Database;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

#[path = "../../tests/support/dynamodb.rs"]
mod dynamodb;

use crate::requests::{SDK_APPID, TOKEN};

/// Where Linux distributions keep the certificates they trust, in one file.
const BUNDLES: [&str; 2] = ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"];

/// A DynamoDB with the table, reached in two ways.
pub(crate) struct Table {
    plain: SocketAddr,
    tls: SocketAddr,
    /// The machine's certificates and our own authority's, as Amazon Linux has them: one file.
    bundle: PathBuf,
}

impl Table {
    pub(crate) async fn serve() -> Self {
        let database = Database::memory().expect("SQLite opens");
        let plain = dynamodb::serve(database, SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let (authority, server) = certificates();
        let system = BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok());
        let bundle = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ca-bundle.crt");
        fs::write(&bundle, system.unwrap_or_default() + &authority).expect("target/ can be written to");
        let tls = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = tls.local_addr().expect("a listener has an address");
        tokio::spawn(unwrap_tls(tls, server, plain));
        Self { plain, tls: address, bundle }
    }

    /// The environment of a function that uses the table.
    pub(crate) fn settings(&self, tls: bool) -> Vec<(&'static str, String)> {
        let endpoint = if tls {
            format!("https://localhost:{}", self.tls.port())
        } else {
            format!("http://{}", self.plain)
        };
        vec![
            ("TABLE_NAME", dynamodb::TABLE.to_owned()),
            ("SDK_APP_IDS", SDK_APPID.to_owned()),
            ("CALLBACK_TOKENS", TOKEN.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "example-secret".to_owned()),
            ("AWS_SESSION_TOKEN", "as long as Lambda's. ".repeat(40)),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
            ("SSL_CERT_FILE", self.bundle.display().to_string()),
        ]
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
            let mut plain = TcpStream::connect(to).await?;
            plain.set_nodelay(true)?;
            stream.set_nodelay(true)?;
            let mut stream = acceptor.accept(stream).await?;
            copy_bidirectional(&mut stream, &mut plain).await
        });
    }
}
