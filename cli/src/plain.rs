//! Plain texts for a terminal. Users choose names and messages, which must not control it.

use std::fmt::{Display, Write};

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// A number with its noun: "1 event", "2 events", "0 entries".
pub(crate) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    if count == N::from(1) {
        return format!("{count} {noun}");
    }
    match noun.strip_suffix('y') {
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {noun}s"),
    }
}

/// Whether a terminal only shows the character. Control, format (direction, zero width) and separator characters are
/// not plain.
pub(crate) fn is_plain(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    !matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// The text with U+FFFD for each character that is not plain.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|character| if is_plain(character) { character } else { '\u{fffd}' }).collect()
}

/// The text for a page. Line breaks, tabs, the joiners of scripts and emoji, and the marks of right-to-left scripts stay.
/// All other characters that are not plain become U+FFFD.
pub(crate) fn printable(text: &str) -> String {
    let stays = |character| is_plain(character) || matches!(character, '\n' | '\t' | '\u{200c}'..='\u{200f}');
    text.chars().map(|character| if stays(character) { character } else { '\u{fffd}' }).collect()
}

/// The same JSON value, with escapes for characters that are not plain. White space between tokens stays.
pub(crate) fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_plain(character) || matches!(character, '\n' | '\r' | '\t') {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string can't fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C0, DEL, C1, direction, zero width, separators, a tag outside of the first plane.
    const HOSTILE: &str = "\u{1b}\u{7f}\u{9b}\u{61c}\u{200b}\u{202e}\u{2028}\u{2066}\u{feff}\u{e0041}";

    #[test]
    fn noun_is_singular_only_after_one() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "event")), ["0 events", "1 event", "2 events"]);
        assert_eq!([1, 10].map(|count: u64| counted(count, "entry")), ["1 entry", "10 entries"]);
    }

    #[test]
    fn invisible_characters_are_replaced_for_a_terminal() {
        let text = format!("群 é e\u{301} 😀{HOSTILE}");
        assert_eq!(plain(&text), format!("群 é e\u{301} 😀{}", "\u{fffd}".repeat(10)));
    }

    #[test]
    fn escaped_json_is_the_same_value() {
        let value = serde_json::Value::from(HOSTILE);
        let escaped = escaped(&value.to_string());
        assert!(escaped.is_ascii() && escaped.contains("\\udb40\\udc41"), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).ok(), Some(value));
    }
}
