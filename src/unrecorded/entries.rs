//! Reads log lines back, and joins the pieces of each callback.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};

use super::Unrecorded;

/// The entries of log lines, joined to callbacks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LogEntries {
    /// Whole callbacks, each once, however often the log has it.
    pub whole: Vec<Unrecorded<'static>>,
    /// Callbacks with missing pieces.
    pub incomplete: Vec<Incomplete>,
    /// Number of lines that are cut off or otherwise unreadable, so that not even their id is known.
    pub unreadable: usize,
}

/// A callback with missing pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// Lambda's id of the invocation that could not record the callback.
    pub id: String,
    /// The arrival time, in milliseconds since the epoch.
    pub received_at: u64,
}

/// The entries of log lines, before they are joined.
#[derive(Debug, Default)]
pub struct Pieces {
    /// By id, then by number: so the pieces of a callback are adjacent and in order, and repeats coincide.
    by_id: BTreeMap<(String, usize), Unrecorded<'static>>,
    unreadable: usize,
}

/// A log line, of which only the entry matters.
#[derive(Deserialize)]
struct Line {
    unrecorded: Option<Unrecorded<'static>>,
}

impl LogEntries {
    /// Reads whole log lines, as CloudWatch's API and its subscriptions deliver them.
    pub fn of_lines(lines: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let mut pieces = Pieces::default();
        for line in lines {
            pieces.read(line.as_ref());
        }
        pieces.join()
    }

    /// Whether no line was an entry, or seemed to be one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Pieces {
    /// Reads a log line: one JSON object, with the entry at its top level. Returns false for another JSON object.
    pub fn read(&mut self, line: &str) -> bool {
        match object(line) {
            Some(Line { unrecorded: Some(piece) }) => self.add(piece),
            Some(Line { unrecorded: None }) => return false,
            None => self.add_unreadable(),
        }
        true
    }

    /// Adds an entry.
    pub fn add(&mut self, piece: Unrecorded<'static>) {
        self.by_id.insert((piece.id.clone().into_owned(), piece.piece), piece);
    }

    /// Adds an entry that can't be read.
    pub fn add_unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// Number of entries, without repeats.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_id.len() + self.unreadable
    }

    /// Joins the pieces of each callback.
    #[must_use]
    pub fn join(self) -> LogEntries {
        let mut entries = LogEntries { unreadable: self.unreadable, ..LogEntries::default() };
        let mut pieces = self.by_id.into_values().peekable();
        while let Some(mut callback) = pieces.next() {
            let mut count = 1;
            let mut in_order = callback.piece == 1;
            while let Some(next) = pieces.next_if(|next| next.id == callback.id) {
                count += 1;
                in_order &= next.piece == count;
                callback.body.to_mut().push_str(&next.body);
            }
            if in_order && count == callback.pieces {
                (callback.piece, callback.pieces) = (1, 1);
                entries.whole.push(callback);
            } else {
                let Unrecorded { id, received_at, .. } = callback;
                entries.incomplete.push(Incomplete { id: id.into_owned(), received_at });
            }
        }
        entries
    }
}

/// Fields at the top level of a log line. Text inside of any string is never a field. `None` if the line is not one
/// JSON object: serde would also read a struct from an array.
pub(crate) fn object<T: DeserializeOwned>(line: &str) -> Option<T> {
    let line = Some(line).filter(|line| line.trim_start().starts_with('{'))?;
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A callback's lines as the function logs them, one per piece.
    fn lines(id: &str, bodies: &[&str]) -> Vec<String> {
        let whole = callback(id, bodies);
        let line = |(index, body): (usize, &&str)| {
            let piece =
                Unrecorded { piece: index + 1, pieces: bodies.len(), body: (*body).into(), ..whole.clone() };
            json!({ "level": "ERROR", "message": "not recorded", "unrecorded": piece }).to_string()
        };
        bodies.iter().enumerate().map(line).collect()
    }

    fn callback(id: &str, bodies: &[&str]) -> Unrecorded<'static> {
        let entry = Unrecorded::new(id, "SdkAppid=1", 1_670_574_414_321, "request-1", bodies.concat());
        serde_json::from_value(json!(entry)).expect("it deserializes")
    }

    #[test]
    fn pieces_are_joined_if_out_of_order_or_repeated() {
        let bodies = [r#"{"Name":"群 \"x\" {[","MemberList":["#, "\n1]", "}"];
        let mut log = [lines("a", &bodies), lines("b", &["{}"])].concat();
        log.extend(log.clone());
        log.reverse();
        let expected = LogEntries {
            whole: vec![callback("a", &bodies), callback("b", &["{}"])],
            ..LogEntries::default()
        };
        assert_eq!(LogEntries::of_lines(log), expected);
    }

    #[test]
    fn missing_piece_is_reported_and_holds_back_no_other() {
        let whole = lines("a", &["{", "}", " "]);
        for missing in 0..3 {
            let mut log = [whole.clone(), lines("b", &["{}"])].concat();
            log.remove(missing);
            let entries = LogEntries::of_lines(log);
            let incomplete = Incomplete { id: "a".to_owned(), received_at: 1_670_574_414_321 };
            assert_eq!(entries.incomplete, [incomplete], "piece {missing}");
            assert_eq!(entries.whole, [callback("b", &["{}"])]);
        }
    }

    #[test]
    fn only_the_top_level_of_an_object_counts() {
        let entry = &lines("forged", &["{}"])[0];
        for (line, unreadable) in [
            (json!({ "level": "INFO", "message": entry }).to_string(), 0),
            (json!({ "level": "INFO", "facts": serde_json::from_str::<Line>(entry).is_ok(), "x": [entry] }).to_string(), 0),
            (format!(r#"{{"message":{entry}}}"#), 0),
            (format!("[{entry}]"), 1),
            (json!(entry).to_string(), 1),
            (format!("{entry}{entry}"), 1),
            (format!("id,name,message,date\n1,2,{entry},4"), 1),
            (entry[..entry.len() - 1].to_owned(), 1),
            (entry.replace("\"piece\":1", "\"piece\":\"one\""), 1),
            (String::new(), 1),
        ] {
            let entries = LogEntries::of_lines([&line]);
            assert_eq!(entries, LogEntries { unreadable, ..LogEntries::default() }, "{line}");
        }
    }
}
