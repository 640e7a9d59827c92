"""The part of CloudWatch's filter patterns for JSON that the template uses: `{ $.a = "x*" && $.b.c >= 0 }`.

A comparison with a field that isn't there is false. A text is compared with a text, a number with a number.
"""

import fnmatch
import json
import operator
import re

TERM = re.compile(r'\$\.([\w.]+)\s*(>=|<=|!=|=|>|<)\s*("[^"]*"|-?\d+(?:\.\d+)?)')
NUMBERS = {"=": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}


def terms(pattern):
    """The comparisons of a pattern: path, operator, operand."""
    inner = re.fullmatch(r"\{\s*(.*?)\s*\}", pattern.strip(), re.DOTALL)
    if not inner:
        raise ValueError(f"not a pattern for JSON: {pattern}")
    found = []
    for text in inner.group(1).split("&&"):
        term = TERM.fullmatch(text.strip())
        if not term:
            raise ValueError(f"a pattern beyond what is understood here: {pattern}")
        found.append(term.groups())
    return found


def at_path(line, path):
    """The value of a field such as `a.b`, or None."""
    for name in path.split("."):
        line = line.get(name) if isinstance(line, dict) else None
    return line


def holds(line, path, sign, operand):
    value = at_path(line, path)
    if operand.startswith('"'):
        if not isinstance(value, str) or sign not in ("=", "!="):
            return False
        return fnmatch.fnmatchcase(value, operand.strip('"')) == (sign == "=")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return NUMBERS[sign](value, float(operand))


def matches(pattern, line):
    """Whether a pattern selects a line, which is a text or an object."""
    if isinstance(line, str):
        try:
            line = json.loads(line)
        except ValueError:
            return False
    return isinstance(line, dict) and all(holds(line, *term) for term in terms(pattern))


def data(metric_filter, line):
    """The metrics that a filter makes of a line: namespace, name, dimensions, value. Its references are resolved."""
    if not matches(metric_filter["FilterPattern"], line):
        return
    for each in metric_filter["MetricTransformations"]:
        value = each["MetricValue"]
        dimensions = {part["Key"]: at_path(line, part["Value"][2:]) for part in each.get("Dimensions", [])}
        if None not in dimensions.values():
            yield (each["MetricNamespace"], each["MetricName"], dimensions,
                   float(at_path(line, value[2:]) if value.startswith("$.") else value))
