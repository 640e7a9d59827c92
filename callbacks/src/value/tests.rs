use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

use super::*;

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn text_is_borrowed_unless_it_has_escapes() {
    for (json, expected, borrowed) in
        [(r#""""#, "", true), (r#" "群🦊" "#, "群🦊", true), (r#""a\"\u7fa4\ud83e\udd8a""#, "a\"群🦊", false)]
    {
        let text: Text<'_> = read(json).expect(json);
        assert_eq!(text, expected);
        assert_eq!(matches!(text.0, Cow::Borrowed(_)), borrowed, "{json}");
    }
}

#[test]
fn whole_number_is_read_as_text() {
    for number in ["0", "-1", "144115233406643804", "18446744073709551615"] {
        assert_eq!(read::<Text<'_>>(number), Ok(number.into()));
    }
}

#[test]
fn value_that_is_not_text_is_an_error() {
    for (json, expected) in [
        ("null", "invalid type: null, expected a string or a number"),
        ("true", "invalid type: boolean `true`"),
        ("false", "invalid type: boolean `false`"),
        ("{}", "invalid type: map"),
        ("[]", "invalid type: sequence"),
        ("1.5", "invalid type: floating point `1.5`"),
        (r#""\ud800""#, "unexpected end of hex escape"),
    ] {
        let error = read::<Text<'_>>(json).expect_err(json);
        assert!(error.starts_with(expected), "{error}");
    }
    assert_eq!(read(" null"), Ok(None::<Text<'_>>));
}

#[test]
fn numbers_are_read_from_strings_too() {
    for (json, expected) in [
        ("0", 0),
        ("-1", -1),
        ("9223372036854775807", i64::MAX),
        (r#""-9223372036854775808""#, i64::MIN),
        (r#""1670574414123""#, 1_670_574_414_123),
        (r#""\u0031""#, 1),
        ("5.0", 5),
        ("-1E3", -1000),
        (r#""1.5e1""#, 15),
    ] {
        assert_eq!(read(json), Ok(Number(expected)), "{json}");
    }
    for json in [
        "1.5",
        "1e300",
        "\"1.5\"",
        "9007199254740993.0",
        "9223372036854775808",
        r#""""#,
        r#"" 1""#,
        r#""soon""#,
        "true",
        "null",
        "[]",
    ] {
        let error = read::<Number>(json).expect_err(json);
        assert!(error.contains("expected an integer, as a number or a string"), "{error}");
    }
}

#[test]
fn times_and_flags_are_read_like_numbers() {
    assert_eq!(read("1670574414123"), Ok(Millis(1_670_574_414_123)));
    assert_eq!(read(r#""1670574414""#), Ok(Seconds(1_670_574_414)));
    assert_eq!(read("1.670574414123E12"), Ok(Millis(1_670_574_414_123)));
    assert_eq!(read("1670574414123.9"), Ok(Millis(1_670_574_414_123)));
    assert_eq!(read(r#""1670574414.9""#), Ok(Seconds(1_670_574_414)));
    assert_eq!(Millis::from(Seconds(1_670_574_414)), Millis(1_670_574_414_000));
    for (json, set) in [("0", false), ("1", true), (r#""0""#, false), (r#""1""#, true), ("2", true)] {
        assert_eq!(read(json), Ok(Flag(set)), "{json}");
    }
    for json in ["true", "null", "[]", r#""soon""#] {
        read::<Flag>(json).expect_err(json);
        read::<Millis>(json).expect_err(json);
        read::<Seconds>(json).expect_err(json);
    }
}

#[test]
fn single_text_is_read_as_a_list() {
    let one = |text: &'static str| Ok(Texts(vec![text.into()]));
    assert_eq!(read(r#""a""#), one("a"));
    assert_eq!(read(r#""\u0061""#), one("a"));
    assert_eq!(read(r#"["a"]"#), one("a"));
    assert_eq!(read("[1]"), one("1"));
    assert_eq!(read::<Texts<'_>>("[]").expect("a list").len(), 0);
    assert_eq!(read::<Texts<'_>>(r#"["a", "b"]"#).expect("a list").len(), 2);
    for json in ["{}", "[[]]", "true"] {
        read::<Texts<'_>>(json).expect_err(json);
    }
}

#[test]
fn raw_json_is_compared_as_text() {
    let raw = |json| read::<Raw<'_>>(json).expect("JSON");
    assert_eq!(raw(" {\"a\": 1}"), raw("{\"a\": 1}"));
    assert_ne!(raw("[1]"), raw("[ 1]"));
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_eq!(raw(&deep).get(), deep);
}

#[test]
fn text_derefs_and_compares_like_str() {
    let text = Text::from("群");
    assert_eq!(format!("{text:>2}"), " 群");
    assert_eq!(String::from(&text), "群");
    assert!(text == *"群" && text == "群" && text.starts_with('群'));
    assert_eq!(AsRef::<str>::as_ref(&text), "群");
    assert_eq!(BTreeMap::from([(text.clone(), 1)]).get("群"), Some(&1));
    assert_eq!(HashMap::from([(text.clone(), 1)]).get("群"), Some(&1));
    assert_eq!(String::from(text), "群");
}

#[test]
fn numbers_convert_and_display_as_digits() {
    let numbers: [i64; 3] = [Number(-5).into(), Seconds(6).into(), Millis(7).into()];
    assert_eq!(numbers, [-5, 6, 7]);
    assert!(Number(5) == 5 && Number(5) != 6);
    assert!(bool::from(Flag(true)) && !bool::from(Flag(false)));
    assert_eq!(format!("{:>3} {:02} {}", Number(-5), Seconds(6), Millis(7)), " -5 06 7");
    assert_eq!(format!("{} {:>2}", Flag(false), Flag(true)), "0  1");
}

#[test]
fn texts_are_iterated_in_order() {
    let texts = Texts(vec!["a".into(), "b".into()]);
    let mut joined = String::new();
    for text in &texts {
        joined += text;
    }
    assert_eq!(joined, "ab");
}

#[test]
fn times_convert_into_system_time() {
    let epoch = SystemTime::UNIX_EPOCH;
    assert_eq!(SystemTime::from(Millis(1_500)), epoch + Duration::from_millis(1_500));
    assert_eq!(SystemTime::from(Millis(-1)), epoch - Duration::from_millis(1));
    assert_eq!(SystemTime::from(Seconds(-2)), epoch - Duration::from_secs(2));
    for extreme in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX] {
        let (millis, seconds): (SystemTime, SystemTime) = (Millis(extreme).into(), Seconds(extreme).into());
        assert_eq!((millis < epoch, seconds < epoch), (extreme < 0, extreme < 0), "{extreme}");
    }
}
