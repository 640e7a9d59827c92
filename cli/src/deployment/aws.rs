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
#[cfg(feature = "aws")]
use aws_types::service_config::ServiceConfigKey;
#[cfg(feature = "aws")]
use http::Uri;

use crate::fault::Fault;

/// The variable with the endpoint of every service. The variable of one service begins with it.
#[cfg(feature = "aws")]
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL";

/// The services that the program uses, by the SDK's names.
#[cfg(feature = "aws")]
const SERVICES: [&str; 6] =
    ["CloudFormation", "CloudWatch", "CloudWatch Logs", "DynamoDB", "DynamoDB Streams", "SQS"];

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
    SERVICES.into_iter().try_for_each(|service| check_endpoint(&config, service))?;
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

/// The SDK panics at an empty endpoint, and prints the whole request if it can't use one.
#[cfg(feature = "aws")]
fn check_endpoint(config: &SdkConfig, service: &str) -> Result<(), Fault> {
    let key =
        ServiceConfigKey::builder().service_id(service).env(ENDPOINT_URL).profile("endpoint_url").build();
    let endpoint = key.ok().and_then(|key| config.service_config()?.load_config(key));
    if endpoint.is_none_or(|endpoint| is_url(&endpoint)) {
        return Ok(());
    }
    let of_service = format!("{ENDPOINT_URL}_{}", service.to_uppercase().replace(' ', "_"));
    let variables = [of_service.as_str(), ENDPOINT_URL];
    let set = variables.into_iter().find(|name| std::env::var_os(name).is_some());
    Err(Fault::usage(format!(
        "{} is not a URL such as https://example.com: correct it, or unset it",
        set.unwrap_or("endpoint_url of the AWS profile")
    )))
}

#[cfg(feature = "aws")]
fn is_url(text: &str) -> bool {
    let is_http = |url: &Uri| matches!(url.scheme_str(), Some("http" | "https"));
    text.parse::<Uri>().is_ok_and(|url| is_http(&url))
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
