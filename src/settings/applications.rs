//! The applications and their tokens.

use std::{collections::BTreeMap, fmt};

use tencent_chat_callbacks::{App, Receiver, receiver::SignedBy};

use super::setting::{Lookup, Setting, SettingsError};

const SDK_APP_IDS: Setting = Setting::new("SDK_APP_IDS", "the SDKAppIDs to serve: decimal, comma-separated");
const CALLBACK_TOKENS: Setting = Setting::new(
    "CALLBACK_TOKENS",
    "tokens of at most 128 characters, each alone or as SDKAppID:token, comma-separated or as a JSON array of strings",
);
const NO_TOKEN: Setting = Setting::new(
    CALLBACK_TOKENS.name,
    "the console's authentication token (parameter CallbackTokens or CallbackTokensSecret), or ALLOW_UNSIGNED=true \
        (parameter AllowUnsigned) to run without one",
);
const ALLOW_UNSIGNED: Setting = Setting::new("ALLOW_UNSIGNED", "true or false");

/// Which requests are admitted.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Admits and reads requests.
    pub receiver: Receiver,
    /// By application: the positions of its tokens in `CALLBACK_TOKENS`, counted from 1.
    positions: BTreeMap<String, Vec<usize>>,
}

impl Admission {
    /// The position in `CALLBACK_TOKENS` of the token that signed a request.
    #[must_use]
    pub fn position(&self, signed_by: SignedBy<'_>) -> Option<usize> {
        self.positions.get(signed_by.sdk_appid)?.get(signed_by.index).copied()
    }
}

/// Tokens with their positions.
type Tokens = Vec<(usize, String)>;

/// Reads the admitted applications. An application without a token needs the explicit `ALLOW_UNSIGNED=true`.
pub(super) fn admission(lookup: Lookup<'_>) -> Result<Admission, SettingsError> {
    let mut tokens: BTreeMap<String, Tokens> =
        sdk_app_ids(lookup)?.into_iter().map(|sdk_appid| (sdk_appid, Tokens::new())).collect();
    add_tokens(&mut tokens, &token_entries(lookup)?)?;
    let allow_unsigned = allow_unsigned(lookup)?;
    if tokens.values().any(Vec::is_empty) && !allow_unsigned {
        return Err(NO_TOKEN.error("has no token for an SDKAppID in SDK_APP_IDS"));
    }
    let (mut apps, mut positions) = (Vec::new(), BTreeMap::new());
    for (sdk_appid, tokens) in tokens {
        let (of_app, tokens): (Vec<_>, Vec<_>) = tokens.into_iter().unzip();
        apps.push(if tokens.is_empty() {
            App::unsigned(&sdk_appid)
        } else {
            // The entries were checked, so this error does not occur.
            App::signed(&sdk_appid, tokens).map_err(|error| CALLBACK_TOKENS.error(error.to_string()))?
        });
        positions.insert(sdk_appid, of_app);
    }
    Ok(Admission { receiver: Receiver::new(apps), positions })
}

fn sdk_app_ids(lookup: Lookup<'_>) -> Result<Vec<String>, SettingsError> {
    SDK_APP_IDS.required(lookup)?;
    let ids = SDK_APP_IDS.list(lookup);
    if ids.is_empty() || !ids.iter().all(|id| is_sdk_appid(id)) {
        Err(SDK_APP_IDS.malformed())
    } else {
        Ok(ids)
    }
}

fn is_sdk_appid(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The entries of `CALLBACK_TOKENS`. Tokens that contain a comma or begin with a bracket require a JSON array.
fn token_entries(lookup: Lookup<'_>) -> Result<Vec<String>, SettingsError> {
    let value = lookup.optional(CALLBACK_TOKENS.name).unwrap_or_default();
    let value = without_margin(&value);
    if value.starts_with('[') {
        let entries: Result<Vec<String>, _> = serde_json::from_str(value);
        let entries =
            entries.map_err(|_| CALLBACK_TOKENS.error("begins with [ and is not a JSON array of strings"))?;
        return Ok(entries.iter().map(|entry| without_margin(entry).to_owned()).collect());
    }
    let entries = value.split(',').map(without_margin).filter(|entry| !entry.is_empty());
    Ok(entries.map(str::to_owned).collect())
}

/// The tokens for a program that signs callbacks.
#[derive(Clone)]
pub struct SigningTokens(Vec<String>);

/// Shows no token.
impl fmt::Debug for SigningTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningTokens").finish_non_exhaustive()
    }
}

impl SigningTokens {
    pub(super) fn read(lookup: Lookup<'_>) -> Result<Self, SettingsError> {
        token_entries(lookup).map(Self)
    }

    /// The token that signs an application's callbacks: the first entry for it alone, otherwise the first entry for all
    /// applications.
    #[must_use]
    pub fn of(&self, sdk_appid: &str) -> Option<&str> {
        let own = self.0.iter().find_map(|entry| entry.strip_prefix(sdk_appid)?.strip_prefix(':'));
        let shared = self.0.iter().find(|entry| !entry.contains(':')).map(String::as_str);
        own.or(shared).map(without_margin).filter(|token| !token.is_empty())
    }
}

/// Adds each token to all applications, or with `SDKAppID:token` to that application.
fn add_tokens(apps: &mut BTreeMap<String, Tokens>, entries: &[String]) -> Result<(), SettingsError> {
    for (index, entry) in entries.iter().enumerate() {
        let position = index + 1;
        let error = |reason: &str| CALLBACK_TOKENS.error(format!("has {reason} in entry {position}"));
        let (only, secret) = match entry.split_once(':') {
            Some((sdk_appid, secret)) => (Some(sdk_appid), secret),
            None => (None, entry.as_str()),
        };
        // The part before the colon may belong to a token, so it is not quoted.
        if only.is_some_and(|only| !apps.contains_key(only)) {
            return Err(error("no SDKAppID of SDK_APP_IDS before the first colon"));
        }
        let secret = without_margin(secret);
        if !(1..=128).contains(&secret.chars().count()) {
            return Err(error("an empty or overlong token"));
        }
        for (_, tokens) in apps.iter_mut().filter(|(sdk_appid, _)| only.is_none_or(|only| only == *sdk_appid))
        {
            tokens.push((position, secret.to_owned()));
        }
    }
    Ok(())
}

/// A token without the byte order mark and the white space around it, which files and consoles add.
fn without_margin(token: &str) -> &str {
    token.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}')
}

fn allow_unsigned(lookup: Lookup<'_>) -> Result<bool, SettingsError> {
    match lookup.optional(ALLOW_UNSIGNED.name).as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(_) => Err(ALLOW_UNSIGNED.malformed()),
    }
}
