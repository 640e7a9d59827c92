//! The string literals of JSON.

use std::borrow::Cow;

/// The end of the string that begins at a quotation mark.
pub(super) fn end(json: &str, start: usize) -> usize {
    let mut is_escaped = false;
    for (index, byte) in json.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    json.len()
}

/// The text of a literal. A lone surrogate, which is no text, becomes U+FFFD: apps cut texts in the middle of an emoji.
pub(super) fn text(literal: &str) -> Cow<'_, str> {
    if !literal.contains('\\') {
        return Cow::Borrowed(literal.trim_matches('"'));
    }
    let text = serde_json::from_str::<String>(literal);
    Cow::Owned(text.or_else(|_| serde_json::from_str(&without_surrogates(literal))).unwrap_or_default())
}

/// The literal with `\ufffd` for each escape of half a character.
fn without_surrogates(literal: &str) -> String {
    let (mut replaced, mut rest) = (String::with_capacity(literal.len()), literal);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        replaced.push_str(before);
        let is_half = escape.as_bytes().get(2..4).is_some_and(|digits| {
            digits[0].eq_ignore_ascii_case(&b'd')
                && matches!(digits[1], b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F')
        });
        let length = if escape[1..].starts_with('u') { 6 } else { 2 };
        let (escape, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        replaced.push_str(if length == 6 && is_half { "\\ufffd" } else { escape });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// The literal of a text.
pub(super) fn of(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_literal_is_read_despite_lone_surrogates() {
        for (literal, expected) in [
            (r#""amy""#, "amy"),
            (r#""am\u0079\n""#, "amy\n"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\\\uDE00\"b\"""#, "\\\u{fffd}\"b\""),
        ] {
            assert_eq!(text(literal), expected, "{literal}");
            assert_eq!(end(&format!("{literal}, 1"), 0), literal.len());
        }
    }
}
