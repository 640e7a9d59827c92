"""The part of CloudWatch Logs Insights that `doctor` uses, which the emulator lacks: conditions, groups and counts."""

import json
import re

# A condition of the filter, and whether a line with these fields meets it.
CONDITIONS = {
    r"ispresent\((\S+)\)": lambda fields, name: name in fields,
    r"not isempty\((\S+)\)": lambda fields, name: fields.get(name, "") != "",
    r"toMillis\(@timestamp\) >= (\d+)": lambda fields, bound: fields["@timestamp"] >= int(bound),
    r"toMillis\(@timestamp\) < (\d+)": lambda fields, bound: fields["@timestamp"] < int(bound),
}
AGGREGATES = {
    r"count\(\*\)": lambda lines: len(lines),
    r"max\(@timestamp\)": lambda lines: max(fields["@timestamp"] for fields in lines),
    r"latest\((\S+)\)": lambda lines, name: max(lines, key=lambda fields: fields["@timestamp"]).get(name, ""),
}


def flat(value, name=""):
    """The fields of an object, with dots between the names of nested fields."""
    if not isinstance(value, dict):
        return {name: value}
    return {inner: found for key, each in value.items() for inner, found in flat(each, f"{name}.{key}" if name else key).items()}


def call(table, text, *arguments):
    for pattern, function in table.items():
        if found := re.fullmatch(pattern, text.strip()):
            return function(*arguments, *found.groups())
    raise ValueError(f"this stand-in for Logs Insights does not know {text}")


def rows(query, records):
    """The result of a query that begins with `filter` and has `stats`. A record is time, stream and message."""
    stages = [stage.strip() for stage in query.split(" | ")]
    selected = []
    for timestamp, stream, message in records:
        try:
            fields = flat(json.loads(message))
        except ValueError:
            continue
        fields |= {"@timestamp": timestamp, "@logStream": stream}
        if all(call(CONDITIONS, each, fields) for each in stages[0].removeprefix("filter ").split(" and ")):
            selected.append(fields)
    for stage in stages[1:]:
        if parse := re.fullmatch(r'parse (\S+) "(.*)" as (.*)', stage):
            pattern = re.compile(re.escape(parse[2]).replace(r"\*", "(.*?)") + "$")
            for fields in selected:
                if found := pattern.match(fields[parse[1]]):
                    fields |= zip(parse[3].split(", "), found.groups())
        elif stats := re.fullmatch(r"stats (.*) by (.*)", stage):
            groups = {}
            for fields in selected:
                key = tuple((name, fields[name]) for name in stats[2].split(", ") if name in fields)
                groups.setdefault(key, []).append(fields)
            counts = [each.rsplit(" as ", 1) for each in re.split(r", (?=\w+\()", stats[1])]
            return [dict(key) | {name: call(AGGREGATES, text, lines) for text, name in counts} for key, lines in groups.items()]
    raise ValueError(f"a query without stats: {query}")
