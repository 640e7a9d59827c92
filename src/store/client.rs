//! The DynamoDB client, tuned for a callback's 2 s.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Config,
    config::{
        BehaviorVersion, Builder, IdentityCache, Region, StalledStreamProtectionConfig,
        retry::{RetryConfig, RetryPartition, TokenBucket},
        timeout::TimeoutConfig,
    },
};

use super::failure::{Remember, SignAgain};
use crate::{https::sdk, settings::Aws};

/// The limit of one attempt, so that a silent server leaves time for another one.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(550);

/// The pause before the second attempt. It doubles with each attempt up to [`MAX_BACKOFF`], times a random factor up
/// to 1.
const INITIAL_BACKOFF: Duration = Duration::from_millis(50);

/// The longest pause between two attempts.
const MAX_BACKOFF: Duration = Duration::from_millis(200);

/// The limit for loading credentials.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(5);

/// The configuration of a client with credentials and Region from the settings.
///
/// `aws-config` would read the same from the environment, but takes milliseconds of every start.
#[must_use]
pub fn config(aws: &Aws) -> Builder {
    let mut config = persistent(Config::builder())
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(aws.credentials())
        .http_client(sdk::client())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_endpoint_url(aws.endpoint_url.clone());
    config
}

/// Makes a client retry for as long as the caller waits.
#[must_use]
pub fn persistent(config: Builder) -> Builder {
    let retries = RetryConfig::standard()
        .with_max_attempts(u32::MAX)
        .with_initial_backoff(INITIAL_BACKOFF)
        .with_max_backoff(MAX_BACKOFF);
    // The SDK's retry quota stays used up long after an outage. Here the deadline limits retries instead.
    let quota = RetryPartition::custom("callbacks").token_bucket(TokenBucket::unlimited()).build();
    // Without this limit, the SDK adds up the pauses of all attempts at each request.
    let credentials = IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT).build();
    config
        .interceptor(Remember)
        .retry_classifier(SignAgain)
        .identity_cache(credentials)
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build())
        .retry_config(retries)
        .retry_partition(quota)
}

/// Makes a client send each request only once. The caller's deadline is the only time limit.
pub(super) fn without_retries(config: Builder) -> Builder {
    config.retry_config(RetryConfig::disabled()).timeout_config(TimeoutConfig::disabled())
}
