//! Which requests are admitted.

use super::*;
use crate::signature::sign;

/// The documented example (page 34354). Older English pages misprint its token as `xxxyyy`.
const VECTOR_TOKEN: &str = "xxxxyyyy";
const VECTOR_TIME: &str = "1669872112";
const VECTOR_SIGN: &str = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061";
const NOW: u64 = 1_669_872_112;

fn signed(sdk_appid: &str, tokens: &[&str]) -> App {
    App::signed(sdk_appid, tokens.iter().copied()).expect("tokens")
}

fn raw(sdk_appid: &str, time: &str, sign: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("SdkAppid={}&RequestTime={}&Sign={}", encode(sdk_appid), encode(time), encode(sign))
}

/// The application and the index of the token that admit a request with a body.
fn admit(receiver: &Receiver, raw: &str, now: u64) -> Result<Option<(String, usize)>, Refusal> {
    let admitted = receiver.admit(Query::parse(raw), b"{}", now)?;
    Ok(admitted.signed_by().map(|by| (by.sdk_appid.to_owned(), by.index)))
}

fn signed_by(sdk_appid: &str, index: usize) -> (String, usize) {
    (sdk_appid.to_owned(), index)
}

#[test]
fn token_with_which_anybody_could_sign_is_an_error() {
    for (tokens, error) in [
        (&[][..], TokenError::Missing),
        (&[""], TokenError::Blank),
        (&[" \t\n"], TokenError::Blank),
        (&["\u{3000}"], TokenError::Blank),
        (&["good", ""], TokenError::Blank),
    ] {
        assert_eq!(App::signed("1", tokens.iter().copied()), Err(error), "{tokens:?}");
    }
    assert_eq!(TokenError::Blank.to_string(), "a token is empty or only white space");
    // A token is taken as it is.
    let receiver = Receiver::new([signed("1", &[" a "])]);
    for (token, expected) in [(" a ", Ok(Some(signed_by("1", 0)))), ("a", Err(Refusal::SignWrong))] {
        assert_eq!(admit(&receiver, &raw("1", VECTOR_TIME, &sign(token, VECTOR_TIME)), NOW), expected);
    }
}

#[test]
fn documented_sign_is_admitted_in_lower_and_upper_case() {
    let receiver = Receiver::new([signed("1400000001", &[VECTOR_TOKEN])]);
    for hex in [VECTOR_SIGN.to_owned(), VECTOR_SIGN.to_uppercase()] {
        let raw = raw("1400000001", VECTOR_TIME, &hex);
        assert_eq!(admit(&receiver, &raw, NOW), Ok(Some(signed_by("1400000001", 0))));
        let admitted = receiver.admit(Query::parse(&raw), b"", NOW).expect("it is signed");
        assert_eq!(admitted.sdk_appid(), Some("1400000001"));
    }
}

#[test]
fn misprinted_token_is_refused() {
    let receiver = Receiver::new([signed("1", &["xxxyyy"])]);
    assert_eq!(admit(&receiver, &raw("1", VECTOR_TIME, VECTOR_SIGN), NOW), Err(Refusal::SignWrong));
}

#[test]
fn request_is_fresh_up_to_sixty_seconds() {
    let receiver = Receiver::new([signed("1", &[VECTOR_TOKEN])]);
    for (now, expected) in [
        (NOW - 61, Some(Refusal::SignInFuture)),
        (NOW - 60, None),
        (NOW, None),
        (NOW + 60, None),
        (NOW + 61, Some(Refusal::SignTooOld)),
        (0, Some(Refusal::SignInFuture)),
        (u64::MAX, Some(Refusal::SignTooOld)),
    ] {
        let result = admit(&receiver, &raw("1", VECTOR_TIME, VECTOR_SIGN), now);
        assert_eq!(result.err(), expected, "{now}");
    }
}

#[test]
fn any_token_of_the_application_admits() {
    let receiver = Receiver::new([
        signed("1", &["old", "new"]),
        signed("2", &["its own"]),
        App::unsigned("3"),
        App::unsigned("4"),
        signed("4", &["late"]),
        App::unsigned(""),
    ]);
    for (sdk_appid, token, expected) in [
        ("1", "old", Ok(Some(signed_by("1", 0)))),
        ("1", "new", Ok(Some(signed_by("1", 1)))),
        ("1", "its own", Err(Refusal::SignWrong)),
        ("2", "its own", Ok(Some(signed_by("2", 0)))),
        ("2", "old", Err(Refusal::SignWrong)),
        ("3", "old", Ok(None)),
        ("4", "old", Err(Refusal::SignWrong)),
        ("4", "late", Ok(Some(signed_by("4", 0)))),
        ("5", "old", Err(Refusal::SdkAppidForeign)),
        ("01", "old", Err(Refusal::SdkAppidForeign)),
        ("", "old", Err(Refusal::SdkAppidForeign)),
    ] {
        let result = admit(&receiver, &raw(sdk_appid, VECTOR_TIME, &sign(token, VECTOR_TIME)), NOW);
        assert_eq!(result, expected, "{sdk_appid} {token}");
    }
}

#[test]
fn url_check_needs_no_application_but_a_valid_token() {
    let all_signed = Receiver::new([signed("1", &["a", "b"]), signed("2", &[VECTOR_TOKEN])]);
    let mixed = Receiver::new([signed("1", &[VECTOR_TOKEN]), App::unsigned("2")]);
    let query = format!("CallbackCommand=A.B&RequestTime={VECTOR_TIME}&Sign=");
    let (right, wrong) = (query.clone() + VECTOR_SIGN, query + &VECTOR_SIGN.replace('1', "2"));
    let time = format!("RequestTime={VECTOR_TIME}");
    for (receiver, raw, body, now, expected) in [
        (&all_signed, right.as_str(), "", NOW, Some(Some(signed_by("2", 0)))),
        (&all_signed, &right, " \r\n", NOW + 60, Some(Some(signed_by("2", 0)))),
        (&all_signed, &right, "{ }", NOW - 60, Some(Some(signed_by("2", 0)))),
        (&all_signed, &right, "{}", NOW + 61, None),
        (&all_signed, &right, r#"{"a":1}"#, NOW, None),
        (&all_signed, &right, "[]", NOW, None),
        (&all_signed, &(right.clone() + "&SdkAppid=3"), "{}", NOW, None),
        (&all_signed, &(right.clone() + "&sdkappid="), "{}", NOW, None),
        (&all_signed, &wrong, "{}", NOW, None),
        (&all_signed, &time, "{}", NOW, None),
        (&all_signed, "", "", NOW, None),
        (&mixed, &right, "{}", NOW, Some(Some(signed_by("1", 0)))),
        (&mixed, &wrong, "{}", NOW, Some(None)),
        (&mixed, "", "", NOW, Some(None)),
        (&mixed, "", "x", NOW, None),
        (&Receiver::new([]), &right, "", NOW, None),
    ] {
        let admitted = receiver.admit(Query::parse(raw), body.as_bytes(), now).ok();
        let found = admitted.map(|admitted| {
            assert_eq!(admitted.sdk_appid(), None);
            let signed_by = admitted.signed_by().map(|by| (by.sdk_appid.to_owned(), by.index));
            assert!(matches!(admitted.read(body.as_bytes()), Ok(Received::UrlCheck)));
            signed_by
        });
        assert_eq!(found, expected, "{raw} {body}");
    }
}

#[test]
fn missing_or_malformed_parameters_have_their_own_refusals() {
    let receiver = Receiver::new([signed("1", &[VECTOR_TOKEN])]);
    let time = VECTOR_TIME;
    for (raw, expected) in [
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
        assert_eq!(admit(&receiver, &raw, NOW), Err(expected), "{raw}");
    }
}

#[test]
fn refusal_is_an_error_with_the_json_to_send() {
    let receiver = Receiver::new([signed("1", &[VECTOR_TOKEN])]);
    let refusal = receiver.receive("SdkAppid=1", b"{}", NOW).expect_err("it is not signed");
    let error: &dyn Error = &refusal;
    assert_eq!(error.to_string(), "Sign or RequestTime is not valid.");
    let json = r#"{"ActionStatus":"FAIL","ErrorInfo":"Sign or RequestTime is not valid.","ErrorCode":401}"#;
    assert_eq!((refusal.status(), refusal.json().as_str()), (401, json));
}

#[test]
fn debug_shows_neither_token_nor_sign() {
    let receiver = Receiver::new([signed("1", &["planted", "planted"])]);
    let raw = raw("1", VECTOR_TIME, &sign("planted", VECTOR_TIME));
    let admitted = receiver.admit(Query::parse(&raw), b"{}", NOW).expect("it is signed");
    let debug = format!("{receiver:?} {admitted:?} {:?}", admitted.clone().read(b"{\"GroupId\":\"g\"}"));
    assert!(debug.contains("tokens: 2"), "{debug}");
    assert!(!debug.contains("planted") && !debug.contains(&sign("planted", VECTOR_TIME)), "{debug}");
}
