//! JSON texts that no serializer would write: odd escapes, long numbers, repeated names, white space.

use proptest::{collection::vec, prelude::*, sample::select, string::string_regex};

/// Names with a meaning for the function or for DynamoDB, and some unexpected names.
const NAMES: [&str; 24] = [
    "pk",
    "sk",
    "Body",
    "BodyParts",
    "Part",
    "CommandDay",
    "EventTime",
    "ExpiresAt",
    "Problem",
    "SdkAppid",
    "RequestId",
    "ClientIP",
    "GroupId",
    "From_Account",
    "Info",
    "MemberList",
    "MemberCount",
    "UserDefinedDataList",
    "Name",
    "Type",
    "",
    "a.b#c:d[0]",
    "群組",
    r"\ud83d\ude00",
];

/// A JSON object as text, without a `CallbackCommand`.
pub(crate) fn object() -> impl Strategy<Value = String> {
    let member = (white(), string_of(name()), white(), value(), white())
        .prop_map(|(a, name, b, value, c)| format!("{a}{name}{b}:{value}{c}"));
    vec(member, 0..12).prop_map(|members| format!("{{{}}}", members.join(",")))
}

/// A JSON object with this member before or after the others.
pub(crate) fn with_member(object: &str, member: &str) -> String {
    match object.strip_prefix('{') {
        Some("}") => format!("{{{member}}}"),
        Some(rest) if object.len().is_multiple_of(2) => format!("{{{member},{rest}"),
        _ => format!("{},{member}}}", object.strip_suffix('}').unwrap_or(object)),
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(&NAMES[..]).prop_map(str::to_owned),
        3 => piece(),
        1 => string_regex("[a-z]{1000,1100}").expect("a regex"),
    ]
}

/// A value at the top level. Values inside it may be nested to any depth.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => string_of(text()),
        4 => number(),
        2 => select(&["true", "false", "null"][..]).prop_map(str::to_owned),
        1 => select(&["1670574414123", "\"1670574414123\"", "\"167057441412300000000\"", "1670574414"][..])
            .prop_map(str::to_owned),
        1 => (1_usize..300).prop_map(|levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels))),
        2 => nested(),
    ]
}

fn nested() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![string_of(text()), number(), Just("null".to_owned())];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let names = select(&["To_Account", "Member_Account", "Key", "Value", "x"][..]);
        let member = (names, inner.clone()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
        prop_oneof![
            vec(inner, 0..5).prop_map(|values| format!("[{}]", values.join(" ,"))),
            vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(", "))),
        ]
    })
}

/// A JSON number: usually one that DynamoDB holds, or just can't hold.
fn number() -> impl Strategy<Value = String> {
    let any = "-?(0|[1-9][0-9]{0,45})(\\.[0-9]{1,45})?([eE][+-]?[0-9]{1,3})?";
    prop_oneof![
        8 => string_regex(any).expect("a regex"),
        1 => string_regex("[1-9][0-9]{399}").expect("a regex"),
        1 => string_regex("-?[1-9](\\.0{1,600}1)?[eE]-?[0-9]{1,25}").expect("a regex"),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => vec(piece(), 0..6).prop_map(|pieces| pieces.concat()),
        1 => string_regex("[a-z#群]{1000,1100}").expect("a regex"),
    ]
}

/// A piece of text between the quotes of a JSON string.
fn piece() -> impl Strategy<Value = String> {
    let escapes = ["\\u0000", "\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00", "\\n", "\\/", "\\\"", "\\uFFFF"];
    prop_oneof![
        select(escapes.to_vec()).prop_map(str::to_owned),
        select(&["#", "群組", "👩‍👩‍👧", "@TGS#_", "\u{7f}", "\u{2028}", "'"][..]).prop_map(str::to_owned),
        any::<char>()
            .prop_filter("it needs no escape", |char| !matches!(char, '"' | '\\' | '\0'..='\x1f'))
            .prop_map(String::from),
    ]
}

fn string_of(content: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    content.prop_map(|content| format!("\"{content}\""))
}

fn white() -> impl Strategy<Value = &'static str> {
    select(&["", "", "", " ", "\n", "\t\r\n "][..])
}
