//! One pass over a text with JSON in it: the objects and strings that may hold an unrecorded callback.
//!
//! A log may be cut off anywhere and mixed with other text, so this does not parse. It follows strings and brackets,
//! and forgets the open brackets where a string is broken or a line begins that can't continue them. Each byte is
//! looked at once, or twice where a line begins with a quotation mark: a parser that starts anew at each bracket takes
//! seconds for a line full of them.
//!
//! A sender's text is in the log too. So an entry counts only where AWS puts a log line: every object and array around
//! it is unnamed or has one of the [`CONTAINERS`]' names.

/// The field of a log line that holds a callback or a piece of it.
const ENTRY: &[u8] = b"unrecorded";

/// The field of an event that holds a batch of log lines, compressed.
const BATCH: &[u8] = b"awslogs";

/// The names under which AWS's replies and messages have log lines, or the objects that have them.
const CONTAINERS: [&[u8]; 8] = [
    b"events",
    b"logEvents",
    b"results",
    b"logRecord",
    b"message",
    b"@message",
    b"Messages",
    b"requestPayload",
];

/// Something found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// The whole object of an unrecorded callback.
    Entry(&'a [u8]),
    /// The whole object of a compressed batch.
    Batch(&'a [u8]),
    /// An object or a message that may be one of these, but its end is missing.
    CutOff,
    /// A string, in quotes, that is a log line or a message of a queue.
    Message(&'a [u8]),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Entry,
    Batch,
    Other,
}

/// An open bracket.
struct Open<'a> {
    byte: u8,
    start: usize,
    kind: Kind,
    name: Option<&'a [u8]>,
    /// Whether AWS puts log lines here.
    has_lines: bool,
    /// Logs Insights gives each field of a line as an object, `{"field": …, "value": …}`.
    is_message_field: bool,
    value: Option<&'a [u8]>,
}

/// The state of a pass.
pub(super) struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Open<'a>>,
    /// The last string, if nothing came after it.
    string: Option<&'a [u8]>,
    /// The name whose value comes next.
    name: Option<&'a [u8]>,
    cut_off: usize,
}

/// Whether a text may hold an entry or a batch.
fn may_hold_one(text: &[u8]) -> bool {
    [ENTRY, BATCH].into_iter().any(|name| text.windows(name.len()).any(|window| window == name))
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, open: Vec::new(), string: None, name: None, cut_off: 0 }
    }

    fn opening(&mut self, byte: u8, start: usize) {
        let name = self.name.take();
        self.string = None;
        let parent = self.open.last();
        let in_lines = parent.is_none_or(|parent| parent.has_lines);
        let kind = match name {
            Some(ENTRY) if byte == b'{' && in_lines => Kind::Entry,
            Some(BATCH) if byte == b'{' && in_lines => Kind::Batch,
            _ => Kind::Other,
        };
        let has_lines = match name {
            Some(name) => in_lines && CONTAINERS.contains(&name),
            // An object in an object has a name. Without one, the outer object was cut off.
            None => in_lines || parent.is_some_and(|parent| parent.byte == b'{'),
        };
        self.open.push(Open { byte, start, kind, name, has_lines, is_message_field: false, value: None });
    }

    /// Closes the last open bracket of this kind, and forgets those after it, which were never closed.
    fn closing(&mut self, byte: u8) -> Option<Part<'a>> {
        (self.string, self.name) = (None, None);
        let index = self.open.iter().rposition(|open| open.byte == byte);
        self.forget(index.map_or(0, |index| index + 1));
        let Open { start, kind, .. } = self.open.pop()?;
        let object = &self.text[start..self.at];
        match kind {
            Kind::Entry => Some(Part::Entry(object)),
            Kind::Batch => Some(Part::Batch(object)),
            Kind::Other => None,
        }
    }

    /// Forgets the open brackets from this one on.
    fn forget(&mut self, from: usize) {
        self.cut_off += self.open.drain(from..).filter(|open| open.kind != Kind::Other).count();
    }

    /// Moves behind a string that begins here. Without its end it can't be one: JSON has no raw control characters in
    /// strings.
    fn pass_string(&mut self) -> bool {
        loop {
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return true;
                }
                Some(b'\\') if self.text.get(self.at + 1).is_some_and(|next| *next >= 0x20) => self.at += 2,
                Some(0x20..) => self.at += 1,
                Some(_) | None => return false,
            }
        }
    }

    /// A string within brackets.
    fn quote(&mut self, start: usize) -> Option<Part<'a>> {
        let is_whole = self.pass_string();
        let quoted = &self.text[start..self.at];
        let message = self.message(quoted, is_whole);
        if !is_whole {
            self.cut_off += usize::from(message.is_some_and(may_hold_one));
            self.forget(0);
            (self.string, self.name) = (None, None);
            return None;
        }
        message.filter(|message| may_hold_one(message)).map(Part::Message)
    }

    /// The message that this string is or completes, if any.
    fn message(&mut self, quoted: &'a [u8], is_whole: bool) -> Option<&'a [u8]> {
        let name = self.name.take();
        let text = &quoted[1..quoted.len() - usize::from(is_whole)];
        self.string = name.is_none().then_some(text);
        let (open, around) = self.open.split_last_mut()?;
        let in_messages = || around.last().is_some_and(|array| array.name == Some(b"Messages"));
        match name {
            _ if !open.has_lines => None,
            None => (open.byte == b'[').then_some(quoted),
            Some(b"message" | b"@message") => Some(quoted),
            Some(b"Body") => in_messages().then_some(quoted),
            Some(b"value") if open.is_message_field => Some(quoted),
            Some(b"value") => {
                open.value = Some(quoted);
                None
            }
            Some(b"field") => {
                open.is_message_field = text == b"@message";
                open.value.take().filter(|_| open.is_message_field)
            }
            Some(_) => None,
        }
    }

    /// A line outside of brackets that is a single string. Elsewhere outside of brackets a quotation mark is not JSON's.
    fn line(&mut self, start: usize) -> Option<Part<'a>> {
        let is_whole = self.pass_string();
        let mut rest = self.text[self.at..].iter().skip_while(|byte| b", \t\r".contains(byte));
        let is_alone = matches!(rest.next(), None | Some(b'\n'));
        let quoted = &self.text[start..self.at];
        if is_whole && is_alone {
            return may_hold_one(quoted).then_some(Part::Message(quoted));
        }
        self.at = start + 1;
        None
    }

    /// The next byte. A line that begins with neither space, a string nor a closing bracket does not continue a JSON
    /// text of several lines.
    fn step(&mut self, start: usize, byte: u8) -> Option<Part<'a>> {
        let begins_line = start == 0 || self.text[start - 1] == b'\n';
        if begins_line && !b" \t\r\n\"}]".contains(&byte) {
            self.forget(0);
            (self.string, self.name) = (None, None);
        }
        match byte {
            b'{' | b'[' => {
                self.opening(byte, start);
                None
            }
            b'}' => self.closing(b'{'),
            b']' => self.closing(b'['),
            b'"' if !self.open.is_empty() => self.quote(start),
            b'"' if begins_line => self.line(start),
            b':' => {
                self.name = self.string.take();
                None
            }
            _ if byte.is_ascii_whitespace() => None,
            _ => {
                (self.string, self.name) = (None, None);
                None
            }
        }
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
            let Some(&byte) = self.text.get(start) else {
                self.forget(0);
                if self.cut_off == 0 {
                    return None;
                }
                continue;
            };
            self.at += 1;
            let found = self.step(start, byte);
            if found.is_some() {
                return found;
            }
        }
    }
}

#[cfg(test)]
mod tests;
