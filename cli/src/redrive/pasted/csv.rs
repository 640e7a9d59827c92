//! Reads the console's CSV files.

use csv::{ReaderBuilder, StringRecord};

/// The log lines in a CSV file: in the column `@message` for Logs Insights, in `message` for a search. `None` if the
/// first line is not the plain header of such a file. An error if a record has other columns: then this may be no CSV
/// file at all, but an output that is cut at its front and begins with a person's text.
pub(super) fn messages(text: &str) -> Option<Result<Vec<String>, csv::Error>> {
    let header = text.lines().next()?;
    let columns: Vec<&str> = header.split(',').collect();
    if columns.len() < 2 || !columns.iter().all(|column| is_plain(column)) {
        return None;
    }
    let of_insights = columns.iter().position(|column| *column == "@message");
    let of_a_search =
        || columns.iter().position(|column| *column == "message").filter(|_| columns[0] == "timestamp");
    let column = of_insights.or_else(of_a_search)?;
    let records = ReaderBuilder::new().from_reader(text.as_bytes()).into_records();
    let message = |record: StringRecord| record.get(column).unwrap_or_default().to_owned();
    Some(records.map(|record| record.map(message)).collect())
}

/// Whether this is the name of a field.
fn is_plain(column: &str) -> bool {
    !column.is_empty() && column.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@_.".contains(&byte))
}
