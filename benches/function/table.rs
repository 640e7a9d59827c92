//! An embedded DynamoDB, plain and behind TLS with a certificate authority of its own.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use dynoxide::Database;
use tokio::task::AbortHandle;

#[allow(dead_code, reason = "a part of it will do here")]
#[path = "../../tests/support/dynamodb.rs"]
mod dynamodb;
#[path = "../../tests/support/tls.rs"]
mod tls;

use crate::requests::{SDK_APPID, TOKEN};

/// Where Linux distributions keep the certificates they trust, in one file.
const BUNDLES: [&str; 2] = ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"];

/// A DynamoDB with the table, reached in two ways.
pub(crate) struct Table {
    plain: (SocketAddr, AbortHandle),
    tls: tls::Front,
    /// The machine's certificates and our own authority's, as Amazon Linux has them: one file.
    bundle: PathBuf,
}

impl Table {
    pub(crate) async fn serve() -> Self {
        let database = Database::memory().expect("SQLite opens");
        let plain = dynamodb::start(database, SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let tls = tls::front(plain.0).await;
        let system = BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok());
        let bundle = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ca-bundle.crt");
        fs::write(&bundle, system.unwrap_or_default() + &tls.authority).expect("target/ can be written to");
        Self { plain, tls, bundle }
    }

    /// The environment of a function that uses the table.
    pub(crate) fn settings(&self, tls: bool) -> Vec<(&'static str, String)> {
        let endpoint = if tls { self.tls.url.clone() } else { format!("http://{}", self.plain.0) };
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

impl Drop for Table {
    fn drop(&mut self) {
        self.plain.1.abort();
        self.tls.task.abort();
    }
}
