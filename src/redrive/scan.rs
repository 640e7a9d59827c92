//! Scans a text that contains JSON for objects and strings that may hold an unrecorded callback.
//!
//! A log may be cut off anywhere and mixed with other text, so it can't be parsed as JSON. This scan follows strings
//! and brackets. It drops the open brackets when a string is broken, or when a line begins that can't continue them.
//! Each byte is read once, or twice if a line begins with a quotation mark. A parser that restarts at each bracket
//! would take seconds for a line full of brackets.
//!
//! The log contains senders' texts too. So an entry counts only where AWS puts log lines: each object and array
//! around it has no name or one of [`CONTAINERS`].

/// The field of a log line that holds a callback or a piece of it.
const ENTRY: &[u8] = b"unrecorded";

/// The field of an event that holds a compressed batch of log lines.
const BATCH: &[u8] = b"awslogs";

/// The names under which AWS's responses and messages hold log lines, or objects with log lines.
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
    /// An object or a message that may be one of these, but lacks its end.
    CutOff,
    /// A string, in quotes, that is a log line or a queue message.
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
    /// Whether this is Logs Insights' form of a field: `{"field": …, "value": …}`.
    is_message_field: bool,
    value: Option<&'a [u8]>,
}

/// The state of a scan.
pub(super) struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    open: Vec<Open<'a>>,
    /// The last string, if nothing follows it.
    string: Option<&'a [u8]>,
    /// The name whose value comes next.
    name: Option<&'a [u8]>,
    cut_off: usize,
}

/// Whether a text may contain an entry or a batch.
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
            // An object in an object has a name. If it has none, the outer object was cut off.
            None => in_lines || parent.is_some_and(|parent| parent.byte == b'{'),
        };
        self.open.push(Open { byte, start, kind, name, has_lines, is_message_field: false, value: None });
    }

    /// Closes the last open bracket of this kind. Brackets opened after it were never closed and are dropped.
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

    /// Drops the open brackets from this one on.
    fn forget(&mut self, from: usize) {
        self.cut_off += self.open.drain(from..).filter(|open| open.kind != Kind::Other).count();
    }

    /// Moves past a string that begins here. A string without an end is not one: JSON strings contain no raw control
    /// characters.
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

    /// Handles a string within brackets.
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

    /// Handles a line outside of brackets that is a single string. Other quotation marks outside of brackets are not
    /// JSON.
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

    /// Handles the next byte. A line continues a JSON text of several lines only if it begins with a space, a string
    /// or a closing bracket.
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
