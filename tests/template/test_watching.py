"""Metrics, alarms, queries and the dashboard: they use only existing metrics and fields."""

import json
import re
import unittest

import filters
import prices
from expansion import LEAST, MOST, PARAMETERS, Expansion
from lines import (FAILED, FORWARDED, MISSED, OF_REFORWARD, OF_THE_FUNCTION, OF_THE_REDRIVE, UNFORWARDED, counted)

OWN = "TencentChatWebhook/chat"
OUTCOMES_OF_A_REDRIVE = 3
# If one of these goes off, callbacks are lost: they are neither in the table nor in the log.
LOSSES = ["FunctionErrorsAlarm", "FunctionThrottlesAlarm", "ApiThrottlesAlarm", "SignatureRefusalsAlarm",
          "ApiErrorsAlarm"]
# If one of these goes off, the callbacks are in the table, the log or a queue.
NO_LOSSES = {"NotStoredAlarm", "LogDeliveryAlarm", "RedriveDroppedAlarm", "RedriveQueueUnreachableAlarm",
             "RedriveQueueAgeAlarm", "RedriveDeadLettersAlarm", "SlowAlarm", "ForwardFailuresAlarm",
             "TableThrottlesAlarm", "EventPipeAlarm", "ArchiveAlarm", "QuietAlarm", "VersionErrorsAlarm", "VersionNotStoredAlarm",
             "ReforwardDeliveryAlarm", "ReforwardDroppedAlarm", "ReforwardQueueUnreachableAlarm",
             "ReforwardQueueAgeAlarm", "ReforwardDeadLettersAlarm"}
# The steps from the log to the table, and the metrics of failures in each step.
STEPS = {
    "LogDeliveryAlarm": {("AWS/Logs", "DeliveryErrors"), ("AWS/Logs", "DeliveryThrottling")},
    "RedriveDroppedAlarm": {("AWS/Lambda", "AsyncEventsDropped"), ("AWS/SQS", "NumberOfMessagesSent")},
    "RedriveQueueUnreachableAlarm": {("AWS/Lambda", "DeadLetterErrors")},
    "RedriveQueueAgeAlarm": {("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
                             ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible")},
    "RedriveDeadLettersAlarm": {("AWS/SQS", "ApproximateNumberOfMessagesVisible")},
}
FREE = {
    "AWS/Athena": {"ProcessedBytes"},
    "AWS/Scheduler": {"InvocationDroppedCount"},
    "AWS/States": {"ExecutionsFailed", "ExecutionsSucceeded", "ExecutionsTimedOut"},
    "AWS/ApiGateway": {"Count", "4xx", "5xx", "Latency", "IntegrationLatency"},
    "AWS/DynamoDB": {"ThrottledRequests", "SuccessfulRequestLatency", "ConditionalCheckFailedRequests",
                     "ConsumedWriteCapacityUnits"},
    "AWS/Lambda": {"Errors", "Throttles", "Duration", "ConcurrentExecutions", "AsyncEventsDropped", "DeadLetterErrors"},
    "AWS/Logs": {"DeliveryErrors", "DeliveryThrottling"},
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible",
                "NumberOfMessagesSent"},
}


def metric_filters(expansion, group=None):
    return [each["Properties"] for each in expansion.of_type("AWS::Logs::MetricFilter").values()
            if group in (None, each["Properties"]["LogGroupName"])]


def own_metrics(expansion):
    """The metrics of the filters: name and names of dimensions."""
    return {(each["MetricName"], tuple(part["Key"] for part in each.get("Dimensions", [])))
            for one in metric_filters(expansion) for each in one["MetricTransformations"]}


def fields(lines):
    """The names of the fields in lines of a log."""
    return {key for line, _ in lines if isinstance(line, dict) for key in line}


def alarms(expansion):
    return expansion.of_type("AWS::CloudWatch::Alarm") | expansion.of_type("AWS::CloudWatch::CompositeAlarm")


def looked_at(alarm):
    """The metrics of an alarm: namespace, name, dimensions."""
    parts = [part["MetricStat"]["Metric"] for part in alarm.get("Metrics", []) if "MetricStat" in part] or [alarm]
    return [(part["Namespace"], part["MetricName"], {each["Name"]: each["Value"] for each in part.get("Dimensions", [])})
            for part in parts]


class Metrics(unittest.TestCase):
    def test_filters_count_each_kind_of_line(self):
        least, most = Expansion(LEAST), Expansion(MOST)
        for line, expected in OF_THE_FUNCTION:
            self.assertEqual(counted(metric_filters(least, "<FunctionLog>"), line), expected, line)
            self.assertEqual(counted(metric_filters(most, "<FunctionLog>"), line), expected, line)
        for line, expected in FORWARDED + MISSED:
            self.assertEqual(counted(metric_filters(most, "<FunctionLog>"), line), expected, line)
        for line, expected in OF_THE_REDRIVE:
            self.assertEqual(counted(metric_filters(least, "<RedriveLog>"), line), expected, line)
        for line, expected in OF_REFORWARD:
            self.assertEqual(counted(metric_filters(most, "<ReforwardLog>"), line), expected, line)

    def test_filter_patterns_require_the_fields_of_their_metrics(self):
        for each in metric_filters(Expansion(MOST)):
            asked = {path for path, _, _ in filters.terms(each["FilterPattern"])}
            for transformation in each["MetricTransformations"]:
                used = {part["Value"] for part in transformation.get("Dimensions", [])}
                used |= {transformation["MetricValue"]} if transformation["MetricValue"].startswith("$.") else set()
                self.assertLessEqual({path.removeprefix("$.") for path in used}, asked, each)

    def test_metrics_are_few_and_never_by_command(self):
        names = own_metrics(Expansion(LEAST))
        count = sum(OUTCOMES_OF_A_REDRIVE if dimensions == ("outcome",) else 1 for _, dimensions in names)
        self.assertLessEqual(count, 12)
        self.assertFalse([name for name in names if "command" in str(name).lower()])

    def test_log_level_never_hides_lines_that_alarms_count(self):
        self.assertEqual(PARAMETERS["LogLevel"]["AllowedValues"], ["DEBUG", "INFO", "WARN"])
        redrive = Expansion(LEAST | {"LogLevel": "WARN"}).properties("Redrive")["LoggingConfig"]
        self.assertEqual(redrive["ApplicationLogLevel"], "INFO")

    def test_lambda_reports_are_logged_only_with_debug(self):
        for level, system in (("DEBUG", "INFO"), ("INFO", "WARN"), ("WARN", "WARN")):
            logging = Expansion(LEAST | {"LogLevel": level}).properties("Function")["LoggingConfig"]
            self.assertEqual(logging["SystemLogLevel"], system)


class Alarms(unittest.TestCase):
    def test_alarms_watch_only_existing_metrics(self):
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

    def test_losses_all_have_an_alarm(self):
        each = Expansion(MOST)
        seen = {(namespace, metric): name for name, alarm in each.of_type("AWS::CloudWatch::Alarm").items()
                for namespace, metric, _ in looked_at(alarm["Properties"])}
        for loss in (("AWS/ApiGateway", "5xx"), ("AWS/ApiGateway", "4xx"), ("AWS/Lambda", "Throttles"),
                     ("AWS/Lambda", "Errors"), (OWN, "NotStored"), (OWN, "SignatureRefusals"),
                     (OWN, "ForwardFailures"), ("AWS/DynamoDB", "ThrottledRequests"),
                     ("AWS/SQS", "ApproximateNumberOfMessagesVisible")):
            self.assertIn(loss, seen)
        queues = {dimensions["QueueName"] for alarm in each.of_type("AWS::CloudWatch::Alarm").values()
                  for _, metric, dimensions in looked_at(alarm["Properties"]) if metric.endswith("Visible")}
        self.assertEqual(queues, {f"<{name}.QueueName>" for name in each.of_type("AWS::SQS::Queue")})

    def test_steps_of_both_healers_all_have_an_alarm(self):
        each = Expansion(MOST)
        for healer, delivery, subscription in (("Redrive", "LogDeliveryAlarm", "UnrecordedSubscription"),
                                               ("Reforward", "ReforwardDeliveryAlarm", "UnforwardedSubscription")):
            for name, metrics in STEPS.items():
                name = delivery if name == "LogDeliveryAlarm" else name.replace("Redrive", healer)
                self.assertEqual({metric[:2] for metric in looked_at(each.properties(name))}, metrics, name)
                for _, _, dimensions in looked_at(each.properties(name)):
                    self.assertTrue(name == delivery or healer in str(dimensions), (name, dimensions))
            # The queue was not empty for an hour. The age of its oldest message leaves out messages received three times.
            age = each.properties(f"{healer}QueueAgeAlarm")
            self.assertEqual({part["MetricStat"]["Period"] * age["EvaluationPeriods"] for part in age["Metrics"]
                              if "MetricStat" in part}, {3600})
            self.assertEqual([part["Expression"] for part in age["Metrics"] if "Expression" in part],
                             ["FILL(visible, 0) + FILL(hidden, 0)"])
            dimensions, = {tuple(sorted(dimensions.items())) for _, _, dimensions in looked_at(each.properties(delivery))}
            subscribed = each.properties(subscription)
            self.assertEqual(dict(dimensions), {"LogGroupName": subscribed["LogGroupName"], "DestinationType": "Lambda",
                                                "FilterName": subscribed["FilterName"]})

    def test_dropped_alarms_ignore_events_that_reached_the_queue(self):
        # Lambda also counts an event as dropped if it put the event into the queue.
        for name in ("RedriveDroppedAlarm", "ReforwardDroppedAlarm"):
            dropped = Expansion(MOST).properties(name)
            self.assertEqual([part["Expression"] for part in dropped["Metrics"] if "Expression" in part],
                             ["IF(dropped > 2 * FILL(sent, 0), dropped - FILL(sent, 0), 0)"])
            self.assertEqual((dropped["EvaluationPeriods"], dropped["DatapointsToAlarm"]), (3, 2))

    def test_callbacks_lost_alarm_combines_the_alarms_of_losses(self):
        each = Expansion(LEAST)
        lost = each.properties("CallbacksLostAlarm")
        *others, errors = LOSSES
        own = f'(ALARM("<{errors}>") AND NOT ALARM("<NotStoredAlarm>"))'
        self.assertEqual(lost["AlarmRule"], " OR ".join([*(f'ALARM("<{name}>")' for name in others), own]))
        # Every other alarm is in one of the two lists, too.
        self.assertEqual(Expansion(MOST).of_type("AWS::CloudWatch::Alarm").keys(), {*LOSSES} | NO_LOSSES)
        self.assertEqual(NO_LOSSES & {*LOSSES}, set())

    def test_function_errors_alarm_ignores_versions_without_traffic(self):
        self.assertEqual(looked_at(Expansion(LEAST).properties("FunctionErrorsAlarm")),
                         [("AWS/Lambda", "Errors", {"FunctionName": "<Function>", "Resource": "<Function>:live"})])

    def test_functions_503_is_not_a_loss(self):
        each = Expansion(LEAST)
        errors, not_stored = each.properties("ApiErrorsAlarm"), each.properties("NotStoredAlarm")
        # The metrics do not arrive together. So the alarm that excludes the other goes off earlier, and lasts longer.
        self.assertGreater(errors["DatapointsToAlarm"], not_stored["DatapointsToAlarm"])
        self.assertLess(errors["EvaluationPeriods"], not_stored["EvaluationPeriods"])
        self.assertEqual(errors["Period"], not_stored["Period"])

    def test_quiet_alarm_watches_recorded_callbacks_if_set(self):
        self.assertNotIn("QuietAlarm", Expansion(LEAST).resources)
        quiet = Expansion(LEAST | {"QuietMinutes": "45"}).properties("QuietAlarm")
        self.assertEqual(looked_at(quiet), [("AWS/DynamoDB", "SuccessfulRequestLatency",
                                             {"TableName": "<EventsTable>", "Operation": "PutItem"})])
        metric, = (part["MetricStat"] for part in quiet["Metrics"] if "MetricStat" in part)
        self.assertEqual((metric["Stat"], quiet["ComparisonOperator"], quiet["Threshold"]),
                         ("SampleCount", "LessThanThreshold", 1))
        self.assertEqual((int(quiet["EvaluationPeriods"]), metric["Period"]), (45, 60))
        self.assertEqual(quiet["TreatMissingData"], "breaching")
        for minutes, accepted in (("0", True), ("1", False), ("4", False), ("5", True)):
            self.assertEqual(Expansion(LEAST | {"QuietMinutes": minutes}).is_accepted(), accepted, minutes)
        # CloudWatch evaluates at most one day.
        self.assertLessEqual(PARAMETERS["QuietMinutes"]["MaxValue"] * 60, 86_400)

    def test_slow_alarm_watches_the_latency_of_the_api(self):
        alarm = Expansion(LEAST).properties("SlowAlarm")
        self.assertEqual((alarm["Namespace"], alarm["MetricName"], alarm["ExtendedStatistic"]),
                         ("AWS/ApiGateway", "Latency", "p99"))
        self.assertLess(alarm["Threshold"], 2000)

    def test_api_throttles_are_4xx_that_the_function_did_not_send(self):
        each = Expansion(LEAST)
        expressions = [part["Expression"] for part in each.properties("ApiThrottlesAlarm")["Metrics"]
                       if "Expression" in part]
        self.assertEqual(expressions, ["client_errors - FILL(refused, 0)"])
        # The difference is right only if every request that the API admits reaches the function.
        self.assertEqual(each.properties("ApiRoute")["RouteKey"], "$default")

    def test_topics_get_pages_or_notices_and_their_recovery(self):
        pages, notices = MOST["PageTopicArn"], MOST["NoticeTopicArn"]
        for name, alarm in alarms(Expansion(MOST)).items():
            topic = pages if name in ("CallbacksLostAlarm", "QuietAlarm") else notices
            self.assertEqual(alarm["Properties"]["AlarmActions"], [topic], name)
            # Each deployment creates new alarms of its version. Their first change to OK is not a recovery.
            ends = [] if name.startswith("Version") else [topic]
            self.assertEqual(alarm["Properties"].get("OKActions", []), ends, name)
        for name, alarm in alarms(Expansion(LEAST)).items():
            self.assertFalse({"AlarmActions", "OKActions"} & alarm["Properties"].keys(), name)

    def test_missing_data_is_an_alarm_only_for_quiet(self):
        for name, alarm in Expansion(MOST).of_type("AWS::CloudWatch::Alarm").items():
            if name != "QuietAlarm":
                self.assertEqual(alarm["Properties"]["TreatMissingData"], "notBreaching", name)

    def test_alarm_descriptions_name_only_existing_parameters(self):
        text = " ".join(alarm["Properties"]["AlarmDescription"]
                        for alarm in Expansion(MOST).of_type("AWS::CloudWatch::Alarm").values())
        for parameter in re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", text):
            if not parameter.endswith("Alarm"):
                self.assertTrue(parameter in PARAMETERS or parameter in ("CloudWatch", "DynamoDB"), parameter)

    def test_fixed_costs_are_at_most_six_dollars_a_month(self):
        amounts, _ = prices.fixed()
        self.assertLessEqual(sum(amounts.values()), 6)


class Queries(unittest.TestCase):
    def test_queries_use_only_fields_of_the_log_lines(self):
        of_the_function = fields(OF_THE_FUNCTION + FORWARDED + MISSED) | {"cold_start", "error"}
        of_the_function |= {f"unrecorded.{key}" for key in FAILED["unrecorded"]}
        of_the_function |= {f"unforwarded.{key}" for key in UNFORWARDED["unforwarded"]}
        known = {"<FunctionLog>": of_the_function, "<ApiLog>": {"status", "error"}}
        for name, query in Expansion(MOST).of_type("AWS::Logs::QueryDefinition").items():
            text = re.sub(r'"[^"]*"|/[^/]*/|#.*', "", query["Properties"]["QueryString"])
            made = set(re.findall(r"\bas (\w+)", text))
            words = set(re.findall(r"(?<![\w@.])[A-Za-z_][\w.]*(?!\w*\()", text))
            words -= made | {"filter", "fields", "stats", "sort", "limit", "by", "as", "asc", "desc", "and", "or", "not",
                             "like", "h", "m"}
            for group in query["Properties"]["LogGroupNames"]:
                self.assertLessEqual(words, known[group], name)

    def test_dashboard_shows_only_existing_metrics(self):
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
