"""Step: the commands of the README, typed into each shell that people use."""

import os
import re
import shutil

from callbacks import SDK_APPID
from checks import check, equal, note
from deploying import FIRST_TOKEN, SECOND_TOKEN, SECRET
from stack import ROOT

README = (ROOT / "README.md").read_text()
# As a person has them: the last one is interactive, where `#` begins no comment and `?`, `*`, `#` and `^` are patterns.
SHELLS = {
    "bash": (["bash", "--noprofile", "--norc", "-s"], ""),
    "dash": (["dash", "-s"], ""),
    "zsh": (["zsh", "-f", "-i", "-s"], "setopt extendedglob\n"),
}
BODY = '{"GroupId":"smoke-test","EventTime":1767225600000}'


def block(heading, number=0):
    """A block of code below a heading, without prompts and what a command prints."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    language, code = re.findall(r"^```(sh|console)\n(.*?)^```", section, re.DOTALL | re.MULTILINE)[number]
    if language == "sh":
        return code
    commands = re.findall(r"^\$ ((?:.*[|\\]\n)*.*)", code, re.MULTILINE)
    return "".join(f"{command}\n" for command in commands)


def stand_ins(folder, port, program):
    """A folder for the PATH: chat-events, and a curl that finds a deployed API in the emulator."""
    binaries = folder / "readme-bin"
    binaries.mkdir()
    (binaries / "chat-events").symlink_to(program)
    curl = binaries / "curl"
    host = rf's#https://([a-z0-9]+)\.execute-api\.[^/]*/#http://\1.execute-api.localhost:{port}/#'
    curl.write_text(f"#!/bin/bash\nfor word; do words+=(\"$(sed -E '{host}' <<< \"$word\")\"); done\n"
                    f"exec {shutil.which('curl')} --resolve '*:{port}:127.0.0.1' \"${{words[@]}}\"\n")
    curl.chmod(0o755)
    return binaries


def in_every_shell(stack, port, program):
    binaries = stand_ins(stack.folder, port, program)
    # While two tokens stand in the secret, the first one signs.
    put = ["secretsmanager", "put-secret-value", "--secret-id", SECRET, "--secret-string"]
    stack.aws(*put, f"{SECOND_TOKEN},{FIRST_TOKEN}")
    for name, (command, first) in SHELLS.items():
        if not shutil.which(name):
            note(f"{name} is not installed: the README's commands were not run in it")
            continue

        def typed(commands, folder=ROOT):
            return stack.run(*command, stdin=first + commands, cwd=folder,
                             PATH=f"{binaries}{os.pathsep}{stack.environment['PATH']}", PS1="", PS2="")

        deploy(stack, name, typed)
        smoke(stack, name, typed)
        read(name, typed)
    stack.aws(*put, SECOND_TOKEN)


def deploy(stack, name, typed):
    """The commands between the installation and `sam build`."""
    folder = stack.folder / f"readme-{name}"
    (folder / "docs").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "samconfig.example.toml", folder / "docs")
    secret = f"{SECRET}-{name}"
    commands = block("Deploy").replace(SECRET, secret).splitlines(keepends=True)
    at = next(number for number, line in enumerate(commands) if line.startswith("openssl"))
    typed("".join(commands[at:]), folder)
    token = stack.aws("secretsmanager", "get-secret-value", "--secret-id", secret)["SecretString"]
    check(f"{name}: makes a token of 64 digits", re.fullmatch("[0-9a-f]{64}", token), len(token))
    check(f"{name}: copies samconfig.toml", (folder / "samconfig.toml").exists())


def smoke(stack, name, typed):
    ran = typed(block("Smoke test"))
    check(f"{name}: the smoke test is answered OK", '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}' in ran.stdout,
          ran.stdout)
    check(f"{name}: and shows the body", ran.returncode == 0 and BODY in ran.stdout, ran.stdout)
    table = stack.outputs()["TableName"]
    items = stack.client("dynamodb").query(
        TableName=table, KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{SDK_APPID}#smoke-test"}})["Items"]
    equal(f"{name}: as one item, however often it is run", len(items), 1)


def read(name, typed):
    # The last one, `follow`, does not end.
    commands = [line for line in block("Read the events").splitlines(keepends=True) if not line.endswith("follow\n")]
    for line in commands:
        ran = typed(line)
        check(f"{name}: {line.split('tencent-chat-webhook ')[1].strip()}",
              ran.returncode == 0 and "2022-12-09T" in ran.stdout, ran.stdout)
