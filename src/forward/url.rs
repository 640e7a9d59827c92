//! The setting `FORWARD_URL`.

use std::{fmt, net::IpAddr, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_http::http::Uri;
use percent_encoding::percent_decode_str;

/// The URL of a receiver: HTTPS, or HTTP on loopback.
#[derive(Clone, PartialEq, Eq)]
pub struct ForwardUrl {
    /// Scheme, host, port, path, and the URL's own query string if it has one.
    base: String,
    has_query: bool,
    is_on_loopback: bool,
    /// The `Authorization` header for the URL's user and password.
    authorization: Option<String>,
}

/// Shows no field: path and user may contain a secret.
impl fmt::Debug for ForwardUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForwardUrl").finish_non_exhaustive()
    }
}

impl ForwardUrl {
    /// The URL, with a query string appended to its own.
    #[must_use]
    pub fn with_query(&self, query: &str) -> String {
        let separator = match (self.has_query, query.is_empty()) {
            (_, true) => "",
            (true, false) => "&",
            (false, false) => "?",
        };
        format!("{}{separator}{query}", self.base)
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_on_loopback(&self) -> bool {
        self.is_on_loopback
    }

    /// Whether it uses TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base.starts_with("https:")
    }

    /// `Basic …`, if the URL has a user.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }
}

/// A text that is not a receiver's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotForwardUrl;

impl FromStr for ForwardUrl {
    type Err = NotForwardUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Self::with_any_scheme(text)?;
        if url.is_https() || url.is_on_loopback { Ok(url) } else { Err(NotForwardUrl) }
    }
}

impl ForwardUrl {
    /// Like `parse`, but accepts HTTP to any host: for tools, whose user knows the network.
    ///
    /// # Errors
    /// If it is not an HTTP or HTTPS URL with a host.
    pub fn with_any_scheme(text: &str) -> Result<Self, NotForwardUrl> {
        let uri: Uri = text.parse().map_err(|_| NotForwardUrl)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(NotForwardUrl);
        };
        let is_http = scheme == "https" || scheme == "http";
        let (user, host) = match authority.as_str().split_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority.as_str()),
        };
        // The URL parser drops everything after a `#`, and accepts any text as a port and any number of `@`.
        let is_whole = !text.contains('#') && !host.contains('@') && has_valid_port(host, authority.host());
        if !is_http || authority.host().is_empty() || !is_whole {
            return Err(NotForwardUrl);
        }
        let basic = |user| format!("Basic {}", STANDARD.encode(percent_decode_str(user).collect::<Vec<_>>()));
        let path_and_query = uri.path_and_query().map_or("/", |path_and_query| path_and_query.as_str());
        Ok(Self {
            base: format!("{scheme}://{host}{path_and_query}"),
            has_query: uri.query().is_some(),
            is_on_loopback: is_loopback(authority.host()),
            authorization: user.map(basic),
        })
    }
}

/// Whether a host has no port or a port from 1 to 65535.
fn has_valid_port(host_and_port: &str, host: &str) -> bool {
    host_and_port == host
        || host_and_port.strip_prefix(host).and_then(|port| port.strip_prefix(':')).is_some_and(|port| {
            port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tencent_s_query_is_appended_to_the_url_s_own() {
        for (url, query, whole) in [
            ("https://a.example", "x=1", "https://a.example/?x=1"),
            ("https://a.example/im/?", "x=1", "https://a.example/im/?&x=1"),
            ("https://a.example:8443/im?key=k", "x=1&y", "https://a.example:8443/im?key=k&x=1&y"),
            ("https://a.example/im", "", "https://a.example/im"),
            ("https://a.example:65535/im", "x", "https://a.example:65535/im?x"),
            ("https://a.example:1", "x", "https://a.example:1/?x"),
            ("http://127.0.0.1:9/", "x", "http://127.0.0.1:9/?x"),
            ("http://[::1]:9/", "x", "http://[::1]:9/?x"),
            ("http://localhost:9", "x", "http://localhost:9/?x"),
        ] {
            let parsed: ForwardUrl = url.parse().unwrap_or_else(|_| panic!("{url}"));
            assert_eq!(parsed.with_query(query), whole);
            assert_eq!(parsed.authorization(), None);
        }
    }

    #[test]
    fn user_in_url_becomes_a_header_and_is_not_shown() {
        let url: ForwardUrl = "https://me:p%40ss@a.example/im".parse().expect("a URL");
        assert_eq!(url.with_query("x"), "https://a.example/im?x");
        assert_eq!(url.authorization(), Some("Basic bWU6cEBzcw=="));
        assert_eq!(format!("{url:?}"), "ForwardUrl { .. }");
    }

    #[test]
    fn url_that_is_neither_https_nor_loopback_is_rejected() {
        for url in [
            "",
            "a.example",
            "/im",
            "https://",
            "https:///im",
            "http://a.example/",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "ftp://a.example/",
            "https://a.example/#part",
            "https://a b.example/",
            "https://a.example:0/",
            "https://a.example:99999/im",
            "https://a.example:65536/",
            "https://a.example:/im",
            "https://a.example:",
            "https://a.example:+80/",
            "https://a.example:x/",
            "https://a.example:80:80/",
            "http://[::1]:0/",
            "http://[::1]:/",
            "http://localhost:0",
            "https://me@you@a.example/",
            "https://me:p@ss@a.example/im",
            "https://me@a.example@a.example:443/",
            "https://me@/",
            "https://me@:443/",
        ] {
            assert_eq!(url.parse::<ForwardUrl>().err(), Some(NotForwardUrl), "{url}");
        }
    }
}
