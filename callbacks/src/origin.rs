//! The origin of a callback: application, platform and address.

use crate::query::Query;

/// The origin of a callback, read from its URL. `Sign` does not cover the URL: it proves only that Tencent sent the
/// request. A decision based on the origin trusts Tencent for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin<'a> {
    /// The application that the callback is for. Empty for a callback without a URL.
    pub sdk_appid: &'a str,
    /// `OptPlatform`: the platform on which the event was caused. Some commands have none.
    pub platform: Option<Platform<'a>>,
    /// `ClientIP`: the address of the client that caused the event. Some commands have none.
    pub client_ip: Option<&'a str>,
}

/// A value of `OptPlatform` (page 34354), in any case: `State.StateChange` writes `IOS`, all other commands `iOS`.
/// The list is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Platform<'a> {
    /// `RESTAPI`: a server that holds the application's key, not a client.
    RestApi,
    /// `Web`
    Web,
    /// `Android`
    Android,
    /// `iOS`
    Ios,
    /// `iPad`
    Ipad,
    /// `Windows`
    Windows,
    /// `Mac`, on newer pages `macOS`
    Mac,
    /// Any other value, including `Unknown`, unchanged.
    Other(&'a str),
}

impl<'a> Origin<'a> {
    pub(crate) fn new(query: &'a Query<'_>) -> Self {
        let sdk_appid = query.sdk_appid().unwrap_or_default();
        Self { sdk_appid, platform: query.opt_platform().map(Platform::from), client_ip: query.client_ip() }
    }
}

impl<'a> From<&'a str> for Platform<'a> {
    fn from(name: &'a str) -> Self {
        let known = [
            ("RESTAPI", Self::RestApi),
            ("Web", Self::Web),
            ("Android", Self::Android),
            ("iOS", Self::Ios),
            ("iPad", Self::Ipad),
            ("Windows", Self::Windows),
            ("Mac", Self::Mac),
            ("macOS", Self::Mac),
        ];
        let found = known.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or(Self::Other(name), |(_, platform)| platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_read_from_the_url() {
        let query = Query::parse("ClientIP=203.0.113.7&OptPlatform=RESTAPI&SdkAppid=2");
        let expected =
            Origin { sdk_appid: "2", platform: Some(Platform::RestApi), client_ip: Some("203.0.113.7") };
        assert_eq!(Origin::new(&query), expected);
        let nothing = Origin { sdk_appid: "", platform: None, client_ip: None };
        assert_eq!(Origin::new(&Query::default()), nothing);
    }

    #[test]
    fn platform_is_recognised_in_any_case() {
        for (name, platform) in [
            ("RESTAPI", Platform::RestApi),
            ("RestApi", Platform::RestApi),
            ("IOS", Platform::Ios),
            ("iOS", Platform::Ios),
            ("IPad", Platform::Ipad),
            ("macOS", Platform::Mac),
            ("Mac", Platform::Mac),
            ("web", Platform::Web),
            ("Android", Platform::Android),
            ("windows", Platform::Windows),
            ("Unknown", Platform::Other("Unknown")),
            ("RESTAPI ", Platform::Other("RESTAPI ")),
            ("REST", Platform::Other("REST")),
            ("", Platform::Other("")),
        ] {
            assert_eq!(Platform::from(name), platform, "{name}");
        }
    }
}
