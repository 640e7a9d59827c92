use tencent_chat_callbacks::Query;

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
        let of =
            |pairs: &[(&str, &str)]| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned());
        of(changes).or_else(|| of(&WHOLE))
    })
}

fn positions(settings: &Settings, token: &str) -> Vec<Option<usize>> {
    // Tries a fixed time, with the token's `Sign` for it, on every application.
    let sign = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(format!("{token}1000")));
    let admit = |sdk_appid: &str| {
        let raw = format!("SdkAppid={sdk_appid}&Sign={sign}&RequestTime=1000");
        let admitted = settings.admission.receiver.admit(Query::parse(&raw), b"", 1000).ok()?;
        settings.admission.position(admitted.signed_by()?)
    };
    ["1", "2"].map(admit).to_vec()
}

#[test]
fn every_setting_is_read() {
    let settings = settings(&[("RETENTION_DAYS", "90"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:8000")])
        .expect("the settings are complete");
    let Destination { table_name, item_settings, aws } = settings.destination;
    assert_eq!(table_name, "events");
    assert_eq!(item_settings, ItemSettings { retention_days: Some(90), index_shards: 1 });
    assert_eq!(aws.region, "ap-northeast-1");
    assert_eq!(aws.endpoint_url.as_deref(), Some("http://127.0.0.1:8000"));
}

#[test]
fn dynamodb_endpoint_wins_over_the_general_endpoint() {
    let settings = settings(&[("AWS_ENDPOINT_URL", "http://a"), ("AWS_ENDPOINT_URL_DYNAMODB", "http://b")]);
    assert_eq!(
        settings.expect("the settings are complete").destination.aws.endpoint_url.as_deref(),
        Some("http://b")
    );
}

#[test]
fn error_names_the_missing_or_malformed_setting() {
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
        assert!(error.to_string().starts_with(&format!("setting {name} ")), "{error}");
    }
}

#[test]
fn start_fails_without_a_token_unless_unsigned_is_allowed() {
    for (allow, starts) in [("", false), ("false", false), ("true", true), ("TRUE", false), ("1", false)] {
        let result = settings(&[("CALLBACK_TOKENS", ""), ("ALLOW_UNSIGNED", allow)]);
        assert_eq!(result.is_ok(), starts, "{allow:?}");
    }
    let half = [("SDK_APP_IDS", "1,2"), ("CALLBACK_TOKENS", "1:token")];
    assert_eq!(settings(&half).expect_err("2 has no token").name, "CALLBACK_TOKENS");
}

#[test]
fn margin_of_a_token_is_dropped() {
    for tokens in [
        "\u{feff}own",
        " own\r\n",
        "\u{feff} 1 : own",
        "1:\u{3000}own\t",
        "[\"\u{feff}own\\n\"]",
        " [ \"1: own \" ] ",
    ] {
        let tokens = tokens.replace("1 :", "1:");
        let settings = settings(&[("SDK_APP_IDS", "1"), ("CALLBACK_TOKENS", &tokens)]).expect("the settings");
        assert_eq!(positions(&settings, "own"), [Some(1), None], "{tokens:?}");
    }
    for tokens in ["\u{feff}", "[\" \"]", "1:\u{feff}"] {
        let error = settings(&[("SDK_APP_IDS", "1"), ("CALLBACK_TOKENS", tokens)]).expect_err(tokens);
        assert_eq!(error.name, "CALLBACK_TOKENS");
    }
}

#[test]
fn application_with_a_token_needs_sign_despite_allow_unsigned() {
    let settings =
        settings(&[("SDK_APP_IDS", "1"), ("ALLOW_UNSIGNED", "true")]).expect("the settings are complete");
    let query = tencent_chat_callbacks::Query::parse("SdkAppid=1");
    assert!(settings.admission.receiver.admit(query, b"", 0).is_err());
}

#[test]
fn token_admits_all_applications_or_the_named_one() {
    let settings = settings(&[("SDK_APP_IDS", "1, 2,2"), ("CALLBACK_TOKENS", "all, 2:own ,1:a:b")])
        .expect("the settings are complete");
    assert_eq!(positions(&settings, "all"), [Some(1), Some(1)]);
    assert_eq!(positions(&settings, "own"), [None, Some(2)]);
    assert_eq!(positions(&settings, "a:b"), [Some(3), None]);
}

#[test]
fn json_array_holds_tokens_with_commas_and_brackets() {
    let tokens = r#" ["a,b", "1:[c]", "2:d:e", " f ", "\u0067\"", "1:1:h"] "#;
    let settings =
        settings(&[("SDK_APP_IDS", "1,2"), ("CALLBACK_TOKENS", tokens)]).expect("the settings are complete");
    for (token, expected) in [
        ("a,b", [Some(1), Some(1)]),
        ("[c]", [Some(2), None]),
        ("d:e", [None, Some(3)]),
        ("f", [Some(4), Some(4)]),
        (" f ", [None, None]),
        ("g\"", [Some(5), Some(5)]),
        ("1:h", [Some(6), None]),
        ("h", [None, None]),
        ("a", [None, None]),
    ] {
        assert_eq!(positions(&settings, token), expected, "{token}");
    }
}

#[test]
fn invalid_token_entry_is_named_by_position_and_not_quoted() {
    let long = format!("ok,{}", "planted".repeat(19));
    for (tokens, reason) in [
        ("planted:token", "has no SDKAppID of SDK_APP_IDS before the first colon in entry 1"),
        ("ok,1400000002:planted", "has no SDKAppID of SDK_APP_IDS before the first colon in entry 2"),
        ("ok, :planted", "has no SDKAppID of SDK_APP_IDS before the first colon in entry 2"),
        (r#"["ok", "ok", "planted:"]"#, "has no SDKAppID of SDK_APP_IDS before the first colon in entry 3"),
        ("ok,ok,1400000001:", "has an empty or overlong token in entry 3"),
        (r#"["ok", ""]"#, "has an empty or overlong token in entry 2"),
        (&long, "has an empty or overlong token in entry 2"),
        ("[planted", "begins with [ and is not a JSON array of strings"),
        (r#"["planted", 1]"#, "begins with [ and is not a JSON array of strings"),
        (r#"["planted"],planted"#, "begins with [ and is not a JSON array of strings"),
        (r#"[["planted"]]"#, "begins with [ and is not a JSON array of strings"),
        ("[]", "has no token for an SDKAppID in SDK_APP_IDS"),
    ] {
        let error = settings(&[("CALLBACK_TOKENS", tokens)]).expect_err(tokens);
        assert_eq!((error.name, &*error.reason), ("CALLBACK_TOKENS", reason), "{tokens}");
        assert!(!error.to_string().contains("planted"), "{error}");
    }
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", settings(&[("AWS_SESSION_TOKEN", "planted-session")]));
    assert!(!shown.contains("planted"), "{shown}");
}

#[test]
fn first_token_of_an_application_or_of_all_signs() {
    for (tokens, of_1, of_2) in [
        ("", None, None),
        ("new,old", Some("new"), Some("new")),
        ("2:own,2:old,shared", Some("shared"), Some("own")),
        ("shared,2:own", Some("shared"), Some("own")),
        ("2:own", None, Some("own")),
        (r#"["c,d", "1:a:b"]"#, Some("a:b"), Some("c,d")),
        ("1: \u{feff},new", None, Some("new")),
    ] {
        let lookup = |_: &str| Some(tokens.to_owned());
        let token = |app| token(lookup, app).expect("valid tokens");
        assert_eq!((token("1").as_deref(), token("2").as_deref()), (of_1, of_2), "{tokens}");
    }
}

#[test]
fn reforward_needs_table_receiver_and_queue() {
    let whole = [("FORWARD_URL", "https://me:planted@a.example/"), ("QUEUE_URL", "https://sqs.example/1/q")];
    let read = |settings: &[(&str, &str)]| {
        Reforwarding::from_lookup(|name| {
            let mut all = settings.iter().chain(&WHOLE);
            all.find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned())
        })
    };
    let settings = read(&whole).expect("the settings are complete");
    assert!(!format!("{settings:?}").contains("planted"), "{settings:?}");
    for (name, setting) in [
        ("FORWARD_URL", &[whole[1]][..]),
        ("QUEUE_URL", &[whole[0]]),
        ("FORWARD_URL", &[("FORWARD_URL", "http://a.example/"), whole[1]]),
        ("TABLE_NAME", &[("TABLE_NAME", ""), whole[0], whole[1]]),
        ("CALLBACK_TOKENS", &[("CALLBACK_TOKENS", "["), whole[0], whole[1]]),
    ] {
        assert_eq!(read(setting).expect_err(name).name, name);
    }
}
