//! An embedded DynamoDB, plain and behind TLS with a certificate authority of its own.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use dynoxide::Database;

#[path = "../../tests/support/dynamodb.rs"]
mod dynamodb;
#[path = "../../tests/support/tls.rs"]
mod tls;

use crate::requests::{SDK_APPID, TOKEN};

/// Where Linux distributions keep the certificates they trust, in one file.
const BUNDLES: [&str; 2] = ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"];

/// A DynamoDB with the table, reached in two ways.
pub(crate) struct Table {
    database: Database,
    plain: SocketAddr,
    tls: tls::Front,
    /// The machine's certificates and our own authority's, as Amazon Linux has them: one file.
    bundle: PathBuf,
}

impl Table {
    pub(crate) async fn serve() -> Self {
        let database = Database::memory().expect("SQLite opens");
        let plain = dynamodb::serve(database.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let tls = tls::front(plain).await;
        let system = BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok());
        let bundle = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ca-bundle.crt");
        fs::write(&bundle, system.unwrap_or_default() + &tls.authority).expect("target/ can be written to");
        Self { database, plain, tls, bundle }
    }

    /// Empties the table: a full one is slower to write to.
    pub(crate) fn empty(&self) {
        let name = serde_json::json!({ "TableName": dynamodb::TABLE });
        let request = serde_json::from_value(name).expect("the request is DynamoDB's");
        self.database.delete_table(request).expect("the table is there");
        dynamodb::create_table(&self.database);
    }

    /// The environment of a function that uses the table.
    pub(crate) fn settings(&self, tls: bool) -> Vec<(&'static str, String)> {
        let endpoint = if tls { self.tls.url.clone() } else { format!("http://{}", self.plain) };
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
