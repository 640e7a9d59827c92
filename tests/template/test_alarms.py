"""Alarms on expressions: they are right although a metric is late, or has no data."""

import unittest

from evaluation import goes_off
from expansion import LEAST, Expansion

MOST_MINUTES = {"QuietMinutes": "5"}
# The values of each metric while the alarm should be on, and while it should be off. None: no data.
ON = {
    "LogDeliveryAlarm": {"errors": 1, "throttled": None},
    "RedriveDroppedAlarm": {"dropped": 9, "sent": None},
    "RedriveQueueAgeAlarm": {"visible": 0, "hidden": 1},
    "ApiThrottlesAlarm": {"client_errors": 50, "refused": 20},
    "TableThrottlesAlarm": {"throttled": 3},
    "QuietAlarm": {"writes": None},
}
OFF = {
    "LogDeliveryAlarm": {"errors": None, "throttled": None},
    "RedriveDroppedAlarm": {"dropped": 9, "sent": 9},
    "RedriveQueueAgeAlarm": {"visible": 0, "hidden": 0},
    "ApiThrottlesAlarm": {"client_errors": 50, "refused": 50},
    "TableThrottlesAlarm": {"throttled": None},
    "QuietAlarm": {"writes": 7},
}
# How late a metric may be, in seconds. CloudWatch promises nothing.
LATE = 180


def periods(values, count, late=None, missing=0):
    """The same values in each period. The newest ones of a late metric are missing."""
    return {name: [value] * (count - missing) + [None] * missing if name == late else [value] * count
            for name, value in values.items()}


class Expressions(unittest.TestCase):
    def setUp(self):
        alarms = Expansion(LEAST | MOST_MINUTES).of_type("AWS::CloudWatch::Alarm")
        self.alarms = {name: each["Properties"] for name, each in alarms.items()}
        self.filling = {name: each for name, each in self.alarms.items()
                        if any("FILL" in part.get("Expression", "") for part in each.get("Metrics", []))}

    def test_values_of_each_alarm_that_fills_are_known(self):
        self.assertEqual(self.filling.keys(), ON.keys())
        self.assertEqual(self.filling.keys(), OFF.keys())

    def test_alarms_are_right_although_a_metric_is_late(self):
        for state, expected in ((ON, True), (OFF, False)):
            for name, values in state.items():
                alarm = self.filling[name]
                period, = {part["MetricStat"]["Period"] for part in alarm["Metrics"] if "MetricStat" in part}
                count = 2 * int(alarm["EvaluationPeriods"])
                for late in (None, *values):
                    with self.subTest(name, on=expected, late=late):
                        self.assertEqual(goes_off(alarm, periods(values, count, late, -(-LATE // period))), expected)

    def test_alarms_clear_after_their_periods(self):
        for name, off in OFF.items():
            alarm = self.filling[name]
            count = int(alarm["EvaluationPeriods"])
            history = {metric: [ON[name][metric]] * count + [value] * count for metric, value in off.items()}
            self.assertFalse(goes_off(alarm, history), name)

    def test_alarms_on_dynamodb_fill_missing_data(self):
        # An alarm on a metric of DynamoDB may ignore missing data, whatever TreatMissingData says.
        found = 0
        for name, alarm in self.alarms.items():
            self.assertNotEqual(alarm.get("Namespace"), "AWS/DynamoDB", name)
            ids = [part["Id"] for part in alarm.get("Metrics", [])
                   if part.get("MetricStat", {}).get("Metric", {}).get("Namespace") == "AWS/DynamoDB"]
            for each in ids:
                expression, = (part["Expression"] for part in alarm["Metrics"] if "Expression" in part)
                self.assertIn(f"FILL({each}, 0)", expression)
                found += 1
        self.assertEqual(found, 2)
