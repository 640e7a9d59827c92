//! The configuration of the AWS clients.

use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, Region, RuntimeComponents, SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_types::SdkConfig;

use crate::fault::Fault;

/// The DynamoDB of `make run`.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) url: String,
}

impl Local {
    pub(crate) fn from_env() -> Self {
        let address = super::variable("LOCAL_DYNAMODB_ADDRESS");
        Self { url: format!("http://{}", address.as_deref().unwrap_or("127.0.0.1:8000")) }
    }

    /// Uses nothing of the user: no profile and no credentials leave the machine.
    pub(crate) fn config(&self) -> SdkConfig {
        let credentials = Credentials::new("local", "local", None, None, "local");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(&self.url)
            .http_client(https(None))
            .build()
    }
}

/// This build looks for no credentials and no Region.
#[cfg(not(feature = "aws"))]
pub(crate) fn config() -> std::future::Ready<Result<SdkConfig, Fault>> {
    std::future::ready(Err(Fault::local_only()))
}

/// Credentials and Region, from the places where every AWS tool looks.
#[cfg(feature = "aws")]
pub(crate) async fn config() -> Result<SdkConfig, Fault> {
    // HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.
    let proxies = ProxyConfig::from_env();
    let config =
        aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(https(Some(proxies))).load().await;
    match config.region() {
        Some(region) if !region.as_ref().is_empty() => Ok(config),
        // An empty AWS_REGION is a Region for the SDK, and comes before AWS_DEFAULT_REGION.
        Some(_) => Err(Fault::usage("which Region? AWS_REGION is empty: set it to a Region, or unset it")),
        // The AWS CLI 1 does not read AWS_REGION.
        None => Err(Fault::usage(
            "which Region? Set AWS_DEFAULT_REGION, or AWS_PROFILE to a profile that has one",
        )),
    }
}

/// An HTTPS client with ring, as in the function.
fn https(proxies: Option<ProxyConfig>) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.set_proxy_config(proxies.clone()).set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.enable_tcp_nodelay(true).build()
    })
}
