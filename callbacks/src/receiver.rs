//! Admits requests and reads them. Start here.

use std::{error::Error, fmt};

use crate::{
    answer::Answer,
    ask::Ask,
    callback::Callback,
    probe::{has_no_fields, is_blank},
    query::Query,
    refusal::Refusal,
    signature::verify,
};

/// Receives the callbacks of some applications. It admits nothing else.
#[derive(Clone, Debug)]
pub struct Receiver {
    apps: Vec<App>,
}

/// An application, with the tokens that sign its callbacks.
#[derive(Clone, PartialEq, Eq)]
pub struct App {
    sdk_appid: String,
    /// Empty only for [`App::unsigned`].
    tokens: Vec<String>,
}

/// Why a list of tokens is rejected: with it, anybody could sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError {
    /// The list is empty.
    Missing,
    /// A token is empty or only white space.
    Blank,
}

/// An admitted request, whose body is not read yet.
#[derive(Clone, Debug)]
pub struct Admitted<'a> {
    query: Query<'a>,
    sdk_appid: Option<&'a str>,
    signed_by: Option<SignedBy<'a>>,
}

/// The token that signed a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedBy<'a> {
    /// The application that has the token.
    pub sdk_appid: &'a str,
    /// The index of the token among those of [`App::signed`], counted from 0.
    pub index: usize,
}

/// An admitted request that has been read.
#[derive(Debug)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "nearly every request is a callback")]
pub enum Received<'a> {
    /// The console's check of the URL, see [`probe`](crate::probe). Answer it, and do nothing else.
    UrlCheck,
    /// A callback.
    Callback(Callback<'a>),
}

impl App {
    /// An application whose callbacks are signed with one of these tokens. Give several while one is being rotated. A
    /// token is taken as it is, with any white space around it.
    ///
    /// # Errors
    /// If the list is empty, or a token is empty or only white space.
    pub fn signed(
        sdk_appid: impl Into<String>,
        tokens: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, TokenError> {
        let tokens: Vec<String> = tokens.into_iter().map(Into::into).collect();
        if tokens.iter().any(|token| token.trim().is_empty()) {
            return Err(TokenError::Blank);
        }
        if tokens.is_empty() {
            Err(TokenError::Missing)
        } else {
            Ok(Self { sdk_appid: sdk_appid.into(), tokens })
        }
    }

    /// An application whose callbacks are admitted **without a signature**: anybody who knows the URL can send them.
    #[must_use]
    pub fn unsigned(sdk_appid: impl Into<String>) -> Self {
        Self { sdk_appid: sdk_appid.into(), tokens: Vec::new() }
    }

    /// The `SDKAppID`, decimal.
    #[must_use]
    pub fn sdk_appid(&self) -> &str {
        &self.sdk_appid
    }

    fn is_unsigned(&self) -> bool {
        self.tokens.is_empty()
    }

    fn tokens(&self) -> impl Iterator<Item = SignedBy<'_>> {
        (0..self.tokens.len()).map(|index| SignedBy { sdk_appid: &self.sdk_appid, index })
    }
}

/// Shows no token.
impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sdk_appid, tokens } = self;
        f.debug_struct("App").field("sdk_appid", sdk_appid).field("tokens", &tokens.len()).finish()
    }
}

impl Receiver {
    /// Receives the callbacks of these applications. If an application is given twice, any of its tokens admits, and
    /// a signature is needed unless each of them is unsigned.
    pub fn new(apps: impl IntoIterator<Item = App>) -> Self {
        Self { apps: apps.into_iter().collect() }
    }

    /// Admits and reads a request: its raw query string, its body, and the time in seconds since the epoch.
    ///
    /// # Errors
    /// The reason to refuse it, with the HTTP status and the JSON to answer with.
    pub fn receive<'a>(&'a self, query: &'a str, body: &'a [u8], now: u64) -> Result<Received<'a>, Refusal> {
        self.admit(Query::parse(query), body, now)?.read(body)
    }

    /// The first half of [`receive`](Self::receive), for a caller that logs who was admitted before the body is read.
    /// Checks `SdkAppid`, then the age of `RequestTime`, then `Sign`. It looks at the
    /// body only if `SdkAppid` is missing: an empty body, or an object without fields, may be the console's URL check.
    ///
    /// # Errors
    /// One of the refusals named `Sdk…` or `Sign…`.
    pub fn admit<'a>(&'a self, query: Query<'a>, body: &[u8], now: u64) -> Result<Admitted<'a>, Refusal> {
        let Some(given) = query.sdk_appid() else {
            let signed_by = self.admit_url_check(&query, body, now)?;
            return Ok(Admitted { query, sdk_appid: None, signed_by });
        };
        let apps = || self.apps.iter().filter(|app| app.sdk_appid == given && !given.is_empty());
        let app = apps().next().ok_or(Refusal::SdkAppidForeign)?;
        let signed_by =
            if apps().all(App::is_unsigned) { None } else { Some(signed_by(apps(), &query, now)?) };
        Ok(Admitted { query, sdk_appid: Some(&app.sdk_appid), signed_by })
    }

    /// The token that signed a URL check without an application. None is needed if one of the applications is
    /// unsigned.
    fn admit_url_check(
        &self,
        query: &Query<'_>,
        body: &[u8],
        now: u64,
    ) -> Result<Option<SignedBy<'_>>, Refusal> {
        if !is_blank(body) && !has_no_fields(body) {
            return Err(Refusal::SdkAppidMissing);
        }
        let signed_by = signed_by(self.apps.iter(), query, now).ok();
        if signed_by.is_some() || self.apps.iter().any(App::is_unsigned) {
            Ok(signed_by)
        } else {
            Err(Refusal::SdkAppidMissing)
        }
    }
}

/// The token of these applications that made `Sign`.
fn signed_by<'a>(
    apps: impl Iterator<Item = &'a App> + Clone,
    query: &Query<'_>,
    now: u64,
) -> Result<SignedBy<'a>, Refusal> {
    let tokens = apps.clone().flat_map(|app| app.tokens.iter().map(String::as_str));
    let index = verify(tokens, query, now)?;
    apps.flat_map(App::tokens).nth(index).ok_or(Refusal::SignWrong)
}

impl<'a> Admitted<'a> {
    /// The application that the request is for. `None` for the console's URL check without `SdkAppid`.
    #[must_use]
    pub fn sdk_appid(&self) -> Option<&'a str> {
        self.sdk_appid
    }

    /// The token that signed the request; `None` if it was admitted without a signature.
    #[must_use]
    pub fn signed_by(&self) -> Option<SignedBy<'a>> {
        self.signed_by
    }

    /// Reads the body.
    ///
    /// # Errors
    /// One of the refusals named `Body…`.
    pub fn read(self, body: &'a [u8]) -> Result<Received<'a>, Refusal> {
        if self.sdk_appid.is_none() {
            return Ok(Received::UrlCheck);
        }
        let callback = Callback::read(self.query, body)?;
        Ok(callback.map_or(Received::UrlCheck, Received::Callback))
    }
}

impl Received<'_> {
    /// The default answer, which changes nothing.
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self {
            Self::UrlCheck => Answer::ok(),
            Self::Callback(callback) => callback.answer(),
        }
    }

    /// The decision that Tencent waits for. `None` if this is not a before-callback, or its body does
    /// not have the documented shape: then send the default [`answer`](Self::answer).
    #[must_use]
    pub fn ask(&self) -> Option<Ask<'_>> {
        match self {
            Self::UrlCheck => None,
            Self::Callback(callback) => callback.ask(),
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "the application has no token",
            Self::Blank => "a token is empty or only white space",
        })
    }
}

impl Error for TokenError {}

#[cfg(test)]
mod tests;
