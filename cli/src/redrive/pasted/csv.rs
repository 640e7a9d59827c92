//! Reads the console's CSV files.

use csv::{ReaderBuilder, StringRecord};

/// The log lines in a CSV file: in the column `@message` for Logs Insights, in `message` for a search. `None` if the
/// first line is not the plain header of such a file. An error if a record has other columns: then this may not be a
/// CSV file, but an output whose beginning is missing, and which now begins with a person's text.
pub(super) fn messages(text: &str) -> Option<Result<Vec<String>, Damaged>> {
    let header = text.lines().next()?;
    let columns: Vec<&str> = header.split(',').collect();
    if columns.len() < 2 || !columns.iter().all(|column| is_plain(column)) {
        return None;
    }
    let of_insights = columns.iter().position(|column| *column == "@message");
    let of_a_search =
        || columns.iter().position(|column| *column == "message").filter(|_| columns[0] == "timestamp");
    let column = of_insights.or_else(of_a_search)?;
    let records: Result<Vec<_>, _> =
        ReaderBuilder::new().from_reader(text.as_bytes()).into_records().collect();
    let records = records.ok().filter(|records| records.last().is_none_or(|record| is_closed(text, record)));
    let message = |record: &StringRecord| record.get(column).unwrap_or_default().to_owned();
    Some(records.map(|records| records.iter().map(message).collect()).ok_or(Damaged))
}

/// Whether the last record ends before the text does. A quoted field without an end would hold lines that are not a
/// part of the file.
fn is_closed(text: &str, last: &StringRecord) -> bool {
    text.trim_end().ends_with('"') || !last.iter().next_back().is_some_and(|cell| cell.contains('\n'))
}

/// The file is not as the console writes it.
#[derive(Debug)]
pub(super) struct Damaged;

/// Whether this is the name of a field.
fn is_plain(column: &str) -> bool {
    !column.is_empty() && column.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@_.".contains(&byte))
}
