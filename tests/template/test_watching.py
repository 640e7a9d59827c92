"""Metrics, alarms, queries and the dashboard: each asks for what there is."""

import json
import re
import unittest

import filters
from expansion import LEAST, MOST, PARAMETERS, Expansion
from lines import CONTINUED, FAILED, FORWARDED, OF_THE_FUNCTION, OF_THE_REDRIVE, counted

OWN = "TencentChatWebhook/chat"
OUTCOMES_OF_A_REDRIVE = 3
FREE = {
    "AWS/ApiGateway": {"Count", "4xx", "5xx", "Latency", "IntegrationLatency"},
    "AWS/DynamoDB": {"ThrottledRequests", "SuccessfulRequestLatency", "ConditionalCheckFailedRequests",
                     "ConsumedWriteCapacityUnits"},
    "AWS/Lambda": {"Errors", "Throttles", "Duration", "ConcurrentExecutions"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible"},
}


def metric_filters(expansion, group=None):
    return [each["Properties"] for each in expansion.of_type("AWS::Logs::MetricFilter").values()
            if group in (None, each["Properties"]["LogGroupName"])]


def own_metrics(expansion):
    """What the filters can make: name and names of dimensions."""
    return {(each["MetricName"], tuple(part["Key"] for part in each.get("Dimensions", [])))
            for one in metric_filters(expansion) for each in one["MetricTransformations"]}


def fields(lines):
    """The names of the fields that lines of a log have."""
    return {key for line, _ in lines if isinstance(line, dict) for key in line}


def looked_at(alarm):
    """The metrics of an alarm: namespace, name, dimensions."""
    parts = [part["MetricStat"]["Metric"] for part in alarm.get("Metrics", []) if "MetricStat" in part] or [alarm]
    return [(part["Namespace"], part["MetricName"], {each["Name"]: each["Value"] for each in part.get("Dimensions", [])})
            for part in parts]


class Metrics(unittest.TestCase):
    def test_the_filters_count_each_line_as_they_should(self):
        least, most = Expansion(LEAST), Expansion(MOST)
        for line, expected in OF_THE_FUNCTION:
            self.assertEqual(counted(metric_filters(least, "<FunctionLog>"), line), expected, line)
            self.assertEqual(counted(metric_filters(most, "<FunctionLog>"), line), expected, line)
        for line, expected in FORWARDED:
            self.assertEqual(counted(metric_filters(most, "<FunctionLog>"), line), expected, line)
        for line, expected in OF_THE_REDRIVE:
            self.assertEqual(counted(metric_filters(least, "<RedriveLog>"), line), expected, line)

    def test_a_field_that_becomes_a_value_or_a_dimension_is_in_the_pattern(self):
        for each in metric_filters(Expansion(MOST)):
            asked = {path for path, _, _ in filters.terms(each["FilterPattern"])}
            for transformation in each["MetricTransformations"]:
                used = {part["Value"] for part in transformation.get("Dimensions", [])}
                used |= {transformation["MetricValue"]} if transformation["MetricValue"].startswith("$.") else set()
                self.assertLessEqual({path.removeprefix("$.") for path in used}, asked, each)

    def test_there_are_few_of_them_and_none_by_command(self):
        names = own_metrics(Expansion(LEAST))
        count = sum(OUTCOMES_OF_A_REDRIVE if dimensions == ("outcome",) else 1 for _, dimensions in names)
        self.assertLessEqual(count, 12)
        self.assertFalse([name for name in names if "command" in str(name).lower()])

    def test_no_level_hides_what_alarms_count(self):
        self.assertEqual(PARAMETERS["LogLevel"]["AllowedValues"], ["DEBUG", "INFO", "WARN"])
        redrive = Expansion(LEAST | {"LogLevel": "WARN"}).properties("Redrive")["LoggingConfig"]
        self.assertEqual(redrive["ApplicationLogLevel"], "INFO")

    def test_lambdas_own_reports_come_with_debug_alone(self):
        for level, system in (("DEBUG", "INFO"), ("INFO", "WARN"), ("WARN", "WARN")):
            logging = Expansion(LEAST | {"LogLevel": level}).properties("Function")["LoggingConfig"]
            self.assertEqual(logging["SystemLogLevel"], system)


class Alarms(unittest.TestCase):
    def test_each_looks_at_a_metric_that_there_is(self):
        for parameters in (LEAST, MOST):
            each = Expansion(parameters)
            own = own_metrics(each)
            for name, alarm in each.of_type("AWS::CloudWatch::Alarm").items():
                for namespace, metric, dimensions in looked_at(alarm["Properties"]):
                    if namespace == OWN:
                        self.assertIn((metric, tuple(dimensions)), own, name)
                    else:
                        self.assertIn(metric, FREE[namespace], name)
                        self.assertTrue(dimensions, name)

    def test_each_loss_has_one(self):
        each = Expansion(MOST)
        seen = {(namespace, metric): name for name, alarm in each.of_type("AWS::CloudWatch::Alarm").items()
                for namespace, metric, _ in looked_at(alarm["Properties"])}
        for loss in (("AWS/ApiGateway", "5xx"), ("AWS/ApiGateway", "4xx"), ("AWS/Lambda", "Throttles"),
                     ("AWS/Lambda", "Errors"), (OWN, "NotStored"), (OWN, "SignatureRefusals"),
                     (OWN, "ForwardFailures"), ("AWS/DynamoDB", "ThrottledRequests"),
                     ("AWS/SQS", "ApproximateNumberOfMessagesVisible")):
            self.assertIn(loss, seen)
        queues = [alarm["Properties"]["Dimensions"][0]["Value"] for alarm in each.of_type("AWS::CloudWatch::Alarm")
                  .values() if alarm["Properties"].get("Namespace") == "AWS/SQS"]
        self.assertEqual(sorted(queues), ["<EventPipeDeadLetters.QueueName>", "<RedriveDeadLetters.QueueName>"])

    def test_the_slow_one_looks_at_what_tencent_waits_for(self):
        alarm = Expansion(LEAST).properties("SlowAlarm")
        self.assertEqual((alarm["Namespace"], alarm["MetricName"], alarm["ExtendedStatistic"]),
                         ("AWS/ApiGateway", "Latency", "p99"))
        self.assertLess(alarm["Threshold"], 2000)

    def test_what_the_api_turned_away_is_what_the_function_did_not_refuse(self):
        each = Expansion(LEAST)
        expressions = [part["Expression"] for part in each.properties("ApiThrottlesAlarm")["Metrics"]
                       if "Expression" in part]
        self.assertEqual(expressions, ["client_errors - FILL(refused, 0)"])
        # It counts on every request reaching the function that the API lets through.
        self.assertEqual(each.properties("ApiRoute")["RouteKey"], "$default")

    def test_with_a_topic_each_tells_it(self):
        topic = MOST["AlarmTopicArn"]
        for name, alarm in Expansion(MOST).of_type("AWS::CloudWatch::Alarm").items():
            self.assertEqual(alarm["Properties"]["AlarmActions"], [topic], name)
            self.assertEqual(alarm["Properties"]["TreatMissingData"], "notBreaching", name)

    def test_what_they_say_holds(self):
        text = " ".join(alarm["Properties"]["AlarmDescription"]
                        for alarm in Expansion(MOST).of_type("AWS::CloudWatch::Alarm").values())
        self.assertNotIn("1.3 s", text)
        for parameter in re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", text):
            if not parameter.endswith("Alarm"):
                self.assertTrue(parameter in PARAMETERS or parameter in ("CloudWatch", "DynamoDB"), parameter)


class Queries(unittest.TestCase):
    def test_each_asks_for_fields_that_lines_have(self):
        of_the_function = fields(OF_THE_FUNCTION + FORWARDED) | {"cold_start", "error", "token"}
        of_the_function |= {f"unrecorded.{key}" for key in FAILED["unrecorded"]}
        known = {"<FunctionLog>": of_the_function, "<RedriveLog>": fields(OF_THE_REDRIVE), "<ApiLog>": {"status", "error"}}
        for name, query in Expansion(MOST).of_type("AWS::Logs::QueryDefinition").items():
            text = re.sub(r'"[^"]*"|/[^/]*/|#.*', "", query["Properties"]["QueryString"])
            made = set(re.findall(r"\bas (\w+)", text))
            words = set(re.findall(r"(?<![\w@.])[A-Za-z_][\w.]*(?!\w*\()", text))
            words -= made | {"filter", "fields", "stats", "sort", "limit", "by", "as", "asc", "desc", "and", "like", "h",
                             "m"}
            for group in query["Properties"]["LogGroupNames"]:
                self.assertLessEqual(words, known[group], name)

    def test_the_dashboard_shows_metrics_that_there_are(self):
        each = Expansion(MOST)
        dashboard = json.loads(each.properties("Dashboard")["DashboardBody"])
        shown = set()
        for widget in dashboard["widgets"]:
            previous = []
            for metric in widget["properties"].get("metrics", []):
                metric = [part for part in metric if not isinstance(part, dict)]
                if metric[0] == "...":
                    metric = previous[:len(previous) - len(metric) + 1] + metric[1:]
                metric = [previous[at] if part == "." else part for at, part in enumerate(metric)]
                previous = metric
                if metric[0] == OWN:
                    shown.add((metric[1], tuple(metric[2::2])))
                else:
                    self.assertIn(metric[1], FREE[metric[0]])
        self.assertEqual(shown, {metric for metric in own_metrics(each) if metric[1] != ("function_version",)})
