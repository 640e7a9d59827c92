//! String values of a body, replaced so that every other byte stays.

use std::borrow::Cow;

/// The body with a replacement for each string value that is the text; `None` if there is none. Names of fields stay,
/// and so do longer strings that contain the text.
///
/// A body is valid JSON, so quotation marks stand only around strings.
pub(super) fn replaced(body: &str, text: &str, replacement: &str) -> Option<String> {
    let literal = serde_json::Value::from(replacement).to_string();
    let (mut replaced, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(found) = body[at..].find('"') {
        let start = at + found;
        let end = end(body, start);
        if !is_name(body, end) && value(&body[start..end]).is_some_and(|value| value == text) {
            replaced.push_str(&body[copied..start]);
            replaced.push_str(&literal);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return None;
    }
    replaced.push_str(&body[copied..]);
    Some(replaced)
}

/// The end of the string that begins here.
fn end(body: &str, start: usize) -> usize {
    let mut is_escaped = false;
    for (index, byte) in body.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    body.len()
}

/// Whether the string that ends here is the name of a field.
fn is_name(body: &str, end: usize) -> bool {
    body[end..].trim_start_matches([' ', '\t', '\n', '\r']).starts_with(':')
}

/// The text of a string; `None` if it has a lone surrogate, which is not valid in a text.
fn value(literal: &str) -> Option<Cow<'_, str>> {
    if literal.contains('\\') {
        return serde_json::from_str::<String>(literal).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(literal.trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_string_values_are_replaced() {
        for (body, expected) in [
            (r#"{"a":"amy"}"#, Some(r#"{"a":"X"}"#)),
            (
                r#"{"a": ["bob", "amy" ,"amy"], "b": {"c":"amy"}}"#,
                Some(r#"{"a": ["bob", "X" ,"X"], "b": {"c":"X"}}"#),
            ),
            // The same text with escapes.
            (r#"{"a":"am\u0079","b":"\u0061\u006D\u0079"}"#, Some(r#"{"a":"X","b":"X"}"#)),
            (r#"{"amy" : "amy", "amy":1}"#, Some(r#"{"amy" : "X", "amy":1}"#)),
            (
                r#"{"a":"\"amy\"","b":"\\","c":"amy","d":"\ud800"}"#,
                Some(r#"{"a":"\"amy\"","b":"\\","c":"X","d":"\ud800"}"#),
            ),
            (
                "{\"群\":\"群\",\n\t\"a\":\"amy\",\"n\":1.50E+1}",
                Some("{\"群\":\"群\",\n\t\"a\":\"X\",\"n\":1.50E+1}"),
            ),
            (r#"{"a":"amy2","b":"Amy","c":"hello, amy","d":" amy","e":"","amy":null}"#, None),
            (r#"{"a":"{\"b\":\"amy\"}","b":"\ud800amy"}"#, None),
            ("{}", None),
        ] {
            assert_eq!(replaced(body, "amy", "X").as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn id_is_replaced_if_it_has_escapes() {
        for (id, body) in [
            ("a\"b", r#"{"a":"a\"b"}"#),
            ("a\\", r#"{"a":"a\\"}"#),
            ("a/b", r#"{"a":"a\/b"}"#),
            ("小明😀", r#"{"a":"小\u660e\ud83d\ude00"}"#),
            ("", r#"{"a":""}"#),
        ] {
            assert_eq!(replaced(body, id, "x\"").as_deref(), Some(r#"{"a":"x\""}"#), "{body}");
        }
    }
}
