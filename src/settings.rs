//! The function's environment, checked once at its start. Nothing here quotes a value: it may be a secret.

use std::fmt;

use crate::admission::{Admission, App, Token};

/// What the environment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `TABLE_NAME`: name or ARN of the DynamoDB table.
    pub table_name: String,
    /// `SDK_APP_IDS`, `CALLBACK_TOKENS`, `ALLOW_UNSIGNED`: who is admitted.
    pub admission: Admission,
    /// `RETENTION_DAYS`: how long an item lives; `None` keeps it for ever.
    pub retention_days: Option<u32>,
    /// `AWS_REGION` and the others that every AWS SDK knows.
    pub aws: Aws,
}

/// What recording alone needs: for a tool that admits nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// `TABLE_NAME`: name or ARN of the DynamoDB table.
    pub table_name: String,
    /// `RETENTION_DAYS`: how long an item lives; `None` keeps it for ever.
    pub retention_days: Option<u32>,
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
        f.debug_struct("Aws")
            .field("region", &self.region)
            .finish_non_exhaustive()
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
        write!(
            f,
            "setting {} {}; expected {}",
            self.name, self.fault, self.expected
        )
    }
}

impl std::error::Error for SettingsError {}

/// A setting's value by its name. An empty value counts as none: templates can't leave a variable out.
struct Lookup<F>(F);

impl<F: Fn(&str) -> Option<String>> Lookup<F> {
    fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str, expected: &'static str) -> Result<String, SettingsError> {
        self.optional(name).ok_or(SettingsError {
            name,
            fault: "is missing",
            expected,
        })
    }

    /// The entries of a comma-separated list.
    fn list(&self, name: &str) -> Vec<String> {
        let value = self.optional(name).unwrap_or_default();
        value
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect()
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
        let lookup = Lookup(lookup);
        Ok(Self {
            table_name: table_name(&lookup)?,
            admission: Admission::new(apps(&lookup)?),
            retention_days: retention_days(&lookup)?,
            aws: aws(&lookup)?,
        })
    }
}

impl Destination {
    /// Reads the process environment.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn from_env() -> Result<Self, SettingsError> {
        let lookup = Lookup(|name: &str| std::env::var(name).ok());
        Ok(Self {
            table_name: table_name(&lookup)?,
            retention_days: retention_days(&lookup)?,
            aws: aws(&lookup)?,
        })
    }
}

fn table_name<F: Fn(&str) -> Option<String>>(lookup: &Lookup<F>) -> Result<String, SettingsError> {
    let (name, expected) = ("TABLE_NAME", "the name or ARN of the DynamoDB table");
    let value = lookup.required(name, expected)?;
    // The colon and the slash are an ARN's.
    let valid = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.-:/".contains(&byte));
    if valid {
        Ok(value)
    } else {
        Err(SettingsError {
            name,
            fault: "is malformed",
            expected,
        })
    }
}

fn retention_days<F: Fn(&str) -> Option<String>>(lookup: &Lookup<F>) -> Result<Option<u32>, SettingsError> {
    let (name, expected) = (
        "RETENTION_DAYS",
        "a whole number of days up to 36500, or 0 to keep events for ever",
    );
    let Some(value) = lookup.optional(name) else {
        return Ok(None);
    };
    match value.parse() {
        Ok(0) => Ok(None),
        Ok(days @ 1..=36_500) => Ok(Some(days)),
        _ => Err(SettingsError {
            name,
            fault: "is malformed",
            expected,
        }),
    }
}

fn aws<F: Fn(&str) -> Option<String>>(lookup: &Lookup<F>) -> Result<Aws, SettingsError> {
    Ok(Aws {
        region: lookup.required("AWS_REGION", "the AWS region; Lambda sets it")?,
        access_key_id: lookup.required("AWS_ACCESS_KEY_ID", "AWS credentials; Lambda sets them")?,
        secret_access_key: lookup.required("AWS_SECRET_ACCESS_KEY", "AWS credentials; Lambda sets them")?,
        session_token: lookup.optional("AWS_SESSION_TOKEN"),
        endpoint_url: endpoint_url(lookup)?,
    })
}

fn endpoint_url<F: Fn(&str) -> Option<String>>(lookup: &Lookup<F>) -> Result<Option<String>, SettingsError> {
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
fn apps<F: Fn(&str) -> Option<String>>(lookup: &Lookup<F>) -> Result<Vec<App>, SettingsError> {
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

fn sdk_app_ids<F: Fn(&str) -> Option<String>>(lookup: &Lookup<F>) -> Result<Vec<App>, SettingsError> {
    let (name, expected) = ("SDK_APP_IDS", "the SDKAppIDs to serve: decimal, comma-separated");
    let mut apps: Vec<App> = Vec::new();
    lookup.required(name, expected)?;
    for sdk_appid in lookup.list(name) {
        if !is_sdk_appid(&sdk_appid) {
            return Err(SettingsError {
                name,
                fault: "is malformed",
                expected,
            });
        }
        if apps.iter().all(|app| app.sdk_appid != sdk_appid) {
            apps.push(App {
                sdk_appid,
                tokens: Vec::new(),
            });
        }
    }
    if apps.is_empty() {
        Err(SettingsError {
            name,
            fault: "is malformed",
            expected,
        })
    } else {
        Ok(apps)
    }
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
        let mut admits = apps
            .iter_mut()
            .filter(|app| only.is_none_or(|only| only == app.sdk_appid))
            .peekable();
        if admits.peek().is_none() {
            return Err(malformed("names an SDKAppID that is not in SDK_APP_IDS"));
        }
        for app in admits {
            app.tokens.push(Token {
                position: index + 1,
                secret: secret.to_owned(),
            });
        }
    }
    Ok(())
}

fn allow_unsigned<F: Fn(&str) -> Option<String>>(lookup: &Lookup<F>) -> Result<bool, SettingsError> {
    let name = "ALLOW_UNSIGNED";
    match lookup.optional(name).as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(_) => Err(SettingsError {
            name,
            fault: "is malformed",
            expected: "true or false",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: [(&str, &str); 6] = [
        ("TABLE_NAME", "events"),
        ("SDK_APP_IDS", "1400000001"),
        ("CALLBACK_TOKENS", "planted-token"),
        ("AWS_REGION", "ap-northeast-1"),
        ("AWS_ACCESS_KEY_ID", "AKID"),
        ("AWS_SECRET_ACCESS_KEY", "planted-key"),
    ];

    fn settings(changes: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_lookup(|name| {
            let of = |pairs: &[(&str, &str)]| {
                pairs
                    .iter()
                    .find(|pair| pair.0 == name)
                    .map(|pair| pair.1.to_owned())
            };
            of(changes).or_else(|| of(&WHOLE))
        })
    }

    fn positions(settings: &Settings, token: &str) -> Vec<Option<usize>> {
        // One fixed moment and the Sign that the token makes then, asked of every application.
        let sign = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(format!("{token}1000")));
        let admit = |sdk_appid: &str| {
            let raw = format!("SdkAppid={sdk_appid}&Sign={sign}&RequestTime=1000");
            let query = crate::query::Query::parse(&raw);
            settings
                .admission
                .admit(&query, 1000)
                .ok()
                .and_then(|admitted| admitted.token)
        };
        ["1", "2"].map(admit).to_vec()
    }

    #[test]
    fn reads_every_setting() {
        let settings = settings(&[
            ("RETENTION_DAYS", "90"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:8000"),
        ])
        .expect("the settings are whole");
        assert_eq!(settings.table_name, "events");
        assert_eq!(settings.retention_days, Some(90));
        assert_eq!(settings.aws.region, "ap-northeast-1");
        assert_eq!(
            settings.aws.endpoint_url.as_deref(),
            Some("http://127.0.0.1:8000")
        );
    }

    #[test]
    fn the_endpoint_for_dynamodb_wins_over_the_general_one() {
        let settings = settings(&[
            ("AWS_ENDPOINT_URL", "http://a"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://b"),
        ]);
        assert_eq!(
            settings.expect("whole").aws.endpoint_url.as_deref(),
            Some("http://b")
        );
    }

    #[test]
    fn names_the_setting_that_is_missing_or_malformed() {
        for (name, value) in [
            ("TABLE_NAME", ""),
            ("TABLE_NAME", "two words"),
            ("SDK_APP_IDS", " "),
            ("SDK_APP_IDS", ","),
            ("SDK_APP_IDS", "1400000001,abc"),
            ("SDK_APP_IDS", "-1"),
            ("CALLBACK_TOKENS", ""),
            ("CALLBACK_TOKENS", "1400000002:token"),
            ("CALLBACK_TOKENS", "1400000001:"),
            ("ALLOW_UNSIGNED", "yes"),
            ("RETENTION_DAYS", "-1"),
            ("RETENTION_DAYS", "a week"),
            ("RETENTION_DAYS", "99999999999"),
            ("AWS_REGION", ""),
            ("AWS_ACCESS_KEY_ID", ""),
            ("AWS_SECRET_ACCESS_KEY", ""),
            ("AWS_ENDPOINT_URL", "127.0.0.1:8000"),
            ("AWS_ENDPOINT_URL", "http://"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "https://two words"),
        ] {
            let error = settings(&[(name, value)]).expect_err(name);
            assert_eq!(error.name, name, "{value:?}");
            assert!(
                error.to_string().starts_with(&format!("setting {name} ")),
                "{error}"
            );
        }
    }

    #[test]
    fn fails_closed_without_a_token() {
        for (allow, starts) in [
            ("", false),
            ("false", false),
            ("true", true),
            ("TRUE", false),
            ("1", false),
        ] {
            let result = settings(&[("CALLBACK_TOKENS", ""), ("ALLOW_UNSIGNED", allow)]);
            assert_eq!(result.is_ok(), starts, "{allow:?}");
        }
        let half = [("SDK_APP_IDS", "1,2"), ("CALLBACK_TOKENS", "1:token")];
        assert_eq!(
            settings(&half).expect_err("2 has no token").name,
            "CALLBACK_TOKENS"
        );
    }

    #[test]
    fn an_application_with_a_token_stays_signed_even_with_allow_unsigned() {
        let settings =
            settings(&[("SDK_APP_IDS", "1"), ("ALLOW_UNSIGNED", "true")]).expect("the settings are whole");
        let query = crate::query::Query::parse("SdkAppid=1");
        assert!(settings.admission.admit(&query, 0).is_err());
    }

    #[test]
    fn a_token_admits_all_applications_or_the_one_it_names() {
        let settings = settings(&[("SDK_APP_IDS", "1, 2,2"), ("CALLBACK_TOKENS", "all, 2:own ,a:b")])
            .expect("the settings are whole");
        assert_eq!(positions(&settings, "all"), [Some(1), Some(1)]);
        assert_eq!(positions(&settings, "own"), [None, Some(2)]);
        assert_eq!(positions(&settings, "a:b"), [Some(3), Some(3)]);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", settings(&[("AWS_SESSION_TOKEN", "planted-session")]));
        assert!(!shown.contains("planted"), "{shown}");
    }
}
