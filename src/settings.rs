//! The function's environment, checked once at its start. No error quotes a value: it may be a secret.

use std::fmt;

use aws_sdk_dynamodb::config::Credentials;

use crate::{forward::ForwardUrl, record::ItemSettings};

mod applications;
mod reforwarding;
mod setting;
use applications::admission;
pub use applications::{Admission, SigningTokens};
pub use reforwarding::{Queue, Reforwarding};
pub use setting::SettingsError;
use setting::{Lookup, Setting};

const TABLE_NAME: Setting = Setting::new("TABLE_NAME", "the name or ARN of the DynamoDB table");
const RETENTION_DAYS: Setting =
    Setting::new("RETENTION_DAYS", "a whole number of days up to 36500, or 0 to keep events for ever");
const INDEX_SHARDS: Setting = Setting::new("INDEX_SHARDS", "a whole number from 1 to 64");
const FORWARD_URL: Setting = Setting::new("FORWARD_URL", "an https:// URL, or an http:// URL on loopback");
const AWS_REGION: Setting = Setting::new("AWS_REGION", "the AWS Region; Lambda sets it");
const AWS_ACCESS_KEY_ID: Setting = Setting::new("AWS_ACCESS_KEY_ID", "AWS credentials; Lambda sets them");
const AWS_SECRET_ACCESS_KEY: Setting =
    Setting::new("AWS_SECRET_ACCESS_KEY", "AWS credentials; Lambda sets them");
const AWS_ENDPOINT_URL_DYNAMODB: Setting =
    Setting::new("AWS_ENDPOINT_URL_DYNAMODB", "an http:// or https:// URL");
const AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: Setting =
    Setting::new("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "an http:// or https:// URL");
const AWS_ENDPOINT_URL: Setting = Setting::new("AWS_ENDPOINT_URL", "an http:// or https:// URL");

/// The settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `SDK_APP_IDS`, `CALLBACK_TOKENS`, `ALLOW_UNSIGNED`: which requests are admitted.
    pub admission: Admission,
    /// Where callbacks are recorded.
    pub destination: Destination,
    /// `FORWARD_URL`: your own receiver, which also gets each admitted callback.
    pub forward_url: Option<ForwardUrl>,
}

/// Where callbacks are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// `TABLE_NAME`: name or ARN of the DynamoDB table.
    pub table_name: String,
    /// `RETENTION_DAYS` and `INDEX_SHARDS`: settings that affect items.
    pub item_settings: ItemSettings,
    /// `AWS_REGION` and the other variables that every AWS SDK reads.
    pub aws: Aws,
}

/// Region, credentials and endpoint: variables that every AWS SDK reads and Lambda sets.
#[derive(Clone, PartialEq, Eq)]
pub struct Aws {
    /// `AWS_REGION`
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`
    pub session_token: Option<String>,
    /// `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL`: replaces the Region's DynamoDB endpoint.
    pub endpoint_url: Option<String>,
    /// `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`, else `AWS_ENDPOINT_URL`: replaces the endpoint of CloudWatch Logs.
    pub logs_endpoint_url: Option<String>,
}

impl Aws {
    /// The credentials for a client of the SDK.
    pub(crate) fn credentials(&self) -> Credentials {
        let Self { access_key_id, secret_access_key, session_token, .. } = self;
        Credentials::new(access_key_id, secret_access_key, session_token.clone(), None, "environment")
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws").field("region", &self.region).finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads the process environment.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads settings from any function that maps names to values.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let lookup = Lookup(&lookup);
        Ok(Self {
            admission: admission(lookup)?,
            destination: Destination::read(lookup)?,
            forward_url: forward_url(lookup)?,
        })
    }
}

impl Destination {
    /// Reads the process environment.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(Lookup(&|name| std::env::var(name).ok()))
    }

    fn read(lookup: Lookup<'_>) -> Result<Self, SettingsError> {
        let item_settings = item_settings(lookup.0)?;
        Ok(Self { table_name: table_name(lookup)?, item_settings, aws: aws(lookup)? })
    }
}

/// Reads the settings that affect items, for a tool that finds the table in another way.
///
/// # Errors
/// The first setting that is malformed.
pub fn item_settings(lookup: impl Fn(&str) -> Option<String>) -> Result<ItemSettings, SettingsError> {
    let lookup = Lookup(&lookup);
    let retention_days = RETENTION_DAYS.in_range(lookup, 0..=36_500)?.filter(|days| *days > 0);
    let index_shards = INDEX_SHARDS.in_range(lookup, 1..=64)?.unwrap_or(1);
    Ok(ItemSettings { retention_days, index_shards })
}

/// Reads the token that signs an application's callbacks, for a tool that sends them. `None` if there is none.
///
/// # Errors
/// If `CALLBACK_TOKENS` is malformed.
pub fn token(
    lookup: impl Fn(&str) -> Option<String>,
    sdk_appid: &str,
) -> Result<Option<String>, SettingsError> {
    let tokens = SigningTokens::read(Lookup(&lookup))?;
    Ok(tokens.of(sdk_appid).map(str::to_owned))
}

fn table_name(lookup: Lookup<'_>) -> Result<String, SettingsError> {
    let value = TABLE_NAME.required(lookup)?;
    // ARNs contain colons and slashes.
    let valid = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:/".contains(&byte));
    if valid { Ok(value) } else { Err(TABLE_NAME.malformed()) }
}

fn aws(lookup: Lookup<'_>) -> Result<Aws, SettingsError> {
    Ok(Aws {
        region: AWS_REGION.required(lookup)?,
        access_key_id: AWS_ACCESS_KEY_ID.required(lookup)?,
        secret_access_key: AWS_SECRET_ACCESS_KEY.required(lookup)?,
        session_token: lookup.optional("AWS_SESSION_TOKEN"),
        endpoint_url: endpoint_url(lookup, AWS_ENDPOINT_URL_DYNAMODB)?,
        logs_endpoint_url: endpoint_url(lookup, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS)?,
    })
}

/// The URL of a service's endpoint, or else of all services' endpoint. Checked here, because the SDK would report a
/// malformed URL only at the first request, which is too late.
fn endpoint_url(lookup: Lookup<'_>, service: Setting) -> Result<Option<String>, SettingsError> {
    let given = |setting: Setting| lookup.optional(setting.name).map(|url| (setting, url));
    let Some((setting, url)) = given(service).or_else(|| given(AWS_ENDPOINT_URL)) else {
        return Ok(None);
    };
    let rest = url.strip_prefix("http://").or(url.strip_prefix("https://"));
    let valid = rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()));
    if valid { Ok(Some(url)) } else { Err(setting.malformed()) }
}

fn forward_url(lookup: Lookup<'_>) -> Result<Option<ForwardUrl>, SettingsError> {
    let url = lookup.optional(FORWARD_URL.name).map(|url| url.parse());
    url.transpose().map_err(|_| FORWARD_URL.malformed())
}

#[cfg(test)]
mod tests;
