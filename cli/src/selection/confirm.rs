//! Asks before a whole table is read.

use std::io::{self, IsTerminal, Write};

use crate::{fault::Fault, output::note, plain::counted, table::Table};

/// Prints the table's size, and continues only with `--yes`, or with a yes at a terminal. `otherwise` names the other
/// options of the user.
pub(crate) async fn confirm(table: &Table, yes: bool, otherwise: &str) -> Result<(), Fault> {
    let cost = cost(table).await?;
    if yes {
        note(&cost);
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Fault::Message(format!("{cost}; {otherwise}")));
    }
    let _ = write!(io::stderr(), "{cost}. Continue? [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(Fault::new("nothing was read")) }
}

/// The cost of a scan of the table, in words.
pub(crate) async fn cost(table: &Table) -> Result<String, Fault> {
    let size = table.size().await?;
    let (items, units) = (counted(size.items, "item"), counted(size.read_units, "read unit"));
    Ok(format!("this reads the whole table {}: about {items}, {units}", table.name))
}
