//! Shell completions.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::{fault::Fault, output::Output};

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Prints the script for a shell, for a program with these arguments.
pub(crate) fn run(completions: &Completions, mut program: Command, output: &mut Output) -> Result<(), Fault> {
    let mut script = Vec::new();
    generate(completions.shell, &mut program, "chat-events", &mut script);
    output.bytes(&script)
}
