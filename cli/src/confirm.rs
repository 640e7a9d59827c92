//! Asks before something that costs or changes much.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Write},
    sync::{Mutex, PoisonError},
};

use crate::{
    fault::Fault,
    output::note,
    plain::{counted, plain},
    table::{Size, Table},
};

/// The terminal's own input, for when standard input is a file or a pipe.
#[cfg(unix)]
const TERMINAL: &str = "/dev/tty";
#[cfg(not(unix))]
const TERMINAL: &str = "CONIN$";

/// Prints the table's size, and continues only with `--yes`, or with a yes at a terminal. `why` comes before the size,
/// and `otherwise` says what else the user can do.
pub(crate) async fn confirm_scan(
    table: &Table,
    yes: bool,
    why: &str,
    otherwise: &str,
) -> Result<Size, Fault> {
    let size = table.size().await?;
    confirm(&format!("{why}{}", words(table, size)), yes, otherwise)?;
    Ok(size)
}

/// Prints what the command costs, and continues only with `--yes`, or with a yes at a terminal.
pub(crate) fn confirm(cost: &str, yes: bool, otherwise: &str) -> Result<(), Fault> {
    if yes {
        note_once(cost);
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Fault::Usage(format!("{cost}; {otherwise}")));
    }
    if confirmed(cost, io::stdin().lock())? { Ok(()) } else { Err(Fault::new("nothing was read")) }
}

/// `reconcile` reads each hour in the same way, and would repeat the cost.
fn note_once(cost: &str) {
    static LAST: Mutex<String> = Mutex::new(String::new());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if *last != cost {
        note(cost);
        cost.clone_into(&mut last);
    }
}

/// The cost of a scan of the table, in words.
pub(crate) async fn cost(table: &Table) -> Result<String, Fault> {
    Ok(words(table, table.size().await?))
}

fn words(table: &Table, size: Size) -> String {
    let (items, units) = (counted(size.items, "item"), counted(size.read_units, "read unit"));
    format!("this reads the whole table {}: about {items}, {units}", table.name)
}

/// Asks at the terminal, although standard input was read for something else. `None` without a terminal.
pub(crate) fn ask_at_terminal(question: &str) -> Result<Option<bool>, Fault> {
    if !io::stderr().is_terminal() {
        return Ok(None);
    }
    File::open(TERMINAL).ok().map(|terminal| confirmed(question, BufReader::new(terminal))).transpose()
}

/// Whether the answer is a yes.
fn confirmed(question: &str, mut from: impl BufRead) -> Result<bool, Fault> {
    let _ = write!(io::stderr(), "{}. Continue? [y/N] ", plain(question));
    let mut answer = String::new();
    from.read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
