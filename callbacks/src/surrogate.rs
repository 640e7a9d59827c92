//! Lone surrogates. A JSON string can escape one half of a surrogate pair, as in `"\ud800"`. That is not valid
//! Unicode, so parsers reject such a text. It occurs, because clients cut texts in the middle of an emoji.

/// The JSON with each lone surrogate replaced by `\ufffd`, the replacement character; `None` if there is none. The
/// length stays the same, so positions are the same in both texts.
pub(crate) fn replaced(json: &str) -> Option<String> {
    let mut replaced: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| rest.find('\\')) {
        at += found;
        at += match (unit(json, at), unit(json, at + 6)) {
            (None, _) => 2,
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                let copy = replaced.get_or_insert_with(|| json.as_bytes().to_vec());
                copy[at..at + 6].copy_from_slice(br"\ufffd");
                6
            }
            (Some(_), _) => 6,
        };
    }
    String::from_utf8(replaced?).ok()
}

/// The UTF-16 unit escaped at this position, if it can be a surrogate.
fn unit(json: &str, at: usize) -> Option<u16> {
    let escape = json.as_bytes().get(at..at + 6)?;
    let digits = escape.strip_prefix(br"\ud").or_else(|| escape.strip_prefix(br"\uD"))?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok().map(|low| 0xD000 | low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lone_surrogates_are_replaced() {
        for (json, expected) in [
            (r#""\ud800""#, r#""\ufffd""#),
            (r#""\uDFFFa\uDBFF""#, r#""\ufffda\ufffd""#),
            (r#""\ud800\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            (r#""\ud83d\\ude00""#, r#""\ufffd\\ude00""#),
            (r#"{"\ud800":["群\ud800群"]}"#, r#"{"\ufffd":["群\ufffd群"]}"#),
        ] {
            assert_eq!(replaced(json).as_deref(), Some(expected), "{json}");
        }
        for json in [
            r#""\ud83d\ude00""#,
            r#""\\ud800""#,
            r#""\ud7ff\ue000""#,
            r#""\n\"群""#,
            "{}",
            r"\",
            r"\群",
            r"\ud8",
        ] {
            assert_eq!(replaced(json), None, "{json}");
        }
    }
}
