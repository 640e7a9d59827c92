"""Runs the state machine of the archive with the emulator's engine: `make lint-template`."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.append(str(HERE.parent / "template"))

unittest.main(module=None, argv=["machine", "discover", "--start-directory", str(HERE)])
