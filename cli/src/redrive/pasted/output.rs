//! Reads what the AWS CLI prints with `--output text` and `--output table` for Logs Insights, and its other tables.
//!
//! There a field is printed unescaped, with its line feeds, so a person's text can look like a row. A field whose name
//! begins with `@` is from Logs Insights itself. Nothing counts from the first other field on, and nothing at all if
//! the output's own beginning is missing: then the name of the first field may be missing too.

use serde_json::{Deserializer, Value};

use super::values::Values;

/// Rows of such an output.
pub(super) struct Rows<'a> {
    text: &'a str,
    is_table: bool,
    /// Whether the output begins as the CLI begins it.
    is_whole: bool,
}

impl<'a> Rows<'a> {
    /// `None` if the text is not such an output.
    pub(super) fn new(text: &'a str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let (first, second) = (lines.next()?, lines.next().unwrap_or_default());
        if first.bytes().all(|byte| byte == b'-') && second.starts_with('|') {
            return Some(Self { text, is_table: true, is_whole: true });
        }
        let is_row =
            |line: &str| ["RESULTS\t", "LOGRECORD\t", "|"].iter().any(|begin| line.starts_with(begin));
        let is_head = first.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'\t')
            && first.ends_with("Complete");
        text.lines().any(is_row).then_some(Self { text, is_table: false, is_whole: is_head })
    }

    /// Reads the log lines. Returns whether they can be told from a person's text.
    pub(super) fn read(self, values: &mut Values) -> bool {
        let (rows, rest) = self.text.split_at(first_other_field(self.text));
        rows.lines().for_each(|line| self.row(line, values));
        rest.lines().for_each(|line| values.mention(line));
        self.is_whole
    }

    fn row(&self, line: &str, values: &mut Values) {
        let json = if self.is_table {
            let at = line.find('{').filter(|at| line[..*at].bytes().all(is_plain));
            at.map(|at| &line[at..])
        } else {
            line.strip_prefix("RESULTS\t@message\t")
        };
        let value = json.and_then(|json| Deserializer::from_str(json).into_iter::<Value>().next());
        match value {
            Some(Ok(value)) => values.message(value),
            Some(Err(_)) | None => values.mention(line),
        }
    }
}

/// Whether the cells of a table before a message have this character.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"|@ /[]$_.:#-".contains(&byte)
}

/// The position where the output first shows a field whose name does not begin with `@`.
fn first_other_field(text: &str) -> usize {
    let (mut at, mut table) = (0, Table::Outside);
    for line in text.split_inclusive('\n') {
        let is_other = match line.strip_prefix("RESULTS\t") {
            Some(pair) => !pair.starts_with('@'),
            None => line.starts_with("LOGRECORD\t") || table.has_other_field(line),
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
    fn has_other_field(&mut self, line: &str) -> bool {
        let Some(line) = line.strip_prefix('|') else { return false };
        if line.bytes().all(|byte| b"|+-\r\n".contains(&byte)) {
            *self = match self {
                Self::Head => Self::Fields,
                Self::Outside | Self::Fields => Self::Outside,
            };
            return false;
        }
        let mut cells = line.split('|').map(str::trim);
        let name = cells.find(|cell| !cell.is_empty()).unwrap_or_default();
        match self {
            Self::Outside => {
                let value = cells.next().unwrap_or_default();
                if (name, value) == ("field", "value") || (name == "logRecord" && value.is_empty()) {
                    *self = Self::Head;
                }
                false
            }
            Self::Head => false,
            Self::Fields => !name.starts_with('@'),
        }
    }
}
