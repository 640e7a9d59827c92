//! The URL parameters that Tencent appends to the configured URL (page 34354).

use std::borrow::Cow;

/// The parameters that mean something to a receiver, decoded. A customer's own are ignored.
///
/// There is no `Debug`: `Sign` would be in it.
#[derive(Clone, Default)]
pub struct Query<'a> {
    /// `SdkAppid`: the application, decimal.
    pub sdk_appid: Option<Cow<'a, str>>,
    /// `CallbackCommand`: which callback this is.
    pub callback_command: Option<Cow<'a, str>>,
    /// `ClientIP`: address of the client that caused the event. Some commands have none.
    pub client_ip: Option<Cow<'a, str>>,
    /// `OptPlatform`: platform of that client, an open set (`RESTAPI`, `Web`, `Android`, `iOS`, …).
    pub opt_platform: Option<Cow<'a, str>>,
    /// `Sign`: hex SHA-256 of token and `RequestTime`. Only with authentication switched on.
    pub sign: Option<Cow<'a, str>>,
    /// `RequestTime`: seconds since the epoch, decimal. Only with authentication switched on.
    pub request_time: Option<Cow<'a, str>>,
}

impl<'a> Query<'a> {
    /// Reads a raw query string, in any order.
    ///
    /// Names match in any case, because Tencent's pages spell them in several. The documented spelling wins
    /// over others, then the first value over later ones, so that a customer's own `sign` can't hide `Sign`.
    #[must_use]
    pub fn parse(raw: &'a str) -> Self {
        let mut query = Self::default();
        let mut spelled_as_documented = [false; 6];
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            for (index, (documented, slot)) in query.slots().into_iter().enumerate() {
                let exact = name == documented;
                let better = slot.is_none() || (exact && !spelled_as_documented[index]);
                if better && name.eq_ignore_ascii_case(documented) {
                    *slot = Some(value);
                    spelled_as_documented[index] = exact;
                    break;
                }
            }
        }
        query
    }

    /// `RequestTime` in seconds since the epoch, if it is a plain decimal number.
    #[must_use]
    pub fn request_time_seconds(&self) -> Option<u64> {
        let text = self.request_time.as_deref()?;
        // `parse` alone would take a leading plus.
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    }

    /// The query string again, without `Sign` and without a customer's own parameters: fit for a log.
    #[must_use]
    pub fn without_sign(&self) -> String {
        let mut unsigned = self.clone();
        unsigned.sign = None;
        let mut raw = form_urlencoded::Serializer::new(String::new());
        for (name, slot) in unsigned.slots() {
            if let Some(value) = slot {
                raw.append_pair(name, value);
            }
        }
        raw.finish()
    }

    fn slots(&mut self) -> [(&'static str, &mut Option<Cow<'a, str>>); 6] {
        [
            ("SdkAppid", &mut self.sdk_appid),
            ("CallbackCommand", &mut self.callback_command),
            ("ClientIP", &mut self.client_ip),
            ("OptPlatform", &mut self.opt_platform),
            ("Sign", &mut self.sign),
            ("RequestTime", &mut self.request_time),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_parameters_whatever_their_order_case_and_company() {
        let query = Query::parse(
            "appId=shop&OPTPLATFORM=Web&clientip=203.0.113.8&CallbackCommand=State.StateChange\
             &sdkAppId=1400000002&contenttype=json",
        );
        assert_eq!(query.sdk_appid.as_deref(), Some("1400000002"));
        assert_eq!(query.callback_command.as_deref(), Some("State.StateChange"));
        assert_eq!(query.client_ip.as_deref(), Some("203.0.113.8"));
        assert_eq!(query.opt_platform.as_deref(), Some("Web"));
        assert!(query.sign.is_none() && query.request_time.is_none());
    }

    #[test]
    fn the_documented_spelling_wins_then_the_first_value() {
        for (raw, expected) in [
            ("sign=own&Sign=tencent", "tencent"),
            ("Sign=tencent&sign=own", "tencent"),
            ("Sign=first&Sign=second", "first"),
            ("SIGN=first&sign=second", "first"),
        ] {
            assert_eq!(Query::parse(raw).sign.as_deref(), Some(expected), "{raw}");
        }
    }

    #[test]
    fn decodes_percent_and_plus() {
        let query = Query::parse("OptPlatform=a+b%20c%2Bd%E7%BE%A4%zz%&ClientIP=%FF");
        assert_eq!(query.opt_platform.as_deref(), Some("a b c+d群%zz%"));
        assert_eq!(query.client_ip.as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn request_time_is_plain_digits() {
        for (text, expected) in [
            ("1669872112", Some(1_669_872_112)),
            ("", None),
            ("+1669872112", None),
            ("-1", None),
            ("1669872112.0", None),
            ("99999999999999999999", None),
        ] {
            let query = Query { request_time: Some(text.into()), ..Query::default() };
            assert_eq!(query.request_time_seconds(), expected, "{text:?}");
        }
    }

    #[test]
    fn without_sign_keeps_the_rest() {
        let raw = "SdkAppid=1&CallbackCommand=A.B&ClientIP=%26&RequestTime=5&Sign=abc&own=x";
        assert_eq!(
            Query::parse(raw).without_sign(),
            "SdkAppid=1&CallbackCommand=A.B&ClientIP=%26&RequestTime=5"
        );
    }
}
