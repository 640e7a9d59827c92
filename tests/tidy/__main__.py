"""Checks the repository's own rules: `python3 tests/tidy`. With `--planted`, it breaks each rule in a copy.

It needs only Python's standard library and git.
"""

import sys

sys.dont_write_bytecode = True

import planted
from repository import Repository
from rules import RULES


def main(arguments):
    repository = Repository.of_this_file()
    if arguments == ["--planted"]:
        return planted.main(repository)
    faults = [f"{rule.__name__}: {fault}" for rule in RULES for fault in rule(repository)]
    print("\n".join(faults) or f"{len(RULES)} rules, all kept")
    return 1 if faults else 0


sys.exit(main(sys.argv[1:]))
