"""The SQL of archive.yaml, and the same for DuckDB. As a program, it writes the view for DuckDB into docs/archive.sql."""

import functools
import pathlib
import re

import sqlglot
import yaml

ROOT = pathlib.Path(__file__).parents[2]
UNLOAD = re.compile(r"UNLOAD \(\n(.*)\n\)\nTO '([^']*)' WITH \(format = 'TEXTFILE', compression = 'GZIP'\)", re.DOTALL)


class Loader(yaml.SafeLoader):
    """Reads a template. What a function of CloudFormation would give stays as it is written."""


Loader.add_multi_constructor("!", lambda loader, tag, node: getattr(node, "value", None))


@functools.cache
def resources():
    return yaml.load((ROOT / "archive.yaml").read_text(), Loader)["Resources"]


def of_the_machine():
    """The statements of the state machine by name, with their places still open."""
    states = resources()["ArchiveMachine"]["Properties"]["Definition"]["States"]
    return states["Archive"]["Branches"][0]["States"]["Statements"]["Assign"]


def saved_queries():
    """The saved queries by name."""
    return {each["Properties"]["Name"]: each["Properties"]["QueryString"] for each in resources().values()
            if each["Type"] == "AWS::Athena::NamedQuery"}


def query_and_target(statement):
    """The query inside an UNLOAD, and the place of its result."""
    return UNLOAD.fullmatch(statement).groups()


def parsed(sql):
    """Athena's SQL as a tree. What the grammar does not know is an error."""
    tree, = sqlglot.parse(sql, read="athena", error_level=sqlglot.ErrorLevel.RAISE)
    if isinstance(tree, sqlglot.exp.Command):
        raise ValueError(f"the parser does not know this statement: {sql[:80]}")
    return tree


@functools.cache
def for_duckdb(sql):
    """Athena's SQL as DuckDB's."""
    return parsed(sql).sql(dialect="duckdb", pretty=True, unsupported_level=sqlglot.ErrorLevel.RAISE)


# The tables of Athena, over a copy of the bucket in the folder {bucket}.
SOURCES = """\
CREATE OR REPLACE VIEW exports AS
SELECT CAST(json AS VARCHAR) AS line, day
FROM read_json_objects(
    '{bucket}/events/day=*/AWSDynamoDB/data/**/*.gz',
    format = 'newline_delimited', hive_partitioning = true, hive_types = {{'day': VARCHAR}}
);

CREATE OR REPLACE VIEW other_days AS
SELECT CAST(json AS VARCHAR) AS line
FROM read_json_objects('{bucket}/other_days/**/*.gz', format = 'newline_delimited');
"""

HEAD = """\
-- The view `events` of the archive for DuckDB, over a copy of its bucket in the folder `archive`: docs/recipes.md.
-- Translated from Athena's SQL in archive.yaml by tests/archive/statements.py.

"""


def view_for_duckdb():
    return f"{HEAD}{SOURCES.format(bucket='archive')}\n{for_duckdb(of_the_machine()['view'])};\n"


if __name__ == "__main__":
    (ROOT / "docs" / "archive.sql").write_text(view_for_duckdb())
