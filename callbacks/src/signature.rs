//! Checks that a request is for a served application, fresh, and signed with one of its tokens.
//!
//! `Sign` is the hex SHA-256 of the token followed by `RequestTime` (page 34354). It covers neither URL nor body, so
//! it authenticates the sender, not the message.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    probe::{has_no_fields, is_blank},
    query::Query,
    refusal::Refusal,
};

/// The largest accepted difference between `RequestTime` and now, in seconds, in both directions. Exactly this
/// difference is still valid: the page on console settings (269/32431) rejects "more than 1 minute".
pub const TOLERANCE_SECONDS: u64 = 60;

/// The served applications and their tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    apps: Vec<App>,
}

/// One application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// The `SDKAppID`, decimal.
    pub sdk_appid: String,
    /// The tokens; any of them admits. An empty list admits unsigned requests.
    pub tokens: Vec<Token>,
}

/// An authentication token of the console.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The token's position in the caller's list, counted from 1, so that a log can name it.
    pub position: usize,
    /// The token itself.
    pub secret: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("position", &self.position).finish_non_exhaustive()
    }
}

/// An admitted request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted<'a> {
    /// The application that the request is for.
    pub sdk_appid: &'a str,
    /// The position of the token that made the `Sign`; `None` if the application has no token.
    pub token: Option<usize>,
}

/// The console's URL check, in a request without an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The position of the token that made the `Sign`; `None` if it was admitted only because an application has no
    /// token.
    pub token: Option<usize>,
}

/// The `Sign` for a token and a `RequestTime`, in lower-case hex: for tests and for tools that send callbacks.
///
/// ```
/// // The documented example (page 34354).
/// let sign = tencent_chat_callbacks::signature::sign("xxxxyyyy", "1669872112");
/// assert_eq!(sign, "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061");
/// ```
#[must_use]
pub fn sign(token: &str, request_time: &str) -> String {
    hex::encode(digest(token, request_time))
}

fn digest(token: &str, request_time: &str) -> [u8; 32] {
    Sha256::new().chain_update(token).chain_update(request_time).finalize().into()
}

impl Admission {
    /// Serves these applications. An application without tokens admits unsigned requests: the caller must make sure
    /// that this is intended.
    #[must_use]
    pub fn new(apps: Vec<App>) -> Self {
        Self { apps }
    }

    /// Checks `SdkAppid`, then the age of `RequestTime` at `now` (seconds since the epoch), then `Sign`.
    ///
    /// # Errors
    /// One of the refusals named `Sdk…` or `Sign…`.
    pub fn admit(&self, query: &Query<'_>, now: u64) -> Result<Admitted<'_>, Refusal> {
        let given = query.sdk_appid().ok_or(Refusal::SdkAppidMissing)?;
        let app = self.apps.iter().find(|app| app.sdk_appid == given).ok_or(Refusal::SdkAppidForeign)?;
        let token = if app.tokens.is_empty() { None } else { Some(verify(&app.tokens, query, now)?) };
        Ok(Admitted { sdk_appid: &app.sdk_appid, token })
    }

    /// Admits the [URL check](crate::probe) without `SdkAppid`: its body is empty, white space or an object without
    /// fields, and `Sign` is fresh and made with the token of any application. `Sign` is not needed if one of the
    /// applications has no token. Returns `None` for any other request; call [`admit`](Self::admit) for that.
    #[must_use]
    pub fn admit_probe(&self, query: &Query<'_>, body: &[u8], now: u64) -> Option<Probe> {
        if query.sdk_appid().is_some() || !(is_blank(body) || has_no_fields(body)) {
            return None;
        }
        let token = verify(self.apps.iter().flat_map(|app| &app.tokens), query, now).ok();
        let unsigned = self.apps.iter().any(|app| app.tokens.is_empty());
        (token.is_some() || unsigned).then_some(Probe { token })
    }
}

/// The position of the token that made `Sign`.
fn verify<'a>(
    tokens: impl IntoIterator<Item = &'a Token>,
    query: &Query<'_>,
    now: u64,
) -> Result<usize, Refusal> {
    let request_time = query.request_time().ok_or(Refusal::SignMissing)?;
    let seconds = query.request_time_seconds().ok_or(Refusal::SignMalformed)?;
    if now.abs_diff(seconds) > TOLERANCE_SECONDS {
        return Err(if seconds < now { Refusal::SignTooOld } else { Refusal::SignInFuture });
    }
    let sign = query.sign().ok_or(Refusal::SignMissing)?;
    let mut given = [0; 32];
    hex::decode_to_slice(sign, &mut given).map_err(|_| Refusal::SignMalformed)?;

    // Every token is compared, so that the time taken reveals nothing about a token.
    let mut position = None;
    for token in tokens {
        if digest(&token.secret, request_time).ct_eq(&given).into() {
            position = Some(token.position);
        }
    }
    position.ok_or(Refusal::SignWrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documented example (page 34354). Older English pages misprint its token as `xxxyyy`.
    const VECTOR_TOKEN: &str = "xxxxyyyy";
    const VECTOR_TIME: &str = "1669872112";
    const VECTOR_SIGN: &str = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061";
    const NOW: u64 = 1_669_872_112;

    fn app(sdk_appid: &str, tokens: &[(usize, &str)]) -> App {
        let token = |&(position, secret): &(usize, &str)| Token { position, secret: secret.into() };
        App { sdk_appid: sdk_appid.into(), tokens: tokens.iter().map(token).collect() }
    }

    fn raw(sdk_appid: &str, time: &str, sign: &str) -> String {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        format!("SdkAppid={}&RequestTime={}&Sign={}", encode(sdk_appid), encode(time), encode(sign))
    }

    fn admit(admission: &Admission, raw: &str, now: u64) -> Result<Option<usize>, Refusal> {
        admission.admit(&Query::parse(raw), now).map(|admitted| admitted.token)
    }

    #[test]
    fn documented_sign_is_admitted_in_lower_and_upper_case() {
        let admission = Admission::new(vec![app("1400000001", &[(1, VECTOR_TOKEN)])]);
        for hex in [VECTOR_SIGN.to_owned(), VECTOR_SIGN.to_uppercase()] {
            let raw = raw("1400000001", VECTOR_TIME, &hex);
            let admitted = admission.admit(&Query::parse(&raw), NOW);
            assert_eq!(admitted, Ok(Admitted { sdk_appid: "1400000001", token: Some(1) }));
        }
    }

    #[test]
    fn misprinted_token_is_refused() {
        let admission = Admission::new(vec![app("1", &[(1, "xxxyyy")])]);
        assert_eq!(admit(&admission, &raw("1", VECTOR_TIME, VECTOR_SIGN), NOW), Err(Refusal::SignWrong));
    }

    #[test]
    fn request_is_fresh_up_to_sixty_seconds() {
        let admission = Admission::new(vec![app("1", &[(1, VECTOR_TOKEN)])]);
        for (now, expected) in [
            (NOW - 61, Some(Refusal::SignInFuture)),
            (NOW - 60, None),
            (NOW, None),
            (NOW + 60, None),
            (NOW + 61, Some(Refusal::SignTooOld)),
            (0, Some(Refusal::SignInFuture)),
            (u64::MAX, Some(Refusal::SignTooOld)),
        ] {
            let result = admit(&admission, &raw("1", VECTOR_TIME, VECTOR_SIGN), now);
            assert_eq!(result.err(), expected, "{now}");
        }
    }

    #[test]
    fn any_token_of_the_application_admits_and_gives_its_position() {
        let admission = Admission::new(vec![
            app("1", &[(1, "old"), (2, "new")]),
            app("2", &[(3, "its own")]),
            app("3", &[]),
        ]);
        for (sdk_appid, token, expected) in [
            ("1", "old", Ok(Some(1))),
            ("1", "new", Ok(Some(2))),
            ("1", "its own", Err(Refusal::SignWrong)),
            ("2", "its own", Ok(Some(3))),
            ("2", "old", Err(Refusal::SignWrong)),
            ("3", "old", Ok(None)),
            ("4", "old", Err(Refusal::SdkAppidForeign)),
            ("01", "old", Err(Refusal::SdkAppidForeign)),
            ("", "old", Err(Refusal::SdkAppidForeign)),
        ] {
            let result = admit(&admission, &raw(sdk_appid, VECTOR_TIME, &sign(token, VECTOR_TIME)), NOW);
            assert_eq!(result, expected, "{sdk_appid} {token}");
        }
    }

    #[test]
    fn url_check_needs_no_application_but_a_valid_token() {
        let signed = Admission::new(vec![app("1", &[(1, "a"), (2, "b")]), app("2", &[(3, VECTOR_TOKEN)])]);
        let mixed = Admission::new(vec![app("1", &[(1, VECTOR_TOKEN)]), app("2", &[])]);
        let query = format!("CallbackCommand=A.B&RequestTime={VECTOR_TIME}&Sign=");
        let (right, wrong) = (query.clone() + VECTOR_SIGN, query + &VECTOR_SIGN.replace('1', "2"));
        let time = format!("RequestTime={VECTOR_TIME}");
        let (by_token, unsigned) = (|position| Some(Some(position)), Some(None));
        for (admission, raw, body, now, expected) in [
            (&signed, right.as_str(), "", NOW, by_token(3)),
            (&signed, &right, " \r\n", NOW + 60, by_token(3)),
            (&signed, &right, "{ }", NOW - 60, by_token(3)),
            (&signed, &right, "{}", NOW + 61, None),
            (&signed, &right, r#"{"a":1}"#, NOW, None),
            (&signed, &right, "[]", NOW, None),
            (&signed, &(right.clone() + "&SdkAppid=1"), "{}", NOW, None),
            (&signed, &(right.clone() + "&sdkappid="), "{}", NOW, None),
            (&signed, &wrong, "{}", NOW, None),
            (&signed, &time, "{}", NOW, None),
            (&signed, "", "", NOW, None),
            (&mixed, &right, "{}", NOW, by_token(1)),
            (&mixed, &wrong, "{}", NOW, unsigned),
            (&mixed, "", "", NOW, unsigned),
            (&mixed, "", "x", NOW, None),
        ] {
            let probe = admission.admit_probe(&Query::parse(raw), body.as_bytes(), now);
            assert_eq!(probe.map(|probe| probe.token), expected, "{raw} {body}");
        }
        assert_eq!(Admission::new(Vec::new()).admit_probe(&Query::parse(&right), b"", NOW), None);
    }

    #[test]
    fn missing_or_malformed_parameters_have_their_own_refusals() {
        let admission = Admission::new(vec![app("1", &[(1, VECTOR_TOKEN)])]);
        let time = VECTOR_TIME;
        for (raw, expected) in [
            (format!("RequestTime={time}&Sign={VECTOR_SIGN}"), Refusal::SdkAppidMissing),
            (format!("SdkAppid=1&RequestTime={time}"), Refusal::SignMissing),
            (format!("SdkAppid=1&Sign={VECTOR_SIGN}"), Refusal::SignMissing),
            (raw("1", "+1669872112", VECTOR_SIGN), Refusal::SignMalformed),
            (raw("1", "-1669872112", VECTOR_SIGN), Refusal::SignMalformed),
            (raw("1", "1669872112 ", VECTOR_SIGN), Refusal::SignMalformed),
            (raw("1", "99999999999999999999999", VECTOR_SIGN), Refusal::SignMalformed),
            (raw("1", "", VECTOR_SIGN), Refusal::SignMalformed),
            (raw("1", time, ""), Refusal::SignMalformed),
            (raw("1", time, &VECTOR_SIGN[1..]), Refusal::SignMalformed),
            (raw("1", time, &VECTOR_SIGN.replace('1', "g")), Refusal::SignMalformed),
            (raw("1", time, &VECTOR_SIGN.replace('1', "2")), Refusal::SignWrong),
        ] {
            assert_eq!(admit(&admission, &raw, NOW), Err(expected), "{raw}");
        }
    }

    #[test]
    fn debug_shows_no_token() {
        let admission = Admission::new(vec![app("1", &[(1, "planted")])]);
        let debug = format!("{admission:?}");
        assert!(debug.contains("Token { position: 1, .. }") && !debug.contains("planted"), "{debug}");
    }
}
