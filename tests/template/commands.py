"""Checks the AWS CLI's commands of Markdown files with the installed CLI: each command and its options must exist, and the CLI
must accept their values. It sends no request.

Run by the CLI's own Python, with the files as arguments.
"""

import contextlib
import io
import os
import pathlib
import re
import shlex
import sys
import types

# Without these, the CLI would look for credentials and a Region.
os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-central-1",
               "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

from awscli.clidriver import create_clidriver

BLOCK = re.compile(r"^ *```(?:console|sh)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?<![\w./-])aws (?=[a-z0-9-]+ [a-z0-9-]+)")
# The arguments end outside of quotes, at one of these.
ARGUMENTS = re.compile(r"""(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^'"|;)&>\n])*""")
SUBSTITUTION = re.compile(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
# A value that any parameter accepts: long enough for an ARN, and a number.
VALUE = "3" * 40
TIME = "1767225600"
PLACEHOLDER = re.compile(r"(?:THE|ITS) [A-Z' ,:*]+")
# What a command reads from a file, by a part of the file's name.
FILES = {"entries": '[{"Source": "x"}]', "attributes": '{"VisibilityTimeout": "900"}'}


def commands(text):
    """The commands in the blocks and spans of code of a text, each as its arguments."""
    for code in BLOCK.findall(text) + SPAN.findall(BLOCK.sub("", text)):
        yield from commands_in(code.replace("\\\n", " ").replace("\\|", "|"))


def commands_in(code):
    code = re.sub(r"\$\(\([^()]*(?:\([^()]*\)[^()]*)*\)\)", TIME, code)
    while substitution := SUBSTITUTION.search(code):
        yield from commands_in(substitution[1])
        value = TIME if substitution[1].startswith("date") else VALUE
        code = code[:substitution.start()] + value + code[substitution.end():]
    code = re.sub(r"\$\d", "Outputs", code)
    code = re.sub(r"\$\{?[A-Za-z_]\w*\}?(?=[^'\w]|$)", VALUE, code)
    for found in COMMAND.finditer(code):
        words = shlex.split(ARGUMENTS.match(code, found.end())[0], comments=True)
        yield [known(option, PLACEHOLDER.sub(VALUE, word)) for option, word in zip(["", *words], words)]


def known(option, word):
    """An argument, with known values in the place of a file's content and of a Region."""
    if word.startswith("file://"):
        return next((content for part, content in FILES.items() if part in word), VALUE)
    return "eu-central-1" if option == "--region" else word


DRIVER = create_clidriver()
# The parameters are checked before this event. The response keeps the CLI from sending the request.
DRIVER.session.register("before-call", lambda **_: (types.SimpleNamespace(status_code=200), {}))


def accepted(words):
    """The error of the CLI, or nothing."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = DRIVER.main(words)
        except SystemExit as end:
            code = end.code
    error = " ".join(said.getvalue().split())[-300:]
    # The expression of --query is valid, but the response is empty.
    return "" if code == 0 or "In function" in error else error


def fault(words):
    """The error of a command, or nothing."""
    # The docs may name a command without its arguments. Waiting would poll.
    is_named = len(words) == 2 or "…" in words or words[1] == "wait"
    error = missing(words) if is_named else accepted(words)
    return f"aws {' '.join(words)[:150]}: {error}" if error else None


def missing(words):
    """Whether a command that is only named, or one of its options, is not there."""
    table = DRIVER._get_command_table()
    for word in words[:3 if words[1] == "wait" else 2]:
        found = table.get(word)
        if found is None:
            return "is not in this CLI"
        table = getattr(found, "subcommand_table", None) or getattr(found, "_get_command_table", dict)()
    options = {word[2:] for word in words if word.startswith("--")} - {"output", "query"}
    return " ".join(f"has no --{option}" for option in options if option not in found.arg_table)


def main():
    faults, count = [], 0
    for name in sys.argv[1:]:
        for words in commands(pathlib.Path(name).read_text()):
            count += 1
            faults += [f"{name}: {each}" for each in [fault(words)] if each]
    print("\n".join(faults) or f"{count} commands of the AWS CLI, which the installed one accepts")
    return 1 if faults or not count else 0


sys.exit(main())
