"""Deploys template.yaml and uses it, in an account (`make account`) or in an emulated AWS (`make e2e`).

Only AWS is emulated. The SAM CLI, the function's binary, the HTTP requests and the AWS CLI are real.
"""

import argparse
import contextlib
import datetime
import os
import pathlib
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "template"))
# The modules of tests/template set a Region for themselves.
ENVIRONMENT = dict(os.environ)

import boto3
import checks
import interruption
import preflight
import removal
from botocore.exceptions import BotoCoreError, NoRegionError
from checks import say
from doctor import release
from emulator import Emulator
from place import Account, Emulated
from stack import Stack
from steps import STEPS
from words import Refused, in_words


def main():
    asked = argparse.ArgumentParser(prog="tests/e2e", description=__doc__.splitlines()[0])
    asked.add_argument("place", choices=["account", "emulator"])
    asked.add_argument("--name", default="tencent-chat-trial")
    asked.add_argument("--boundary")
    asked.add_argument("--yes", action="store_true")
    options = asked.parse_args()
    interruption.listen()
    try:
        with tempfile.TemporaryDirectory(prefix="e2e-") as folder, place_of(options, folder) as place:
            return run(place, options.name, options.yes or not place.is_charged, folder)
    except (Refused, BotoCoreError) as error:
        say(in_words(error))
        return 2


@contextlib.contextmanager
def place_of(options, folder):
    """The place, whose settings become those of this process and of the commands that it starts."""
    if options.place == "account":
        os.environ.clear()
        os.environ.update(ENVIRONMENT)
        region = boto3.Session().region_name
        if not region:
            raise NoRegionError
        # Not every tool reads both.
        os.environ |= {"AWS_PAGER": "", "SAM_CLI_TELEMETRY": "0", "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        yield Account(dict(os.environ), options.boundary)
        return
    with Emulator(folder) as emulator:
        environment = emulator.client_environment()
        os.environ.clear()
        os.environ.update(environment)
        try:
            yield Emulated(environment, emulator.port)
        except Exception:
            print(emulator.output(), file=sys.stderr)
            raise


def run(place, name, answer_yes, folder):
    checks.be_patient(place.patience)
    left = preflight.look(place, name)
    preflight.announce(place, name, left)
    if not preflight.agreed(answer_yes):
        return 2
    began, ended = time.monotonic(), None
    try:
        if left:
            say("\n== What an earlier run left is removed")
            if rest := removal.remove(place, name):
                raise RuntimeError(f"these can't be removed: {', '.join(rest)}")
        ended = walk(Stack(place, name, folder))
    except BaseException as error:
        ended = tell(error)
    finally:
        interruption.hold()
    say("\n== What was made is removed")
    rest = removal.remove(place, name)
    checks.equal(f"what is left with the name {name}", rest, [])
    return conclude(place, ended, time.monotonic() - began)


def walk(stack):
    """Runs the steps. Returns why they ended early, or nothing. No other step needs one that not every place can do."""
    for step in STEPS:
        if step.needs in stack.place.lacks:
            checks.left_out(step.title, stack.place.lacks[step.needs])
            continue
        checks.step(step.title)
        try:
            with interruption.limit(step.minutes):
                step.run(stack)
        except Exception as error:
            checks.check("the step comes to its end", False, in_words(error))
            say(f"       look at {step.look_at.replace('NAME', stack.name)}")
            if not step.needs:
                return f"the step failed: {step.title}"
    return None


def tell(error):
    """What ended the run, if it is not a step."""
    reason = f"ended by {error}" if isinstance(error, interruption.Interrupted) else in_words(error)
    say(f"\n{reason}")
    return reason


def conclude(place, ended, seconds):
    """Prints the row for the table of docs/account.md, and returns the exit code."""
    day = datetime.date.today()
    say(f"\n{place.title}, {place.region}, {day}, version {release()}, {seconds / 60:.0f} minutes")
    for line in checks.figures():
        say(f"  {line}")
    for line in checks.failed():
        say(f"  failed: {line}")
    if ended:
        say(f"  not all steps ran: {ended}")
    say(checks.counts())
    return 1 if ended or checks.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
