//! Reads forms that are not JSON: the console's CSV files, and the AWS CLI's text and tables.

use std::borrow::Cow;

/// The messages in a CSV file of the CloudWatch console: in the column `@message` for Logs Insights, in `message` for
/// a search.
pub(super) struct Csv<'a> {
    rest: &'a [u8],
    column: usize,
}

impl<'a> Csv<'a> {
    /// `None` if the first line doesn't name a column of messages.
    pub(super) fn new(text: &'a [u8]) -> Option<Self> {
        let mut rest = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let line = rest.split(|byte| *byte == b'\n').next()?;
        if line.len() > 10_000 {
            return None;
        }
        let names = row(&mut rest);
        let column = |name: &[u8]| names.iter().position(|cell| cell.as_ref() == name);
        let column = column(b"@message").or_else(|| column(b"message"))?;
        Some(Self { rest, column })
    }
}

impl<'a> Iterator for Csv<'a> {
    type Item = Cow<'a, [u8]>;

    fn next(&mut self) -> Option<Cow<'a, [u8]>> {
        while !self.rest.is_empty() {
            let mut cells = row(&mut self.rest);
            if self.column < cells.len() {
                return Some(cells.swap_remove(self.column));
            }
        }
        None
    }
}

/// The cells of the next row.
fn row<'a>(rest: &mut &'a [u8]) -> Vec<Cow<'a, [u8]>> {
    let mut cells = Vec::new();
    loop {
        cells.push(cell(rest));
        match rest.split_off_first() {
            Some(b',') => {}
            Some(_) | None => return cells,
        }
    }
}

/// The next cell, up to its comma or line feed. A quotation mark in a quoted cell is doubled.
fn cell<'a>(rest: &mut &'a [u8]) -> Cow<'a, [u8]> {
    let mut quoted = None;
    while let Some(inner) = rest.strip_prefix(b"\"") {
        let end = inner.iter().position(|byte| *byte == b'"').unwrap_or(inner.len());
        match &mut quoted {
            None => quoted = Some(inner[..end].to_vec()),
            Some(cell) => {
                cell.push(b'"');
                cell.extend_from_slice(&inner[..end]);
            }
        }
        *rest = inner.get(end + 1..).unwrap_or_default();
    }
    let end = rest.iter().position(|byte| b",\n".contains(byte)).unwrap_or(rest.len());
    let (plain, after) = rest.split_at(end);
    *rest = after;
    let plain = plain.strip_suffix(b"\r").unwrap_or(plain);
    match quoted {
        None => Cow::Borrowed(plain),
        Some(mut cell) => {
            cell.extend_from_slice(plain);
            Cow::Owned(cell)
        }
    }
}

/// The position where the text or table output of a Logs Insights query first shows a field whose name does not begin
/// with `@`, so is not from Logs Insights itself. After that position a sender's text is printed unescaped, with line
/// feeds, and can look like a log line.
pub(super) fn first_other_field(text: &[u8]) -> usize {
    let (mut at, mut table) = (0, Table::Outside);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let is_other = if let Some(pair) = line.strip_prefix(b"RESULTS\t") {
            !pair.starts_with(b"@")
        } else {
            line.starts_with(b"LOGRECORD\t") || table.has_other_field(line)
        };
        if is_other {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// The section of a table that a line is in.
enum Table {
    Outside,
    Head,
    Fields,
}

impl Table {
    /// Whether a line names a field that is not from Logs Insights itself. Each line of the fields section names one.
    fn has_other_field(&mut self, line: &[u8]) -> bool {
        let Some(line) = line.strip_prefix(b"|") else { return false };
        if line.iter().all(|byte| b"|+-\r\n".contains(byte)) {
            *self = match self {
                Self::Head => Self::Fields,
                Self::Outside | Self::Fields => Self::Outside,
            };
            return false;
        }
        let mut cells = line.split(|byte| *byte == b'|').map(<[u8]>::trim_ascii);
        let name = cells.find(|cell| !cell.is_empty()).unwrap_or_default();
        match self {
            Self::Outside => {
                let value = cells.next().unwrap_or_default();
                if (name, value) == (b"field", b"value") || (name == b"logRecord" && value.is_empty()) {
                    *self = Self::Head;
                }
                false
            }
            Self::Head => false,
            Self::Fields => !name.starts_with(b"@"),
        }
    }
}
