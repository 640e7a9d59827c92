//! Finds the log entries in what a person pastes, in every form in which AWS prints log lines.
//!
//! The log also contains texts that people wrote in a chat, and such a text may look exactly like an entry. So a log
//! line is read only from where AWS puts one: at the beginning of a line, behind the prefix of an AWS tool, or in the
//! field of a response that holds log lines. Inside a log line only its own top level counts. Where a text of
//! several lines may stand unescaped, nothing counts unless the beginning of the output shows what it is.

use serde_json::{Deserializer, Value};
use tencent_chat_webhook::unrecorded::{LogEntries, Pieces};

mod csv;
mod output;
mod values;
use output::Rows;
use values::Values;

/// Finds the entries in pasted log lines:
///
/// - lines as the function wrote them, and as `aws logs tail` prints them;
/// - results of Logs Insights and of other searches, as the AWS CLI prints them, with or without `--query`;
/// - CSV and JSON files of the console;
/// - lines that were copied as JSON strings, one per line;
/// - messages of the redrive's queue, with the batch of lines in them.
pub(super) fn read(pasted: &[u8]) -> LogEntries {
    // The digest of an entry finds a body whose bytes were replaced here.
    let text = String::from_utf8_lossy(pasted);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut values = Values::default();
    let is_trusted = if let Some(messages) = csv::messages(text) {
        // The text of a damaged file is not JSON, so it counts as unreadable if it may have an entry.
        read_texts(&messages.unwrap_or_else(|_| vec![text.to_owned()]), &mut values)
    } else if let Some(strings) = strings(text) {
        read_texts(&strings, &mut values)
    } else if let Some(rows) = Rows::new(text) {
        rows.read(&mut values)
    } else {
        lines(text, &mut values)
    };
    let Values { pieces } = values;
    if is_trusted { pieces.join() } else { distrusted(&pieces) }
}

fn read_texts(texts: &[String], values: &mut Values) -> bool {
    for text in texts {
        values.text(text);
    }
    true
}

/// Counts entries that can't be told from a person's text.
fn distrusted(pieces: &Pieces) -> LogEntries {
    LogEntries { unreadable: pieces.count(), ..LogEntries::default() }
}

/// The texts, if each line is one JSON string.
fn strings(text: &str) -> Option<Vec<String>> {
    let lines = text.lines().map(|line| line.trim().trim_end_matches(',')).filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_str(line).ok()).collect()
}

/// Reads log lines and JSON values, each from the beginning of a line. The text may begin inside a value that was cut
/// off, and its last value may be cut off. Returns false if a chat text may stand in it unescaped: if AWS does not
/// print such a line between log lines, or if another line or a row follows after a cut beginning.
fn lines(text: &str, values: &mut Values) -> bool {
    let mut text = text.trim_end();
    let (mut has_begun, mut is_cut, mut is_trusted) = (false, false, true);
    while !text.is_empty() {
        let end = text.find('\n').map_or(text.len(), |at| at + 1);
        let line = &text[..end];
        let start = start(line);
        let length = match start.map_or(Read::Nothing, |start| start.read(&text[start.at..])) {
            Read::Values(found, length) => {
                has_begun = true;
                is_trusted &= !(is_cut && start.is_some_and(|start| start.row.is_some()));
                for value in found {
                    values.value(value);
                }
                length
            }
            Read::CutOff => {
                text.lines().for_each(|line| values.mention(line));
                break;
            }
            Read::Nothing => {
                // The rest of a JSON value has no tabs: this is a row of columns.
                let may_be_rest = !has_begun && !line.contains('\t');
                is_trusted &= may_be_rest || is_prefix(line) || (!is_cut && is_known(line));
                is_cut |= !has_begun && !is_known(line);
                values.mention(line);
                end
            }
        };
        text = &text[length..];
    }
    is_trusted
}

/// The result of reading a line.
enum Read {
    /// JSON values, and the length of their text from the beginning of the line.
    Values(Vec<Value>, usize),
    /// A value that has no end.
    CutOff,
    /// Neither.
    Nothing,
}

/// Where the JSON of a line begins.
#[derive(Clone, Copy)]
struct Start {
    at: usize,
    /// The kind of the row in which it is a column.
    row: Option<Row>,
}

/// A row of the CLI's text output.
#[derive(Clone, Copy)]
enum Row {
    Event,
    Message,
}

impl Start {
    /// Reads the values that begin here, separated by tabs or commas, up to the end of a line.
    fn read(self, text: &str) -> Read {
        let (mut values, mut at) = (Vec::new(), 0);
        loop {
            let mut parser = Deserializer::from_str(&text[at..]).into_iter();
            match parser.next() {
                Some(Ok(value)) => values.push(value),
                Some(Err(error)) if error.is_eof() => return Read::CutOff,
                Some(Err(_)) | None => return Read::Nothing,
            }
            at += parser.byte_offset();
            let rest = &text[at..];
            let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
            let next =
                rest[..end].find(|character: char| !character.is_ascii_whitespace() && character != ',');
            match next {
                Some(_) if self.row.is_some_and(|row| row.ends_with(rest[..end].trim_end())) => {}
                Some(next) if rest[next..].starts_with('{') && rest[..next].ends_with('\t') => {
                    at += next;
                    continue;
                }
                Some(_) => return Read::Nothing,
                None => {}
            }
            return Read::Values(values, self.at + at + end);
        }
    }
}

impl Row {
    /// Whether this is the end of such a row: an event's time, or digest, id and receipt of a message.
    fn ends_with(self, rest: &str) -> bool {
        let Some(columns) = rest.strip_prefix('\t') else { return false };
        match self {
            Self::Event => columns.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Message => columns.split('\t').count() == 3 && !columns.contains('{'),
        }
    }
}

/// Where the JSON of a line begins, if only AWS's own text stands before it.
fn start(line: &str) -> Option<Start> {
    let row = |at, row| Start { at, row: Some(row) };
    let plain = |at| Start { at, row: None };
    let json = line.find(['{', '['])?;
    match &line[..json] {
        "" => Some(plain(0)),
        // The CLI separates texts by tabs, and a message ends with a line feed.
        "\t" => Some(plain(1)),
        "MESSAGES\t" => Some(row(json, Row::Message)),
        before if before.starts_with("EVENTS\t") => after_columns(line).map(|at| row(at, Row::Event)),
        _ => after_time(line).map(plain),
    }
}

/// The end of the columns before an event's message: numbers, and the name of a log stream.
fn after_columns(line: &str) -> Option<usize> {
    let json = line.find("\t{")? + 1;
    let is_plain = |column: &str| !column.is_empty() && column.bytes().all(is_of_a_name);
    line[..json - 1].split('\t').all(is_plain).then_some(json)
}

/// The end of the time, and of the name of the log stream if it is there, with which `aws logs tail` begins a line.
fn after_time(line: &str) -> Option<usize> {
    let mut columns = line.splitn(3, ' ');
    let time = columns.next().filter(|time| is_time(time))?;
    let second = columns.next()?;
    if second.starts_with('{') {
        return Some(time.len() + 1);
    }
    let third = columns.next()?;
    (second.bytes().all(is_of_a_name) && third.starts_with('{')).then_some(time.len() + second.len() + 2)
}

/// Whether a text is a time as AWS prints it: `2026-11-21T09:00:00`, with or without fraction and offset.
fn is_time(text: &str) -> bool {
    let shape: Vec<u8> = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte }).collect();
    shape.starts_with(b"0000-00-00T00:00:00") && shape.iter().all(|byte| b"0-T:.+Z".contains(byte))
}

/// Whether the name of a log stream has this character: `2026/11/21/[$LATEST]5e1ff0a2`.
fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/[]$_.:#-".contains(&byte)
}

/// Whether a line is empty, or only the prefix of a line of `aws logs tail --format json`.
fn is_prefix(line: &str) -> bool {
    let line = line.trim();
    let (time, stream) = line.split_once(' ').unwrap_or((line, ""));
    line.is_empty() || (is_time(time) && stream.bytes().all(is_of_a_name))
}

/// Whether AWS prints such a line beside log lines, and no person's text in it.
fn is_known(line: &str) -> bool {
    let line = line.trim();
    let first = line.split(['\t', ' ']).next().unwrap_or_default();
    let is_number = first.bytes().all(|byte| byte.is_ascii_digit());
    // `aws logs tail` also prints Lambda's own lines, which are not JSON.
    is_number || is_time(first) || OTHER_LINES.contains(&first)
}

/// How lines begin that AWS prints beside log lines. `--` is grep's.
const OTHER_LINES: [&str; 11] = [
    "SEARCHEDLOGSTREAMS",
    "ATTRIBUTES",
    "NEXTTOKEN",
    "START",
    "END",
    "REPORT",
    "INIT_START",
    "INIT_REPORT",
    "EXTENSION",
    "XRAY",
    "--",
];

#[cfg(test)]
mod planted;
#[cfg(test)]
mod tests;
