"""Ctrl-C, the end of the process, and the time of a step: each ends the steps, and none ends the removal."""

import contextlib
import signal

from checks import say


class Interrupted(BaseException):
    """Somebody ended the run."""


class OutOfTime(Exception):
    """A step took longer than its limit."""


_state = {"is_ending": False}


def _end(number, _frame):
    if _state["is_ending"]:
        say("  What was made is being removed. If you must end this, run it again later: it removes the rest.")
        return
    _state["is_ending"] = True
    raise Interrupted(signal.Signals(number).name)


def listen():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)


def hold():
    """From now on, nothing ends the run."""
    _state["is_ending"] = True
    signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def limit(minutes):
    def over(*_):
        raise OutOfTime(f"it took longer than {minutes} minutes")

    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, minutes * 60)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
