"""Tests the SQL of the archive on DuckDB: `make lint-template`."""

import pathlib
import unittest

HERE = pathlib.Path(__file__).parent

unittest.main(module=None, argv=["archive", "discover", "--start-directory", str(HERE)])
