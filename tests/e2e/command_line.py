"""Steps: the command line `chat-events`."""

import http.server
import json
import os
import subprocess

from callbacks import SDK_APPID, sample_body, samples
from checks import check, equal
from deploying import FIRST_TOKEN
from proxies import serve
from receiving import GROUP, LARGE, large_body
from stack import ROOT

PROGRAM = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / "chat-events"


def run(stack, *arguments):
    return stack.run(str(PROGRAM), "--stack", stack.name, *arguments)


def lines(stack, *arguments):
    """The lines of `--json`, without the notes."""
    printed = stack.must(str(PROGRAM), "--stack", stack.name, "--json", *arguments)
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def reading(stack):
    """After the samples. Only the stack names the table and the application."""
    events = lines(stack, "list", GROUP)
    check("a subject's events are in order", events and [each["sk"] for each in events] ==
          sorted(each["sk"] for each in events), events)
    sample = samples()["group-destroyed"]
    destroyed = [each for each in events if each["Body"].encode() == sample_body(sample)]
    equal("one has the unchanged body", len(destroyed), 1)
    day = destroyed[0]["CommandDay"].split("#")[2]
    of_command = ("--command", destroyed[0]["CallbackCommand"], "--since", day, "--until", day)
    found = [each for each in lines(stack, "list", *of_command) if each["sk"] == destroyed[0]["sk"]]
    equal("a command's day has the same whole item", found, destroyed)
    counted = lines(stack, "count", *of_command, "--by", "subject")
    check("count counts it", {"key": GROUP, "count": 1} in counted, counted)
    head = max(lines(stack, "list", "@TGS#large"), key=lambda each: each["EventTime"])
    check("a large body is in parts", "BodyParts" in head, head["sk"])
    shown = stack.must(str(PROGRAM), "--stack", stack.name, "show", head["pk"], head["sk"])
    command = {"CallbackCommand": head["CallbackCommand"]}
    sent = json.dumps(command | large_body(2 * LARGE), ensure_ascii=False, separators=(",", ":"))
    check("show prints it byte for byte", shown == sent, shown[:200])
    check("list prints it whole", head["Body"] == sent, head["Body"][:200])
    asked = run(stack, "list")
    check("a scan needs --yes", asked.returncode == 2 and "add --yes" in asked.stdout, asked.stdout)


class Receiver(http.server.BaseHTTPRequestHandler):
    """A receiver on this machine that keeps the requests."""

    protocol_version = "HTTP/1.1"
    received = []

    def do_POST(self):
        self.received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def resending(stack):
    """Sends a test callback, which follow forwards to a receiver and replay sends again."""
    receiver = f"{serve(Receiver)}/im"
    follow = [str(PROGRAM), "--stack", stack.name, "--json", "follow", "--subject", "test-e2e", "--forward-to", receiver]
    followed = subprocess.Popen(follow, cwd=ROOT, env=stack.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        check("follow begins", "following" in followed.stderr.readline())
        equal("a test callback is accepted", send(stack, "Group.CallbackAfterCreateGroup", "GroupId=test-e2e"), 200)
        line = json.loads(followed.stdout.readline())
        equal("follow forwards it", (line["status"], line["CallbackCommand"]), (200, "Group.CallbackAfterCreateGroup"))
    finally:
        followed.kill()
        followed.wait()
    replayed = lines(stack, "replay", "test-e2e", "--to", receiver)
    equal("replay sends it again", [each["status"] for each in replayed], [200])
    first, again = Receiver.received
    equal("the body is the same byte for byte", again[1], first[1])
    check("only the URL of replay has Replayed=1", "&Replayed=1" in again[0] and "Replayed" not in first[0], again[0])


def send(stack, command, *settings):
    """Sends a test callback to the stack. Returns the status."""
    sets = [word for setting in settings for word in ("--set", setting)]
    printed = stack.must(str(PROGRAM), "--stack", stack.name, "--json", "send", command, *sets, "--yes",
                         CALLBACK_TOKENS=FIRST_TOKEN, **stack.place.reach_api(stack))
    return json.loads(printed)["status"]


def telling(stack):
    """Reads conversations and groups, and erases persons."""
    equal("a message is accepted", send(stack, "C2C.CallbackAfterSendMsg", "From_Account=test-amy",
                                        "To_Account=test-bob", "MsgBody[0].MsgContent.Text=hello bob"), 200)
    said = lines(stack, "chat", "test-bob", "test-amy")
    equal("chat shows it", [(each["from"], each["text"]) for each in said], [("test-amy", "hello bob")])
    page = stack.folder / "chat.html"
    stack.must(str(PROGRAM), "--stack", stack.name, "chat", "test-amy", "test-bob", "--html", str(page))
    check("chat --html writes it to a page", "hello bob" in page.read_text())
    group = lines(stack, "group", "test-e2e")
    equal("group shows the members", [each["members"] for each in group], [["test-bob", "test-leckie", "test-peter"]])
    erased = lines(stack, "erase", "--person", "test-bob", "--yes")
    actions = {each["sk"].split("#")[1]: each["action"] for each in erased}
    equal("erase replaces a person in the events of others", actions, {
        "C2C.CallbackAfterSendMsg": "pseudonymised", "Group.CallbackAfterCreateGroup": "pseudonymised"})
    erased = lines(stack, "erase", "--person", "test-amy", "--yes")
    equal("erase deletes the person's own events", [each["action"] for each in erased], ["deleted"])
    check("erase says that the archive may have the person", "the archive may still have the person" in run(
        stack, "erase", "--person", "test-amy", "--dry-run", "--yes").stdout)
    equal("no event of the person is left", lines(stack, "list", "test-amy"), [])


def redriving(stack):
    """After callbacks that could not be stored. Their entries are still in the log."""
    found = lines(stack, "redrive", "--since", "1h", "--dry-run")
    check("a dry run finds the unrecorded callbacks", len(found) >= 2 and {each["outcome"] for each in found} == {"found"},
          found)
    check("all are of this application", all(each["pk"].startswith(f"{SDK_APPID}#") for each in found), found)
    redriven = run(stack, "redrive", "--since", "1h")
    check("a manual redrive does not change events recorded since",
          redriven.returncode == 0 and "failed 0, incomplete 0" in redriven.stdout, redriven.stdout)
    empty = run(stack, "redrive", "--since", "2020-01-01", "--until", "2020-01-02")
    check("an empty log is noted", empty.returncode == 0 and "no unrecorded callbacks in" in empty.stdout,
          empty.stdout)
    wrong = run(stack, "redrive", "--since", "1h", "--log-group", "/aws/lambda/no-such")
    check("a missing log group is an error",
          wrong.returncode == 1 and "there is no log group /aws/lambda/no-such" in wrong.stdout, wrong.stdout)
    other = stack.run(str(PROGRAM), "--stack", "no-such", "list", GROUP)
    check("a missing stack is an error", other.returncode == 1 and "there is no stack no-such" in other.stdout,
          other.stdout)
