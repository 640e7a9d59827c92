"""Checks the AWS CLI's commands of Markdown files with the installed CLI: each command and its options must exist.

Run by the CLI's own Python, with the files as arguments.
"""

import pathlib
import re
import sys

from awscli.clidriver import create_clidriver

# A command ends at a pipe, a closing bracket, a semicolon or the end of the line. Quoted texts have no options.
COMMAND = re.compile(r"(?<![\w./-])aws ([a-z0-9-]+) ([a-z0-9-]+)((?:'[^']*'|\"[^\"]*\"|[^|;)'\"\n])*)")
BLOCK = re.compile(r"^ *```(?:console|sh)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z0-9-]*")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def commands(text):
    """Service, operation and options of each command in the blocks and spans of code of a text."""
    for code in BLOCK.findall(text) + SPAN.findall(BLOCK.sub("", text)):
        for service, operation, rest in COMMAND.findall(code.replace("\\\n", " ")):
            yield service, operation, OPTION.findall(QUOTED.sub("", rest))


def options_of(table, service, operation):
    """The options of an operation, or nothing if it does not exist."""
    command = table.get(service)
    if command is None:
        return None
    inner = getattr(command, "subcommand_table", None) or command._get_command_table()
    found = inner.get(operation)
    if found is None:
        return None
    # `aws SERVICE wait` has subcommands.
    arguments = {name for each in [found, *getattr(found, "subcommand_table", {}).values()]
                 for name in each.arg_table}
    return {f"--{name}" for name in arguments} | {f"--no-{name}" for name in arguments}


def main():
    driver = create_clidriver()
    table = driver._get_command_table()
    everywhere = {f"--{name}" for name in driver._get_argument_table()}
    faults, count = [], 0
    for name in sys.argv[1:]:
        for service, operation, options in commands(pathlib.Path(name).read_text()):
            count += 1
            known = options_of(table, service, operation)
            if known is None:
                faults.append(f"{name}: aws {service} {operation} is not in this CLI")
                continue
            faults += [f"{name}: aws {service} {operation} has no {option}"
                       for option in options if option not in known | everywhere]
    print("\n".join(faults) or f"{count} commands of the AWS CLI, all in the one that is installed")
    return 1 if faults or not count else 0


sys.exit(main())
