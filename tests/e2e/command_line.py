"""Steps: what people read and repair with."""

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
    history = lines(stack, "history", GROUP)
    check("a subject's history is in order", history and [each["sk"] for each in history] ==
          sorted(each["sk"] for each in history), history)
    sample = samples()["group-destroyed"]
    destroyed = [each for each in history if each["Body"].encode() == sample_body(sample)]
    equal("with the body as it came", len(destroyed), 1)
    day = lines(stack, "day", destroyed[0]["CallbackCommand"], destroyed[0]["CommandDay"].split("#")[2])
    check("a command's day has it too", destroyed[0]["sk"] in [each["sk"] for each in day], day)
    head = max(lines(stack, "history", "@TGS#large"), key=lambda each: each["EventTime"])
    check("a large body is in parts", "BodyParts" in head, head["sk"])
    shown = stack.must(str(PROGRAM), "--stack", stack.name, "show", head["pk"], head["sk"])
    command = {"CallbackCommand": head["CallbackCommand"]}
    sent = json.dumps(command | large_body(2 * LARGE), ensure_ascii=False, separators=(",", ":"))
    check("and shown to the byte", shown == sent, shown[:200])


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
    other = stack.run(str(PROGRAM), "--stack", "no-such", "history", GROUP)
    check("a stack that isn't there too", other.returncode == 1 and "there is no stack no-such" in other.stdout,
          other.stdout)
