//! Plain texts for a terminal. Users choose names and messages, which must not control it.

use std::{
    fmt::{Display, Write},
    ops::RangeInclusive,
};

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// `Default_Ignorable_Code_Point` of Unicode 16.0 (`DerivedCoreProperties.txt`): characters that show nothing, in order.
const IGNORABLE: [RangeInclusive<char>; 17] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fff8}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

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
    only(text, is_plain)
}

/// The name of a user, group or topic, with U+FFFD for each character that shows nothing: two names must not look the
/// same.
pub(crate) fn plain_name(name: &str) -> String {
    let is_ignorable = |character| IGNORABLE.iter().any(|range| range.contains(&character));
    only(name, |character| is_plain(character) && (character.is_ascii() || !is_ignorable(character)))
}

fn only(text: &str, stays: impl Fn(char) -> bool) -> String {
    text.chars().map(|character| if stays(character) { character } else { '\u{fffd}' }).collect()
}

/// The text for a page. Line breaks, tabs, the joiners of scripts and emoji, and the marks of right-to-left scripts stay.
/// All other characters that are not plain become U+FFFD.
pub(crate) fn printable(text: &str) -> String {
    only(text, |character| is_plain(character) || matches!(character, '\n' | '\t' | '\u{200c}'..='\u{200f}'))
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
    fn invisible_characters_are_replaced_in_names() {
        for invisible in ["\u{34f}", "\u{fe0f}", "\u{200d}", "\u{3164}", "\u{115f}", "\u{e0100}", HOSTILE] {
            let replaced = "\u{fffd}".repeat(invisible.chars().count());
            assert_eq!(plain_name(&format!("am{invisible}y")), format!("am{replaced}y"), "{invisible:?}");
        }
        assert_eq!(plain_name("群 é e\u{301} 😀"), "群 é e\u{301} 😀");
        assert_eq!((printable("❤\u{fe0f}"), plain("❤\u{fe0f}")), ("❤\u{fe0f}".into(), "❤\u{fe0f}".into()));
    }

    #[test]
    fn escaped_json_is_the_same_value() {
        let value = serde_json::Value::from(HOSTILE);
        let escaped = escaped(&value.to_string());
        assert!(escaped.is_ascii() && escaped.contains("\\udb40\\udc41"), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).ok(), Some(value));
    }
}
