"""Step: the commands of the README and of docs/deploy.md, typed into each shell that people use."""

import http.client
import http.server
import os
import re
import shutil
import threading
import time

from callbacks import SDK_APPID
from checks import check, equal, note
from deploying import FIRST_TOKEN, SECOND_TOKEN, SECRET
from stack import ROOT

README, DEPLOY = ROOT / "README.md", ROOT / "docs" / "deploy.md"
# As a person has them: the last one is interactive, where `#` begins no comment and `?`, `*`, `#` and `^` are patterns.
SHELLS = {
    "bash": (["bash", "--noprofile", "--norc", "-s"], ""),
    "dash": (["dash", "-s"], ""),
    "zsh": (["zsh", "-f", "-i", "-s"], "setopt extendedglob\n"),
}
BODY = '{"GroupId":"curl-test","EventTime":1767225600000}'
OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'


def block(heading, number=0, page=README):
    """A block of code below a heading, without prompts and what a command prints."""
    section = page.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    language, code = re.findall(r"^```(sh|console)\n(.*?)^```", section, re.DOTALL | re.MULTILINE)[number]
    if language == "sh":
        return code
    commands = re.findall(r"^\$ ((?:.*[|\\]\n)*.*)", code, re.MULTILINE)
    return "".join(f"{command}\n" for command in commands)


def deployed_api(sender):
    """The deployed API at an address of this machine: only by its host name does the emulator know it."""

    class Api(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection("127.0.0.1", sender.port, timeout=30)
            connection.request("POST", self.path, body, {"Host": sender.host, "Content-Type": "application/json"})
            response = connection.getresponse()
            reply = response.read()
            sender.times.append(time.time())
            self.send_response(response.status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def stand_ins(folder, sender, program):
    """A folder for the PATH: a chat-events and a curl that find a deployed API in the emulator."""
    binaries = folder / "readme-bin"
    binaries.mkdir()
    events = binaries / "chat-events"
    events.write_text(f"#!/bin/bash\n[ \"$3\" = send ] && exec {program} \"${{@:3}}\" --to {deployed_api(sender)}\n"
                      f"exec {program} \"$@\"\n")
    events.chmod(0o755)
    curl, port = binaries / "curl", sender.port
    host = rf's#https://([a-z0-9]+)\.execute-api\.[^/]*/#http://\1.execute-api.localhost:{port}/#'
    curl.write_text(f"#!/bin/bash\nfor word; do words+=(\"$(sed -E '{host}' <<< \"$word\")\"); done\n"
                    f"exec {shutil.which('curl')} --resolve '*:{port}:127.0.0.1' \"${{words[@]}}\"\n")
    curl.chmod(0o755)
    return binaries


def in_every_shell(stack, sender, program):
    binaries = stand_ins(stack.folder, sender, program)
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
        smoke_with_curl(stack, name, typed)
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
    check(f"{name}: the smoke test is answered OK", " 200 " in ran.stdout and OK in ran.stdout, ran.stdout)
    check(f"{name}: and lists the event", ran.returncode == 0 and "2026-01-01T00:00:00.000Z" in ran.stdout, ran.stdout)
    equal(f"{name}: as one item, however often it is run", recorded(stack, "smoke-test"), 1)


def smoke_with_curl(stack, name, typed):
    ran = typed(block("A smoke test with curl", page=DEPLOY))
    check(f"{name}: the one with curl is answered OK", OK in ran.stdout, ran.stdout)
    check(f"{name}: and shows the body", ran.returncode == 0 and BODY in ran.stdout, ran.stdout)
    equal(f"{name}: as one item too", recorded(stack, "curl-test"), 1)


def recorded(stack, subject):
    """How many events of a subject are in the table."""
    return len(stack.client("dynamodb").query(
        TableName=stack.outputs()["TableName"], KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{SDK_APPID}#{subject}"}})["Items"])


def read(name, typed):
    # `follow` does not end.
    commands = [line for line in block("Read the events").splitlines(keepends=True) if " follow" not in line]
    for line in commands:
        ran = typed(line)
        check(f"{name}: {line.split('tencent-chat-webhook ')[1].strip()}",
              ran.returncode == 0 and "2022-12-09" in ran.stdout, ran.stdout)
