//! The function's environment, checked once at its start. Nothing here quotes a value: it may be a secret.

use std::fmt;

use crate::{
    admission::{Admission, App, Token},
    forward::ForwardUrl,
    record::Keeping,
};

/// What the environment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `SDK_APP_IDS`, `CALLBACK_TOKENS`, `ALLOW_UNSIGNED`: who is admitted.
    pub admission: Admission,
    /// Where to record.
    pub destination: Destination,
    /// `FORWARD_URL`: a receiver of one's own that gets each admitted callback too.
    pub forward_url: Option<ForwardUrl>,
}

/// Where to record. A tool that admits nobody needs no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// `TABLE_NAME`: name or ARN of the DynamoDB table.
    pub table_name: String,
    /// `RETENTION_DAYS` and `INDEX_SHARDS`: how items are kept.
    pub keeping: Keeping,
    /// `AWS_REGION` and the others that every AWS SDK knows.
    pub aws: Aws,
}

/// Where DynamoDB is and who we are there: the variables that every AWS SDK reads, and Lambda sets.
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
    /// `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL`: another DynamoDB than the region's.
    pub endpoint_url: Option<String>,
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws").field("region", &self.region).finish_non_exhaustive()
    }
}

/// A setting that is missing or malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// The setting's name.
    pub name: &'static str,
    /// What is the matter with it.
    pub fault: &'static str,
    /// What it should be.
    pub expected: &'static str,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "setting {} {}; expected {}", self.name, self.fault, self.expected)
    }
}

impl std::error::Error for SettingsError {}

/// A setting's value by its name. An empty value counts as none: templates can't leave a variable out.
#[derive(Clone, Copy)]
struct Lookup<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Lookup<'_> {
    fn optional(self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn required(self, name: &'static str, expected: &'static str) -> Result<String, SettingsError> {
        self.optional(name).ok_or(SettingsError { name, fault: "is missing", expected })
    }

    /// The entries of a comma-separated list.
    fn list(self, name: &str) -> Vec<String> {
        let value = self.optional(name).unwrap_or_default();
        value.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
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

    /// Reads settings from anything that maps names to values.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let lookup = Lookup(&lookup);
        Ok(Self {
            admission: Admission::new(apps(lookup)?),
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
        let keeping = keeping(lookup.0)?;
        Ok(Self { table_name: table_name(lookup)?, keeping, aws: aws(lookup)? })
    }
}

/// Reads how items are kept, for a tool that finds the rest of the destination in its own way.
///
/// # Errors
/// The first setting that is malformed.
pub fn keeping(lookup: impl Fn(&str) -> Option<String>) -> Result<Keeping, SettingsError> {
    let lookup = Lookup(&lookup);
    Ok(Keeping { retention_days: retention_days(lookup)?, index_shards: index_shards(lookup)? })
}

fn table_name(lookup: Lookup<'_>) -> Result<String, SettingsError> {
    let (name, expected) = ("TABLE_NAME", "the name or ARN of the DynamoDB table");
    let value = lookup.required(name, expected)?;
    // The colon and the slash are an ARN's.
    let valid = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:/".contains(&byte));
    if valid { Ok(value) } else { Err(SettingsError { name, fault: "is malformed", expected }) }
}

fn retention_days(lookup: Lookup<'_>) -> Result<Option<u32>, SettingsError> {
    let (name, expected) =
        ("RETENTION_DAYS", "a whole number of days up to 36500, or 0 to keep events for ever");
    let Some(value) = lookup.optional(name) else {
        return Ok(None);
    };
    match value.parse() {
        Ok(0) => Ok(None),
        Ok(days @ 1..=36_500) => Ok(Some(days)),
        _ => Err(SettingsError { name, fault: "is malformed", expected }),
    }
}

fn index_shards(lookup: Lookup<'_>) -> Result<u32, SettingsError> {
    let (name, expected) = ("INDEX_SHARDS", "a whole number from 1 to 64");
    let Some(value) = lookup.optional(name) else {
        return Ok(1);
    };
    let shards = value.parse().ok().filter(|shards| (1..=64).contains(shards));
    shards.ok_or(SettingsError { name, fault: "is malformed", expected })
}

fn aws(lookup: Lookup<'_>) -> Result<Aws, SettingsError> {
    Ok(Aws {
        region: lookup.required("AWS_REGION", "the AWS region; Lambda sets it")?,
        access_key_id: lookup.required("AWS_ACCESS_KEY_ID", "AWS credentials; Lambda sets them")?,
        secret_access_key: lookup.required("AWS_SECRET_ACCESS_KEY", "AWS credentials; Lambda sets them")?,
        session_token: lookup.optional("AWS_SESSION_TOKEN"),
        endpoint_url: endpoint_url(lookup)?,
    })
}

fn forward_url(lookup: Lookup<'_>) -> Result<Option<ForwardUrl>, SettingsError> {
    let (name, expected) = ("FORWARD_URL", "an https:// URL, or an http:// URL on loopback");
    let Some(url) = lookup.optional(name) else {
        return Ok(None);
    };
    url.parse().map(Some).map_err(|_| SettingsError { name, fault: "is malformed", expected })
}

fn endpoint_url(lookup: Lookup<'_>) -> Result<Option<String>, SettingsError> {
    for name in ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"] {
        let Some(url) = lookup.optional(name) else {
            continue;
        };
        let rest = url.strip_prefix("http://").or(url.strip_prefix("https://"));
        // The SDK would find out with the first request, which is too late.
        if rest.is_none_or(|rest| rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(SettingsError {
                name,
                fault: "is malformed",
                expected: "an http:// or https:// URL",
            });
        }
        return Ok(Some(url));
    }
    Ok(None)
}

/// The applications and their tokens. Fails closed: an application that no token admits needs the explicit
/// `ALLOW_UNSIGNED=true`.
fn apps(lookup: Lookup<'_>) -> Result<Vec<App>, SettingsError> {
    let mut apps = sdk_app_ids(lookup)?;
    add_tokens(&mut apps, &lookup.list("CALLBACK_TOKENS"))?;
    let allow_unsigned = allow_unsigned(lookup)?;
    if apps.iter().any(|app| app.tokens.is_empty()) && !allow_unsigned {
        return Err(SettingsError {
            name: "CALLBACK_TOKENS",
            fault: "holds no token for an application of SDK_APP_IDS",
            expected: "the console's authentication token, or ALLOW_UNSIGNED=true to run without one",
        });
    }
    Ok(apps)
}

fn sdk_app_ids(lookup: Lookup<'_>) -> Result<Vec<App>, SettingsError> {
    let (name, expected) = ("SDK_APP_IDS", "the SDKAppIDs to serve: decimal, comma-separated");
    let mut apps: Vec<App> = Vec::new();
    lookup.required(name, expected)?;
    for sdk_appid in lookup.list(name) {
        if !is_sdk_appid(&sdk_appid) {
            return Err(SettingsError { name, fault: "is malformed", expected });
        }
        if apps.iter().all(|app| app.sdk_appid != sdk_appid) {
            apps.push(App { sdk_appid, tokens: Vec::new() });
        }
    }
    if apps.is_empty() { Err(SettingsError { name, fault: "is malformed", expected }) } else { Ok(apps) }
}

fn is_sdk_appid(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Gives each token to the applications it admits: all, or with `SDKAppID:token` the one it names.
fn add_tokens(apps: &mut [App], entries: &[String]) -> Result<(), SettingsError> {
    let malformed = |fault| SettingsError {
        name: "CALLBACK_TOKENS",
        fault,
        expected: "tokens of at most 128 characters, comma-separated, each alone or as SDKAppID:token",
    };
    for (index, entry) in entries.iter().enumerate() {
        let (only, secret) = match entry.split_once(':') {
            Some((sdk_appid, secret)) if is_sdk_appid(sdk_appid) => (Some(sdk_appid), secret),
            _ => (None, entry.as_str()),
        };
        if !(1..=128).contains(&secret.chars().count()) {
            return Err(malformed("has an empty or overlong token"));
        }
        let mut admits =
            apps.iter_mut().filter(|app| only.is_none_or(|only| only == app.sdk_appid)).peekable();
        if admits.peek().is_none() {
            return Err(malformed("names an SDKAppID that is not in SDK_APP_IDS"));
        }
        for app in admits {
            app.tokens.push(Token { position: index + 1, secret: secret.to_owned() });
        }
    }
    Ok(())
}

fn allow_unsigned(lookup: Lookup<'_>) -> Result<bool, SettingsError> {
    let name = "ALLOW_UNSIGNED";
    match lookup.optional(name).as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(_) => Err(SettingsError { name, fault: "is malformed", expected: "true or false" }),
    }
}

#[cfg(test)]
mod tests;
