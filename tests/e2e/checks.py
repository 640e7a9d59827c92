"""Steps and checks. They are printed at once and counted."""

import json
import time

_counts = {"passed": 0, "failed": 0}


def step(title):
    print(f"\n== {title}", flush=True)


def check(what, holds, found=None):
    """Counts a check. `found` is printed if it fails."""
    _counts["passed" if holds else "failed"] += 1
    print(f"  {'ok  ' if holds else 'FAIL'} {what}", flush=True)
    if not holds and found is not None:
        print(f"       found: {found if isinstance(found, str) else json.dumps(found, default=str)}", flush=True)
    return holds


def note(text):
    print(f"  note {text}", flush=True)


def equal(what, found, expected):
    return check(what, found == expected, f"{found!r}, expected {expected!r}")


def refused(what, code, action, *args, **kwargs):
    """Checks that AWS refuses a call with an error code."""
    from botocore.exceptions import ClientError

    try:
        found = action(*args, **kwargs)
    except ClientError as error:
        found = error.response["Error"]["Code"]
    return equal(what, found, code)


def wait_for(fetch, enough, seconds=20):
    """Calls `fetch` until its result is `enough` or the time is up. Returns the last result."""
    deadline = time.monotonic() + seconds
    while True:
        found = fetch()
        if enough(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def summary():
    """Prints the last line, and returns the exit code."""
    print(f"\n{_counts['passed']} passed, {_counts['failed']} failed", flush=True)
    return 1 if _counts["failed"] else 0
