//! The applications and their tokens.

use tencent_chat_callbacks::signature::{Admission, App, Token};

use super::setting::{Lookup, Setting, SettingsError};

const SDK_APP_IDS: Setting = Setting::new("SDK_APP_IDS", "the SDKAppIDs to serve: decimal, comma-separated");
const CALLBACK_TOKENS: Setting = Setting::new(
    "CALLBACK_TOKENS",
    "tokens of at most 128 characters, each alone or as SDKAppID:token, comma-separated or as a JSON array of strings",
);
const NO_TOKEN: Setting = Setting::new(
    CALLBACK_TOKENS.name,
    "the console's authentication token, or ALLOW_UNSIGNED=true to run without one",
);
const ALLOW_UNSIGNED: Setting = Setting::new("ALLOW_UNSIGNED", "true or false");

/// Reads the admitted applications. An application without a token needs the explicit `ALLOW_UNSIGNED=true`.
pub(super) fn admission(lookup: Lookup<'_>) -> Result<Admission, SettingsError> {
    let mut apps = sdk_app_ids(lookup)?;
    add_tokens(&mut apps, &token_entries(lookup)?)?;
    let allow_unsigned = allow_unsigned(lookup)?;
    if apps.iter().any(|app| app.tokens.is_empty()) && !allow_unsigned {
        return Err(NO_TOKEN.error("has no token for an SDKAppID in SDK_APP_IDS"));
    }
    Ok(Admission::new(apps))
}

fn sdk_app_ids(lookup: Lookup<'_>) -> Result<Vec<App>, SettingsError> {
    let mut apps: Vec<App> = Vec::new();
    SDK_APP_IDS.required(lookup)?;
    for sdk_appid in SDK_APP_IDS.list(lookup) {
        if !is_sdk_appid(&sdk_appid) {
            return Err(SDK_APP_IDS.malformed());
        }
        if apps.iter().all(|app| app.sdk_appid != sdk_appid) {
            apps.push(App { sdk_appid, tokens: Vec::new() });
        }
    }
    if apps.is_empty() { Err(SDK_APP_IDS.malformed()) } else { Ok(apps) }
}

fn is_sdk_appid(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The entries of `CALLBACK_TOKENS`. Tokens that contain a comma or begin with a bracket require a JSON array.
fn token_entries(lookup: Lookup<'_>) -> Result<Vec<String>, SettingsError> {
    match lookup.optional(CALLBACK_TOKENS.name) {
        Some(json) if json.starts_with('[') => serde_json::from_str(&json)
            .map_err(|_| CALLBACK_TOKENS.error("begins with [ and is not a JSON array of strings")),
        _ => Ok(CALLBACK_TOKENS.list(lookup)),
    }
}

/// The token that an application signs with: its own entry first, otherwise one for all applications.
pub(super) fn token(lookup: Lookup<'_>, sdk_appid: &str) -> Result<Option<String>, SettingsError> {
    let entries = token_entries(lookup)?;
    let own = entries.iter().find_map(|entry| entry.strip_prefix(sdk_appid)?.strip_prefix(':'));
    let shared = entries.iter().find(|entry| !entry.contains(':')).map(String::as_str);
    Ok(own.or(shared).map(str::to_owned))
}

/// Adds each token to all applications, or with `SDKAppID:token` to that application.
fn add_tokens(apps: &mut [App], entries: &[String]) -> Result<(), SettingsError> {
    for (index, entry) in entries.iter().enumerate() {
        let position = index + 1;
        let error = |reason: &str| CALLBACK_TOKENS.error(format!("has {reason} in entry {position}"));
        let (only, secret) = match entry.split_once(':') {
            Some((sdk_appid, secret)) => (Some(sdk_appid), secret),
            None => (None, entry.as_str()),
        };
        // The part before the colon may belong to a token, so it is not quoted.
        if only.is_some_and(|only| apps.iter().all(|app| app.sdk_appid != only)) {
            return Err(error("no SDKAppID of SDK_APP_IDS before the first colon"));
        }
        if !(1..=128).contains(&secret.chars().count()) {
            return Err(error("an empty or overlong token"));
        }
        for app in apps.iter_mut().filter(|app| only.is_none_or(|only| only == app.sdk_appid)) {
            app.tokens.push(Token { position, secret: secret.to_owned() });
        }
    }
    Ok(())
}

fn allow_unsigned(lookup: Lookup<'_>) -> Result<bool, SettingsError> {
    match lookup.optional(ALLOW_UNSIGNED.name).as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(_) => Err(ALLOW_UNSIGNED.malformed()),
    }
}
