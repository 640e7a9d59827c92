//! Shell completions.

use clap::{Args, Command, builder::PossibleValuesParser};
use clap_complete::{Shell, generate};
use tencent_chat_callbacks::event;

use crate::{fault::Fault, output::Output};

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Prints the script for a shell, for a program with these arguments.
pub(crate) fn run(completions: &Completions, program: Command, output: &mut Output) -> Result<(), Fault> {
    let mut script = Vec::new();
    let mut program = program.mut_subcommands(with_commands);
    generate(completions.shell, &mut program, "chat-events", &mut script);
    output.bytes(&script)
}

/// The verb, for which the documented commands are the values of `--command` or COMMAND. For the program itself, any
/// name is a value.
fn with_commands(verb: Command) -> Command {
    if !verb.get_arguments().any(|argument| argument.get_id() == "command") {
        return verb;
    }
    let names = event::Command::ALL.iter().map(|command| command.name);
    verb.mut_arg("command", |argument| argument.value_parser(PossibleValuesParser::new(names)))
}
