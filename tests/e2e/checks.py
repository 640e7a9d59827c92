"""Steps and checks. They are printed at once and counted."""

import json
import time

_counts = {"passed": 0, "failed": 0, "left out": 0}
_failed = []
_measured = []
_hidden = []
_waits = {"patience": 1, "pause": 0.5}
# The length of a printed value.
SHORT = 60


def be_patient(patience):
    """Multiplies the time of each wait."""
    _waits.update(patience=patience, pause=0.5 if patience == 1 else 3)


def hide(secret):
    """Keeps a text out of everything that is printed."""
    _hidden.append(secret)
    return secret


def masked(text):
    for secret in _hidden:
        text = text.replace(secret, "…")
    return text


def say(text):
    print(masked(text), flush=True)


def step(title):
    say(f"\n== {title}")


def left_out(title, reason):
    _counts["left out"] += 1
    say(f"\n== {title}\n  left out, because {reason}")


def short(text, length=SHORT):
    """A text on one line, cut off at a length."""
    # A secret that is cut off would not be recognized afterwards.
    text = " ".join(masked(text).split())
    return text if len(text) <= length else f"{text[:length - 1]}…"


def check(what, holds, found=None):
    """Counts a check. The text says what is expected, and `found` is what was seen. The output of a command is shown only if the
    check fails."""
    whole = found if isinstance(found, str) else json.dumps(found, default=str)
    seen = "" if found in (None, "") or "\n" in whole else f": seen {short(whole)}"
    return _count(what, holds, seen, whole)


def equal(what, found, expected):
    return _count(what, found == expected, f": expected {short(repr(expected))}, seen {short(repr(found))}",
                  f"{found!r}, expected {expected!r}")


def _count(what, holds, shown, whole):
    _counts["passed" if holds else "failed"] += 1
    say(f"  {'ok  ' if holds else 'FAIL'} {what}{shown if holds else ''}")
    if not holds:
        _failed.append(what)
        say(f"       seen: {whole}")
    return holds


def note(text):
    say(f"  note {text}")


def measured(what, number, unit):
    """Prints a figure, now and at the end."""
    line = f"{what}: {number:.1f} {unit}" if number < 100 else f"{what}: {number:.0f} {unit}"
    _measured.append(line)
    note(line)


def figures():
    """What was measured, one line each."""
    return list(_measured)


def refused(what, code, action, *args, **kwargs):
    """Checks that AWS refuses a call with an error code."""
    from botocore.exceptions import ClientError

    try:
        found = action(*args, **kwargs)
    except ClientError as error:
        found = error.response["Error"]["Code"]
    return equal(what, found, code)


def wait_for(fetch, enough, seconds=20, pause=None):
    """Calls `fetch` until its result is `enough` or the time is up. Returns the last result."""
    deadline = time.monotonic() + seconds * _waits["patience"]
    while True:
        found = fetch()
        if enough(found) or time.monotonic() > deadline:
            return found
        time.sleep(pause or _waits["pause"])


def counts():
    return ", ".join(f"{count} {name}" for name, count in _counts.items())


def failed():
    """The checks that failed."""
    return list(_failed)
