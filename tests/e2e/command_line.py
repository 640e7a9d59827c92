"""Steps: what people read and repair with."""

import datetime
import json
import os

from callbacks import SDK_APPID, sample_body, samples
from checks import check, equal
from receiving import GROUP, LARGE, large_body
from stack import ROOT

PROGRAM = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / "chat-events"


def run(stack, *arguments):
    return stack.run(str(PROGRAM), "--stack", stack.name, *arguments)


def lines(stack, *arguments):
    """What it prints for programs, without what it tells beside."""
    printed = stack.must(str(PROGRAM), "--stack", stack.name, "--json", *arguments)
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def reading(stack):
    """After the samples: the stack alone says where the events are, and of which application."""
    events = lines(stack, "list", GROUP)
    check("a subject's events are in order", events and [each["sk"] for each in events] ==
          sorted(each["sk"] for each in events), events)
    sample = samples()["group-destroyed"]
    destroyed = [each for each in events if each["Body"].encode() == sample_body(sample)]
    equal("with the body as it came", len(destroyed), 1)
    day = datetime.date.fromisoformat(destroyed[0]["CommandDay"].split("#")[2])
    of_command = ("--command", destroyed[0]["CallbackCommand"], "--since", str(day),
                  "--until", str(day + datetime.timedelta(days=1)))
    found = [each for each in lines(stack, "list", *of_command) if each["sk"] == destroyed[0]["sk"]]
    equal("a command's day has the same item, whole", found, destroyed)
    counted = lines(stack, "count", *of_command, "--by", "subject")
    check("and the counts say so", {"key": GROUP, "count": 1} in counted, counted)
    head = max(lines(stack, "list", "@TGS#large"), key=lambda each: each["EventTime"])
    check("a large body is in parts", "BodyParts" in head, head["sk"])
    shown = stack.must(str(PROGRAM), "--stack", stack.name, "show", head["pk"], head["sk"])
    command = {"CallbackCommand": head["CallbackCommand"]}
    sent = json.dumps(command | large_body(2 * LARGE), ensure_ascii=False, separators=(",", ":"))
    check("and shown to the byte", shown == sent, shown[:200])
    check("and listed whole", head["Body"] == sent, head["Body"][:200])
    asked = run(stack, "list")
    check("a scan is announced, and needs a yes", asked.returncode == 1 and "add --yes" in asked.stdout, asked.stdout)


def sending(stack, sender):
    """What people do with callbacks: send one, see it come, send it again."""
    receiver = Receiver()
    followed = stack.start(str(PROGRAM), "--stack", stack.name, "--json", "follow", "--subject", "test-follow",
                           "--forward-to", receiver.url)
    try:
        followed.stderr.readline()
        sent = lines(stack, "send", "Group.CallbackAfterGroupFull", "--set", "GroupId=test-follow", "--yes",
                     "--to", sender.url)
        equal("a test callback is accepted", [each["status"] for each in sent], [200])
        line = json.loads(followed.stdout.readline())
        equal("follow shows it, and its receiver's answer", (line["status"], line["CallbackCommand"]),
              (200, "Group.CallbackAfterGroupFull"))
    finally:
        followed.kill()
        followed.wait()
    replayed = lines(stack, "replay", "test-follow", "--to", receiver.url)
    equal("replay sends it again", [each["status"] for each in replayed], [200])
    (first, again) = receiver.received
    equal("byte for byte", again[1], first[1])
    check("and says so in the URL", "&Replayed=1" in again[0] and "Replayed" not in first[0], again[0])


def redriving(stack):
    """After callbacks that could not be stored: their entries are in the log still."""
    found = lines(stack, "redrive", "--since", "1h", "--dry-run")
    check("a dry run finds what was not stored", len(found) >= 2 and {each["outcome"] for each in found} == {"found"},
          found)
    check("of this application", all(each["pk"].startswith(f"{SDK_APPID}#") for each in found), found)
    redriven = run(stack, "redrive", "--since", "1h")
    check("a redrive by hand does no harm to what has come in since",
          redriven.returncode == 0 and "failed 0, incomplete 0" in redriven.stdout, redriven.stdout)
    empty = run(stack, "redrive", "--since", "2020-01-01", "--until", "2020-01-02")
    check("where there is nothing, it says so", empty.returncode == 0 and "no unrecorded callbacks in" in empty.stdout,
          empty.stdout)
    wrong = run(stack, "redrive", "--since", "1h", "--log-group", "/aws/lambda/no-such")
    check("a log group that isn't there is an error",
          wrong.returncode == 1 and "there is no log group /aws/lambda/no-such" in wrong.stdout, wrong.stdout)
    other = stack.run(str(PROGRAM), "--stack", "no-such", "list", GROUP)
    check("a stack that isn't there too", other.returncode == 1 and "there is no stack no-such" in other.stdout,
          other.stdout)
