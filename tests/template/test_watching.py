"""Metrics, alarms, queries and the dashboard: each asks for what there is."""

import json
import re
import unittest

import filters
import prices
from expansion import LEAST, MOST, PARAMETERS, Expansion
from lines import FAILED, FORWARDED, OF_THE_FUNCTION, OF_THE_REDRIVE, counted

OWN = "TencentChatWebhook/chat"
OUTCOMES_OF_A_REDRIVE = 3
# A callback that sets one of these off is in neither table nor log: it is lost.
LOSSES = ["FunctionErrorsAlarm", "FunctionThrottlesAlarm", "ApiThrottlesAlarm", "SignatureRefusalsAlarm",
          "ApiErrorsAlarm"]
# With these it is in the table, the log or a queue.
NO_LOSSES = {"NotStoredAlarm", "LogDeliveryAlarm", "RedriveDroppedAlarm", "RedriveQueueUnreachableAlarm",
             "RedriveQueueAgeAlarm", "RedriveDeadLettersAlarm", "SlowAlarm", "ForwardFailuresAlarm",
             "TableThrottlesAlarm", "EventPipeAlarm", "QuietAlarm", "VersionErrorsAlarm", "VersionNotStoredAlarm"}
# A chain from the log to the table, and what can break in each link.
LINKS = {
    "LogDeliveryAlarm": {("AWS/Logs", "DeliveryErrors"), ("AWS/Logs", "DeliveryThrottling")},
    "RedriveDroppedAlarm": {("AWS/Lambda", "AsyncEventsDropped"), ("AWS/SQS", "NumberOfMessagesSent")},
    "RedriveQueueUnreachableAlarm": {("AWS/Lambda", "DeadLetterErrors")},
    "RedriveQueueAgeAlarm": {("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
                             ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible")},
    "RedriveDeadLettersAlarm": {("AWS/SQS", "ApproximateNumberOfMessagesVisible")},
}
FREE = {
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
    """What the filters can make: name and names of dimensions."""
    return {(each["MetricName"], tuple(part["Key"] for part in each.get("Dimensions", [])))
            for one in metric_filters(expansion) for each in one["MetricTransformations"]}


def fields(lines):
    """The names of the fields that lines of a log have."""
    return {key for line, _ in lines if isinstance(line, dict) for key in line}


def alarms(expansion):
    return expansion.of_type("AWS::CloudWatch::Alarm") | expansion.of_type("AWS::CloudWatch::CompositeAlarm")


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
        queues = {dimensions["QueueName"] for alarm in each.of_type("AWS::CloudWatch::Alarm").values()
                  for _, metric, dimensions in looked_at(alarm["Properties"]) if metric.endswith("Visible")}
        self.assertEqual(queues, {f"<{name}.QueueName>" for name in each.of_type("AWS::SQS::Queue")})

    def test_each_link_of_the_redrives_chain_has_one(self):
        each = Expansion(LEAST)
        for name, metrics in LINKS.items():
            self.assertEqual({metric[:2] for metric in looked_at(each.properties(name))}, metrics, name)
        # An hour, in which the queue was never empty. Its oldest message's age leaves out what has been received thrice.
        age = each.properties("RedriveQueueAgeAlarm")
        self.assertEqual({part["MetricStat"]["Period"] * age["EvaluationPeriods"] for part in age["Metrics"]
                          if "MetricStat" in part}, {3600})
        self.assertEqual([part["Expression"] for part in age["Metrics"] if "Expression" in part],
                         ["FILL(visible, 0) + FILL(hidden, 0)"])
        subscription = each.properties("UnrecordedSubscription")
        delivery, = {tuple(sorted(dimensions.items())) for _, _, dimensions
                     in looked_at(each.properties("LogDeliveryAlarm"))}
        self.assertEqual(dict(delivery), {"LogGroupName": subscription["LogGroupName"], "DestinationType": "Lambda",
                                          "FilterName": subscription["FilterName"]})

    def test_dropped_events_count_if_the_queue_did_not_get_them(self):
        # Lambda counts an event that it put into the queue as dropped, too.
        dropped = Expansion(LEAST).properties("RedriveDroppedAlarm")
        self.assertEqual([part["Expression"] for part in dropped["Metrics"] if "Expression" in part],
                         ["IF(dropped > 2 * FILL(sent, 0), dropped - FILL(sent, 0), 0)"])
        self.assertEqual((dropped["EvaluationPeriods"], dropped["DatapointsToAlarm"]), (3, 2))

    def test_one_says_that_callbacks_are_being_lost_now(self):
        each = Expansion(LEAST)
        lost = each.properties("CallbacksLostAlarm")
        *others, errors = LOSSES
        own = f'(ALARM("<{errors}>") AND NOT ALARM("<NotStoredAlarm>"))'
        self.assertEqual(lost["AlarmRule"], " OR ".join([*(f'ALARM("<{name}>")' for name in others), own]))
        # Every other alarm has its place, too.
        self.assertEqual(Expansion(MOST).of_type("AWS::CloudWatch::Alarm").keys(), {*LOSSES} | NO_LOSSES)
        self.assertEqual(NO_LOSSES & {*LOSSES}, set())

    def test_a_version_that_is_tried_before_it_has_traffic_loses_nothing(self):
        self.assertEqual(looked_at(Expansion(LEAST).properties("FunctionErrorsAlarm")),
                         [("AWS/Lambda", "Errors", {"FunctionName": "<Function>", "Resource": "<Function>:live"})])

    def test_the_functions_own_503_is_no_loss(self):
        each = Expansion(LEAST)
        errors, not_stored = each.properties("ApiErrorsAlarm"), each.properties("NotStoredAlarm")
        # The metrics do not arrive together. So the alarm that explains the other is there first, and lasts longer.
        self.assertGreater(errors["DatapointsToAlarm"], not_stored["DatapointsToAlarm"])
        self.assertLess(errors["EvaluationPeriods"], not_stored["EvaluationPeriods"])
        self.assertEqual(errors["Period"], not_stored["Period"])

    def test_silence_is_alarmed_if_asked_for_on_recorded_callbacks(self):
        self.assertNotIn("QuietAlarm", Expansion(LEAST).resources)
        quiet = Expansion(LEAST | {"QuietMinutes": "45"}).properties("QuietAlarm")
        self.assertEqual(looked_at(quiet), [("AWS/DynamoDB", "SuccessfulRequestLatency",
                                             {"TableName": "<EventsTable>", "Operation": "PutItem"})])
        self.assertEqual((quiet["Statistic"], quiet["ComparisonOperator"], quiet["Threshold"]),
                         ("SampleCount", "LessThanThreshold", 1))
        self.assertEqual((int(quiet["EvaluationPeriods"]), quiet["Period"]), (45, 60))
        self.assertEqual(quiet["TreatMissingData"], "breaching")
        # CloudWatch looks back a day at most.
        self.assertLessEqual(PARAMETERS["QuietMinutes"]["MaxValue"] * 60, 86_400)

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

    def test_two_topics_get_pages_and_notices_and_the_end_of_each(self):
        pages, notices = MOST["PageTopicArn"], MOST["NoticeTopicArn"]
        for name, alarm in alarms(Expansion(MOST)).items():
            topic = pages if name in ("CallbacksLostAlarm", "QuietAlarm") else notices
            self.assertEqual(alarm["Properties"]["AlarmActions"], [topic], name)
            # Each deployment makes new alarms of its version, whose first state is OK.
            ends = [] if name.startswith("Version") else [topic]
            self.assertEqual(alarm["Properties"].get("OKActions", []), ends, name)
        for name, alarm in alarms(Expansion(LEAST)).items():
            self.assertFalse({"AlarmActions", "OKActions"} & alarm["Properties"].keys(), name)

    def test_no_data_is_no_alarm_but_for_silence(self):
        for name, alarm in Expansion(MOST).of_type("AWS::CloudWatch::Alarm").items():
            if name != "QuietAlarm":
                self.assertEqual(alarm["Properties"]["TreatMissingData"], "notBreaching", name)

    def test_what_they_say_holds(self):
        text = " ".join(alarm["Properties"]["AlarmDescription"]
                        for alarm in Expansion(MOST).of_type("AWS::CloudWatch::Alarm").values())
        self.assertNotIn("1.3 s", text)
        for parameter in re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", text):
            if not parameter.endswith("Alarm"):
                self.assertTrue(parameter in PARAMETERS or parameter in ("CloudWatch", "DynamoDB"), parameter)

    def test_a_month_of_them_and_of_everything_else_that_is_fixed_costs_six_dollars_at_most(self):
        amounts, _ = prices.fixed()
        self.assertLessEqual(sum(amounts.values()), 6)


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
