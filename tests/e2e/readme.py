"""Step: runs the commands of the README and of docs/deploy.md in each common shell."""

import os
import re
import shutil

from callbacks import SDK_APPID
from checks import check, equal, note
from command_line import PROGRAM
from deploying import FIRST_TOKEN, SECOND_TOKEN
from stack import ROOT

README, DEPLOY = ROOT / "README.md", ROOT / "docs" / "deploy.md"
# Interactive zsh is last: there `#` begins no comment, and `?`, `*`, `#` and `^` are patterns.
SHELLS = {
    "bash": (["bash", "--noprofile", "--norc", "-s"], ""),
    "dash": (["dash", "-s"], ""),
    "zsh": (["zsh", "-f", "-i", "-s"], "setopt extendedglob\n"),
}
BODY = '{"GroupId":"curl-test","EventTime":1767225600000}'
OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'


def block(heading, number=0, page=README):
    """A block of code under a heading, without prompts and output."""
    section = page.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    language, code = re.findall(r"^```(sh|console)\n(.*?)^```", section, re.DOTALL | re.MULTILINE)[number]
    if language == "sh":
        return code
    commands = re.findall(r"^\$ ((?:.*[|\\]\n)*.*)", code, re.MULTILINE)
    return "".join(f"{command}\n" for command in commands)


def in_every_shell(stack):
    binaries = stack.place.programs(stack, PROGRAM)
    # If the secret has two tokens, the first one signs.
    put = ["secretsmanager", "put-secret-value", "--secret-id", stack.secret, "--secret-string"]
    stack.aws(*put, f"{SECOND_TOKEN},{FIRST_TOKEN}")
    for name, (command, first) in SHELLS.items():
        if not shutil.which(name):
            note(f"{name} is not installed: the README's commands were not run in it")
            continue

        def typed(commands, folder=ROOT):
            return stack.run(*command, stdin=first + stack.own(commands), cwd=folder,
                             PATH=f"{binaries}{os.pathsep}{stack.environment['PATH']}", PS1="", PS2="")

        deploy(stack, name, typed)
        smoke(stack, name, typed)
        smoke_with_curl(stack, name, typed)
        read(name, typed)
    stack.aws(*put, SECOND_TOKEN)


def deploy(stack, name, typed):
    """The commands between the installation and `sam build`."""
    folder = stack.folder / f"readme-{name}"
    (folder / "docs").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "samconfig.example.toml", folder / "docs")
    secret = f"{stack.secret}-{name}"
    commands = stack.own(block("Deploy")).replace(stack.secret, secret).splitlines(keepends=True)
    at = next(number for number, line in enumerate(commands) if line.startswith("openssl"))
    typed("".join(commands[at:]), folder)
    token = stack.aws("secretsmanager", "get-secret-value", "--secret-id", secret)["SecretString"]
    check(f"{name}: makes a token of 64 digits", re.fullmatch("[0-9a-f]{64}", token), len(token))
    check(f"{name}: copies samconfig.toml", (folder / "samconfig.toml").exists())


def smoke(stack, name, typed):
    ran = typed(block("Smoke test"))
    check(f"{name}: the smoke test is answered OK", " 200 " in ran.stdout and OK in ran.stdout, ran.stdout)
    check(f"{name}: it lists the event", ran.returncode == 0 and "2026-01-01T00:00:00.000Z" in ran.stdout, ran.stdout)
    equal(f"{name}: repeated runs make one item", recorded(stack, "smoke-test"), 1)


def smoke_with_curl(stack, name, typed):
    ran = typed(block("A smoke test with curl", page=DEPLOY))
    check(f"{name}: the smoke test with curl is answered OK", OK in ran.stdout, ran.stdout)
    check(f"{name}: it shows the body", ran.returncode == 0 and BODY in ran.stdout, ran.stdout)
    equal(f"{name}: repeated runs with curl make one item", recorded(stack, "curl-test"), 1)


def recorded(stack, subject):
    """The number of a subject's events in the table."""
    return len(stack.client("dynamodb").query(
        TableName=stack.outputs()["TableName"], KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{SDK_APPID}#{subject}"}})["Items"])


def read(name, typed):
    # `follow` never ends.
    commands = [line for line in block("Read the events").splitlines(keepends=True) if " follow" not in line]
    for line in commands:
        ran, expected = typed(line), "Group.CallbackAfter" if "--since 1h" in line else "2022-12-09"
        check(f"{name}: {line.split('tencent-chat-webhook ')[1].strip()}",
              ran.returncode == 0 and expected in ran.stdout, ran.stdout)
