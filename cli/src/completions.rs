//! Completions of this program's words, for a shell.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::{arguments::Arguments, fault::Fault, output::Output};

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Prints the script for a shell.
pub(crate) fn run(completions: &Completions, output: &mut Output) -> Result<(), Fault> {
    let mut script = Vec::new();
    generate(completions.shell, &mut Arguments::command(), "chat-events", &mut script);
    output.bytes(&script)
}
