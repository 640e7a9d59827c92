//! Finds a person in JSON, so that every other byte stays.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::{
    ACCOUNT,
    frame::{Frame, holds_words, says_user},
    literal,
};

/// How deep JSON within a string within JSON is read.
const MAX_DEPTH: usize = 4;

/// In the app's data, a number with at least this many digits is an id, whatever the name of its field.
const LONG_NUMBER: usize = 6;

/// The fields of Tencent that hold a word of Tencent. An id may be the same word.
const TENCENT_S_WORDS: [&str; 10] = [
    "CallbackCommand",
    "Type",
    "MsgType",
    "JoinType",
    "ExitType",
    "EventType",
    "Action",
    "Reason",
    "MsgPriority",
    "Role",
];

/// A change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) replacement: String,
}

/// The text after some changes, which are in order.
pub(crate) fn apply(text: &str, edits: &[Edit]) -> String {
    let (mut changed, mut copied) = (String::with_capacity(text.len()), 0);
    for Edit { range, replacement } in edits {
        changed.push_str(&text[copied..range.start]);
        changed.push_str(replacement);
        copied = range.end;
    }
    changed.push_str(&text[copied..]);
    changed
}

/// Whether a field holds a word of Tencent.
pub(super) fn is_word(name: &str) -> bool {
    TENCENT_S_WORDS.contains(&name)
}

/// The changes of a body or an answer.
pub(super) fn edits(json: &str, id: &str, pseudonym: &str) -> Vec<Edit> {
    Scan { json, id, pseudonym, depth: 0, stack: Vec::new(), edits: Vec::new() }.run()
}

/// A walk through valid JSON: quotation marks stand only around strings.
struct Scan<'a> {
    json: &'a str,
    id: &'a str,
    pseudonym: &'a str,
    /// How deep it is in strings. From 1 on, it is the app's own data.
    depth: usize,
    stack: Vec<Frame>,
    edits: Vec<Edit>,
}

impl Scan<'_> {
    fn run(mut self) -> Vec<Edit> {
        let (mut at, mut name) = (0, String::new());
        while let Some(byte) = self.json.as_bytes().get(at) {
            match byte {
                b'{' | b'[' => {
                    self.stack.push(Frame { begin: at, name: name.clone(), ..Frame::default() });
                    at += 1;
                }
                b'}' | b']' => {
                    at += 1;
                    name = self.close(at);
                }
                b'"' => {
                    let range = at..literal::end(self.json, at);
                    at = range.end;
                    if self.json[at..].trim_start().starts_with(':') {
                        name = literal::text(&self.json[range.clone()]).into_owned();
                        self.key(range, &name);
                    } else {
                        self.string(range, &name);
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let is_number =
                        |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                    let length = self.json.as_bytes()[at..].iter().take_while(|byte| is_number(byte)).count();
                    self.number(at..at + length, &name);
                    at += length;
                }
                _ => at += 1,
            }
        }
        self.edits.sort_by_key(|edit| edit.range.start);
        self.edits
    }

    /// The name of a field. In the app's data, a user may be one: `{"amy": "👍"}`.
    fn key(&mut self, range: Range<usize>, name: &str) {
        if self.depth > 0 && name == self.id {
            self.replace(range, literal::of(self.pseudonym));
        }
    }

    fn string(&mut self, range: Range<usize>, name: &str) {
        let text = literal::text(&self.json[range.clone()]);
        if text == self.id && (self.depth > 0 || !is_word(name)) {
            return self.person(range, name);
        }
        if let Some(inner) = self.inner(&text) {
            return self.replace(range, literal::of(&inner));
        }
        if self.depth > 0
            && holds_words(name)
            && let Some(frame) = self.stack.last_mut()
        {
            frame.words.push(range);
        }
    }

    /// The changed text of a string that is JSON, if the person is in it.
    fn inner(&self, text: &str) -> Option<String> {
        // An app may encode JSON twice. A text that is only in quotation marks is not JSON of the app.
        let is_outside = |character: char| character.is_whitespace() || matches!(character, '"' | '\\');
        let begins = text.trim_start_matches(is_outside).starts_with(['{', '[']);
        let may_have = text.contains(self.id) || text.contains('\\');
        if !begins || !may_have || self.depth == MAX_DEPTH {
            return None;
        }
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        let Self { id, pseudonym, depth, .. } = *self;
        let scan = Scan { json: text, id, pseudonym, depth: depth + 1, stack: Vec::new(), edits: Vec::new() };
        let edits = scan.run();
        (!edits.is_empty()).then(|| apply(text, &edits))
    }

    fn number(&mut self, range: Range<usize>, name: &str) {
        let is_user = if self.depth == 0 {
            name.ends_with(ACCOUNT)
        } else {
            self.id.len() >= LONG_NUMBER || says_user(name)
        };
        if is_user && self.json[range.clone()] == *self.id {
            self.person(range, name);
        }
    }

    fn person(&mut self, range: Range<usize>, name: &str) {
        if let Some(frame) = self.stack.last_mut() {
            frame.has_person = true;
            frame.is_by_person |= name == "From_Account";
        }
        self.replace(range, literal::of(self.pseudonym));
    }

    fn replace(&mut self, range: Range<usize>, replacement: String) {
        self.edits.push(Edit { range, replacement });
    }

    /// Ends an object or array. Returns the name of the field that it was in.
    fn close(&mut self, end: usize) -> String {
        let Some(frame) = self.stack.pop() else { return String::new() };
        let range = frame.begin..end;
        let is_list = self.json[range.clone()].starts_with('[');
        let has_parent = !self.stack.is_empty();
        // A message within another: a merged forward quotes the person.
        let is_quoted = frame.is_by_person && (has_parent || self.depth > 0);
        let emptied = frame.msg_body.filter(|_| is_quoted);
        let has_emptied = emptied.is_some() || frame.has_emptied;
        if let Some(body) = emptied {
            self.empty(&body);
        }
        if let Some(list) = frame.abstract_list.filter(|_| frame.has_emptied) {
            self.empty(&list);
        }
        // A reply quotes the person: who sent it, and what it said.
        if self.depth > 0 && frame.has_person && !is_list {
            for words in frame.words {
                self.replace(words, literal::of(""));
            }
        }
        if let Some(parent) = self.stack.last_mut() {
            parent.has_emptied |= has_emptied;
            match &*frame.name {
                "MsgBody" if is_list => parent.msg_body = Some(range),
                "AbstractList" if is_list => parent.abstract_list = Some(range),
                _ => {}
            }
        }
        frame.name
    }

    /// Replaces a list by an empty one.
    fn empty(&mut self, list: &Range<usize>) {
        self.edits.retain(|edit| edit.range.start < list.start || edit.range.end > list.end);
        self.replace(list.clone(), "[]".to_owned());
    }
}
