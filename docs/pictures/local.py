"""Makes the pictures of `make run`: the first minutes, and the page of an invented conversation."""

import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import page
import terminals
from conversation import ONE, OTHER, hold
from svg import FOLDER, ROOT

FUNCTION, APP = "http://127.0.0.1:9000/", "1400000001"
PROGRAM = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / "chat-events"
COLUMNS = 88


class Run:
    """`make run` with an empty table, and the lines that it has printed."""

    def __init__(self, folder):
        environment = os.environ | {"LOCAL_DYNAMODB_FILE": str(folder / "events.db")}
        self.process = subprocess.Popen(["make", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
                                        start_new_session=True)
        self.lines = []
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()

    def __enter__(self):
        while not any("Ctrl-C ends it" in line for line in self.lines):
            if self.process.poll() is not None:
                raise SystemExit("make run has ended")
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait()


def send(command, platform, address, body):
    query = {"SdkAppid": APP, "CallbackCommand": command, "contenttype": "json", "ClientIP": address, "OptPlatform": platform}
    with urllib.request.urlopen(f"{FUNCTION}?{urllib.parse.urlencode(query)}", data=body) as response:
        response.read()


def first_minutes(run):
    # The function starts with its first request, which takes longer and is not in the picture.
    send("Group.CallbackAfterGroupFull", "RESTAPI", "127.0.0.1", b'{"GroupId":"first","EventTime":1767225600000}')
    time.sleep(1)
    shown = len(run.lines)
    sent = subprocess.run(["make", "--no-print-directory", "send"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    time.sleep(1)
    outputs = {"make run": "…\n\n" + "".join(run.lines[shown:]), "make send": sent}
    (FOLDER / "first-minutes.svg").write_text(terminals.picture(COLUMNS, outputs), encoding="utf-8")


def conversation(folder):
    hold(send)
    html = folder / "conversation.html"
    subprocess.run([PROGRAM, "--local", "--app", APP, "chat", ONE, OTHER, "--html", html], cwd=ROOT, check=True)
    page.picture(html, FOLDER / "conversation.png")


def make():
    with tempfile.TemporaryDirectory() as folder, Run(pathlib.Path(folder)) as run:
        first_minutes(run)
        conversation(pathlib.Path(folder))
