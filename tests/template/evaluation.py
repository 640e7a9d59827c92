"""CloudWatch's evaluation of alarms, as far as the template needs it: `FILL` and `IF`, M of N periods, missing data."""

import operator

COMPARISONS = {"GreaterThanOrEqualToThreshold": operator.ge, "GreaterThanThreshold": operator.gt,
               "LessThanThreshold": operator.lt}


def fill(value, replacement):
    return replacement if value is None else value


def evaluated(expression, values):
    """An expression of metric math, with the value of each metric or None if it is missing."""
    functions = {"FILL": fill, "IF": lambda condition, one, other: one if condition else other}
    try:
        return eval(expression, {"__builtins__": {}}, functions | values)
    except TypeError:
        # The result of a missing value is missing.
        return None


def goes_off(alarm, metrics):
    """Whether an alarm on an expression is in ALARM. `metrics` has the values of each metric's periods, oldest first."""
    expression, = (part["Expression"] for part in alarm["Metrics"] if "Expression" in part)
    values = [evaluated(expression, dict(zip(metrics, period))) for period in zip(*metrics.values())]
    count = int(alarm["EvaluationPeriods"])
    compare = COMPARISONS[alarm["ComparisonOperator"]]
    breaching = [compare(value, alarm["Threshold"]) if value is not None else alarm["TreatMissingData"] == "breaching"
                 for value in values[-count:]]
    return sum(breaching) >= int(alarm.get("DatapointsToAlarm", count))
