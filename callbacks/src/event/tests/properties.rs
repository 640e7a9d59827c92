//! No body makes parsing panic or leaves Tencent without an answer.

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::callback::Callback;

fn try_all(body: &str) {
    for command in Command::ALL {
        let event = Event::parse(command.name, body);
        if let Err(error) = &event {
            assert!(!error.to_string().is_empty());
        }
        let Ok(callback) = Callback::of(command.name, body) else {
            continue;
        };
        let json = callback.ask().map_or_else(|| callback.answer(), |ask| ask.answer()).json();
        let answer: Value = serde_json::from_str(&json).expect("an answer is JSON");
        assert_eq!(answer["ActionStatus"], "OK");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let name = prop_oneof!["To_Account", "MsgType", "Key", "[A-Za-z_]{0,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_parse_or_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        try_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_value_in_any_field_parses_or_errors(case: Index, field: Index, value in any_json()) {
        let (_, mut body) = cases().nth(case.index(Command::ALL.len())).expect("each command has a case");
        let fields = body.as_object_mut().expect("an object");
        let name = fields.keys().nth(field.index(fields.len())).expect("a field").clone();
        fields.insert(name, value);
        try_all(&body.to_string());
    }

    #[test]
    fn any_bytes_at_any_place_parse_or_error(case: Index, at: Index, bytes in prop::collection::vec(any::<u8>(), 1..8)) {
        let (_, body) = cases().nth(case.index(Command::ALL.len())).expect("each command has a case");
        let mut body = body.to_string().into_bytes();
        let start = at.index(body.len());
        let end = body.len().min(start + bytes.len());
        body.splice(start..end, bytes);
        try_all(&String::from_utf8_lossy(&body));
    }
}
