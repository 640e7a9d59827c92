//! Tables of figures, as Markdown.

use std::fmt;

/// A table: the measured things and their figures.
pub(crate) struct Section {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    what: String,
    figures: Vec<Option<f64>>,
}

impl Section {
    pub(crate) fn new(title: &'static str, columns: &[&'static str]) -> Self {
        Self { title, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row. A figure may be missing if it does not apply.
    pub(crate) fn row(&mut self, what: impl Into<String>, figures: impl IntoIterator<Item = Option<f64>>) {
        self.rows.push(Row { what: what.into(), figures: figures.into_iter().collect() });
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.what.len()).max().unwrap_or_default();
        let columns = || self.columns.iter().map(|column| (column, column.chars().count().max(5)));
        writeln!(f, "\n### {}\n", self.title)?;
        write!(f, "| {:width$} |", "")?;
        for (column, width) in columns() {
            write!(f, " {column:>width$} |")?;
        }
        write!(f, "\n|-{}-|", "-".repeat(width))?;
        for (_, width) in columns() {
            write!(f, "-{}:|", "-".repeat(width))?;
        }
        for row in &self.rows {
            write!(f, "\n| {:width$} |", row.what)?;
            for (figure, (_, width)) in row.figures.iter().zip(columns()) {
                let text = figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.2}"));
                write!(f, " {text:>width$} |")?;
            }
        }
        writeln!(f)
    }
}
