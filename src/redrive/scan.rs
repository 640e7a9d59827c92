//! One pass over a text with JSON in it: the objects and strings that may hold an unrecorded callback.
//!
//! A log may be cut off anywhere and mixed with other text, so this does not parse. It follows strings and brackets,
//! and forgets the open brackets where a string is broken. Each byte is looked at once: a parser that starts anew at
//! each bracket takes seconds for a line full of them.

/// Something found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A whole object under the label.
    Labelled(&'a str),
    /// An object under the label whose end is missing.
    CutOff,
    /// A string, in quotes, that may be a log line: an element of an array, or the value of `message`.
    Message(&'a str),
}

/// An open bracket.
struct Open {
    byte: u8,
    start: usize,
    is_labelled: bool,
}

/// The state of a pass.
pub(super) struct Scan<'a> {
    text: &'a str,
    label: &'a str,
    at: usize,
    open: Vec<Open>,
    /// The last string, if nothing came after it.
    string: Option<&'a str>,
    /// The name whose value comes next.
    name: Option<&'a str>,
    cut_off: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str, label: &'a str) -> Self {
        Self { text, label, at: 0, open: Vec::new(), string: None, name: None, cut_off: 0 }
    }

    fn opening(&mut self, byte: u8, start: usize) {
        let is_labelled = byte == b'{' && self.name.take() == Some(self.label);
        self.string = None;
        self.open.push(Open { byte, start, is_labelled });
    }

    /// Closes the last open bracket of this kind, and forgets those after it, which were never closed.
    fn closing(&mut self, byte: u8) -> Option<Part<'a>> {
        (self.string, self.name) = (None, None);
        let index = self.open.iter().rposition(|open| open.byte == byte);
        self.forget(index.map_or(0, |index| index + 1));
        let Open { start, is_labelled, .. } = self.open.pop()?;
        is_labelled.then(|| Part::Labelled(&self.text[start..self.at]))
    }

    /// Forgets the open brackets from this one on.
    fn forget(&mut self, from: usize) {
        self.cut_off += self.open.drain(from..).filter(|open| open.is_labelled).count();
    }

    /// A string that begins here. Without its end it can't be one: JSON has no raw control characters in strings.
    fn quote(&mut self, start: usize) -> Option<Part<'a>> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') if bytes.get(self.at + 1).is_some_and(|next| *next >= 0x20) => self.at += 2,
                Some(0x20..) => self.at += 1,
                Some(_) | None => {
                    self.forget(0);
                    (self.string, self.name) = (None, None);
                    return None;
                }
            }
        }
        self.at += 1;
        let quoted = &self.text[start..self.at];
        let name = self.name.take();
        let in_array = self.open.last().is_some_and(|open| open.byte == b'[');
        self.string = name.is_none().then(|| &quoted[1..quoted.len() - 1]);
        (name == Some("message") || (name.is_none() && in_array)).then_some(Part::Message(quoted))
    }
}

impl<'a> Iterator for Scan<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        loop {
            if self.cut_off > 0 {
                self.cut_off -= 1;
                return Some(Part::CutOff);
            }
            let start = self.at;
            let Some(&byte) = self.text.as_bytes().get(start) else {
                self.forget(0);
                if self.cut_off == 0 {
                    return None;
                }
                continue;
            };
            self.at += 1;
            let found = match byte {
                b'{' | b'[' => {
                    self.opening(byte, start);
                    None
                }
                b'}' => self.closing(b'{'),
                b']' => self.closing(b'['),
                // Outside of brackets a quotation mark is not JSON's.
                b'"' if !self.open.is_empty() => self.quote(start),
                b':' => {
                    self.name = self.string.take();
                    None
                }
                _ if byte.is_ascii_whitespace() => None,
                _ => {
                    (self.string, self.name) = (None, None);
                    None
                }
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Vec<Part<'_>> {
        Scan::new(text, "label").collect()
    }

    #[test]
    fn labelled_objects_and_messages_are_found_and_other_strings_are_not() {
        use Part::{CutOff, Labelled, Message};
        for (text, parts) in [
            (r#"{"label":{"a":"}"}}"#, vec![Labelled(r#"{"a":"}"}"#)]),
            (r#"{"label" : {"a":[{}]} }"#, vec![Labelled(r#"{"a":[{}]}"#)]),
            (r#"[x] "label":{"a":1}"#, vec![]),
            (r#"{"label":"x","other":{"label":5}}"#, vec![]),
            (
                r#"["a","\"",{"message":"b","other":"c"}]"#,
                vec![Message(r#""a""#), Message(r#""\"""#), Message(r#""b""#)],
            ),
            (r#"{"label":{"a":["#, vec![CutOff]),
            (r#"{"label":{"a":"b"#, vec![CutOff]),
            ("{\"label\":{\"a\":\"b\n{\"label\":{}}", vec![CutOff, Labelled("{}")]),
            ("{\"label\":{\"a\":1\n{\"label\":{}}", vec![Labelled("{}"), CutOff]),
            (r#"{"label":{"a":[1}}"#, vec![Labelled(r#"{"a":[1}"#)]),
            ("]}\"{", vec![]),
        ] {
            assert_eq!(scan(text), parts, "{text}");
        }
    }

    #[test]
    fn brackets_are_looked_at_once() {
        for brackets in ["[", "{", "[{", "{\"label\":", "{\"label\":{", "[\"", "}", "[}"] {
            let text = brackets.repeat(2_000_000 / brackets.len());
            let started = std::time::Instant::now();
            scan(&text);
            assert!(started.elapsed().as_secs() < 5, "{brackets}");
        }
    }
}
