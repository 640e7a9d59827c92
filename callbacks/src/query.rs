//! The URL parameters that Tencent appends (page 34354).

use std::{borrow::Cow, fmt};

/// The parameters that a receiver needs, in their documented spelling. `RequestID` is documented only for Desk
/// (269/111212), but also occurs in Chat's traffic.
const NAMES: [&str; 7] =
    ["SdkAppid", "CallbackCommand", "ClientIP", "OptPlatform", "Sign", "RequestTime", "RequestID"];

/// The decoded parameters of a request. Parameters that are not Tencent's are left out.
///
/// `Debug` shows the parameters, but not the value of `Sign`.
#[derive(Clone, Default)]
pub struct Query<'a>(Vec<Parameter<'a>>);

#[derive(Clone)]
struct Parameter<'a> {
    /// The documented spelling.
    name: &'static str,
    value: Cow<'a, str>,
    spelled_as_documented: bool,
}

impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |parameter: &Parameter<'_>| match parameter.name {
            "Sign" => "…".to_owned(),
            _ => parameter.value.to_string(),
        };
        f.debug_map().entries(self.0.iter().map(|parameter| (parameter.name, shown(parameter)))).finish()
    }
}

impl<'a> Query<'a> {
    /// Reads a raw query string. Names match in any order and case, because Tencent's pages spell them differently.
    #[must_use]
    pub fn parse(raw: &'a str) -> Self {
        let parameter = |(name, value): (Cow<'a, str>, Cow<'a, str>)| {
            let documented = NAMES.into_iter().find(|documented| name.eq_ignore_ascii_case(documented))?;
            Some(Parameter { name: documented, value, spelled_as_documented: name == documented })
        };
        Self(form_urlencoded::parse(raw.as_bytes()).filter_map(parameter).collect())
    }

    /// The parameters of a callback of which only the command is known.
    pub(crate) fn of_command(command: &'a str) -> Self {
        let value = Cow::Borrowed(command);
        Self(vec![Parameter { name: "CallbackCommand", value, spelled_as_documented: true }])
    }

    /// `SdkAppid`: the application's id, decimal.
    #[must_use]
    pub fn sdk_appid(&self) -> Option<&str> {
        self.get("SdkAppid")
    }

    /// `CallbackCommand`: the kind of callback.
    #[must_use]
    pub fn callback_command(&self) -> Option<&str> {
        self.get("CallbackCommand")
    }

    /// `ClientIP`: address of the client that caused the event. Some commands have none.
    #[must_use]
    pub fn client_ip(&self) -> Option<&str> {
        self.get("ClientIP")
    }

    /// `OptPlatform`: platform of that client, an open set (`RESTAPI`, `Web`, `Android`, `iOS`, …).
    #[must_use]
    pub fn opt_platform(&self) -> Option<&str> {
        self.get("OptPlatform")
    }

    /// `Sign`: hex SHA-256 of token and `RequestTime`. Only if authentication is switched on.
    #[must_use]
    pub fn sign(&self) -> Option<&str> {
        self.get("Sign")
    }

    /// `RequestTime`: seconds since the epoch, decimal. Only if authentication is switched on.
    #[must_use]
    pub fn request_time(&self) -> Option<&str> {
        self.get("RequestTime")
    }

    /// `RequestTime` in seconds since the epoch, if it is a plain decimal number.
    #[must_use]
    pub fn request_time_seconds(&self) -> Option<u64> {
        let text = self.request_time()?;
        // `parse` alone would accept a leading plus.
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    }

    /// `RequestID`: Tencent's id of the request, if there is one.
    #[must_use]
    pub fn tencent_request_id(&self) -> Option<&str> {
        self.get("RequestID")
    }

    /// The query string without `Sign` and without parameters that are not Tencent's: safe to log.
    #[must_use]
    pub fn without_sign(&self) -> String {
        let mut raw = form_urlencoded::Serializer::new(String::new());
        for name in NAMES.into_iter().filter(|name| *name != "Sign") {
            if let Some(value) = self.get(name) {
                raw.append_pair(name, value);
            }
        }
        raw.finish()
    }

    /// The documented spelling wins, then the first value. So a customer's own `sign` can't hide `Sign`.
    fn get(&self, name: &str) -> Option<&str> {
        let mut of_name = self.0.iter().filter(|parameter| parameter.name == name);
        let first = of_name.clone().next();
        let documented = of_name.find(|parameter| parameter.spelled_as_documented);
        documented.or(first).map(|parameter| parameter.value.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_in_any_order_case_and_among_others() {
        let query = Query::parse(
            "appId=shop&OPTPLATFORM=Web&clientip=203.0.113.8&CallbackCommand=State.StateChange\
             &sdkAppId=1400000002&contenttype=json&RequestId=r-1",
        );
        assert_eq!(query.sdk_appid(), Some("1400000002"));
        assert_eq!(query.callback_command(), Some("State.StateChange"));
        assert_eq!(query.client_ip(), Some("203.0.113.8"));
        assert_eq!(query.opt_platform(), Some("Web"));
        assert_eq!(query.tencent_request_id(), Some("r-1"));
        assert!(query.sign().is_none() && query.request_time().is_none());
    }

    #[test]
    fn documented_spelling_wins_then_first_value() {
        for (raw, expected) in [
            ("sign=own&Sign=tencent", "tencent"),
            ("Sign=tencent&sign=own", "tencent"),
            ("Sign=first&Sign=second", "first"),
            ("SIGN=first&sign=second", "first"),
        ] {
            assert_eq!(Query::parse(raw).sign(), Some(expected), "{raw}");
        }
    }

    #[test]
    fn percent_and_plus_are_decoded() {
        let query = Query::parse("OptPlatform=a+b%20c%2Bd%E7%BE%A4%zz%&ClientIP=%FF");
        assert_eq!(query.opt_platform(), Some("a b c+d群%zz%"));
        assert_eq!(query.client_ip(), Some("\u{fffd}"));
    }

    #[test]
    fn request_time_is_plain_digits() {
        for (text, expected) in [
            ("1669872112", Some(1_669_872_112)),
            ("", None),
            ("%2B1669872112", None),
            ("-1", None),
            ("1669872112.0", None),
            ("99999999999999999999", None),
        ] {
            let raw = format!("RequestTime={text}");
            assert_eq!(Query::parse(&raw).request_time_seconds(), expected, "{text:?}");
        }
    }

    #[test]
    fn debug_of_a_query_never_shows_the_sign() {
        let query = Query::parse("SdkAppid=1&Sign=abc&sign=abd&SIGN=&own=abe&ClientIP=%22");
        assert_eq!(
            format!("{query:?}"),
            r#"{"SdkAppid": "1", "Sign": "…", "Sign": "…", "Sign": "…", "ClientIP": "\""}"#
        );
    }

    #[test]
    fn query_without_sign_keeps_other_parameters() {
        let raw = "requestid=r&SdkAppid=1&CallbackCommand=A.B&ClientIP=%26&RequestTime=5&Sign=abc&own=x";
        assert_eq!(
            Query::parse(raw).without_sign(),
            "SdkAppid=1&CallbackCommand=A.B&ClientIP=%26&RequestTime=5&RequestID=r"
        );
    }
}
