//! Whether a whole table is to be read.

use std::io::{self, IsTerminal, Write};

use crate::{fault::Fault, output::note, table::Table};

/// Says how large the table is, and goes on only with `--yes`, or with a yes at a terminal.
pub(super) async fn confirm(table: &Table, yes: bool) -> Result<(), Fault> {
    let size = table.size().await?;
    let scan = format!(
        "this reads the whole table {}: about {} items, {} read units",
        table.name, size.items, size.read_units
    );
    if yes {
        note(&scan);
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Fault::Told(format!("{scan}; add --yes, or give a SUBJECT, or --command with --since")));
    }
    let _ = write!(io::stderr(), "{scan}. Go on? [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(Fault::told("nothing was read")) }
}
