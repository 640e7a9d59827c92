//! An embedded DynamoDB, plain and behind TLS with its own certificate authority.

use std::{
    fs,
    path::{Path, PathBuf},
};

use support::{
    dynamodb::{DynamoDb, TABLE},
    requests::SDK_APPID,
    tls::Front,
};

/// The token that admits a request.
pub(crate) const TOKEN: &str = "a token of the console";

/// The file with all trusted certificates, on several Linux distributions.
const BUNDLES: [&str; 2] = ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"];

/// A DynamoDB with the table, with and without TLS.
pub(crate) struct Table {
    plain: DynamoDb,
    tls: Front,
    /// The machine's certificates and the test authority's, in one file as on Amazon Linux.
    bundle: PathBuf,
}

impl Table {
    pub(crate) async fn serve() -> Self {
        let plain = DynamoDb::in_memory().await;
        let tls = Front::start(plain.address).await;
        let system = BUNDLES.iter().find_map(|path| fs::read_to_string(path).ok());
        let bundle = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ca-bundle.crt");
        fs::write(&bundle, system.unwrap_or_default() + &tls.authority).expect("target/ can be written to");
        Self { plain, tls, bundle }
    }

    /// The environment of a function that uses the table.
    pub(crate) fn settings(&self, tls: bool) -> [(&'static str, String); 9] {
        let endpoint = if tls { self.tls.url.clone() } else { self.plain.url() };
        [
            ("TABLE_NAME", TABLE.to_owned()),
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
