"""Tests the template after SAM's translation: `make lint-template`."""

import pathlib
import unittest

HERE = pathlib.Path(__file__).parent

unittest.main(module=None, argv=["template", "discover", "--start-directory", str(HERE)])
