"""The redrive: its subscription, its queues, and its permissions."""

import unittest

import filters
from expansion import LEAST, MOST, PARAMETERS, SOURCE, Expansion
from iam import statements
from lines import CONTINUED, FAILED, FORWARDED, OF_THE_FUNCTION, THROTTLED

DAY = 86_400
LARGEST_MESSAGE = 1024 * 1024
QUEUES = ("RedriveQueue", "RedriveDeadLetters")


class Function(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(MOST)
        self.redrive = self.expansion.properties("Redrive")

    def test_redrive_is_subscribed_only_to_the_functions_log(self):
        to_the_redrive = {each["Properties"]["LogGroupName"] for each in
                          self.expansion.of_type("AWS::Logs::SubscriptionFilter").values()
                          if each["Properties"]["DestinationArn"] == "<Redrive.Arn>"}
        self.assertEqual(to_the_redrive, {"<FunctionLog>"})
        self.assertEqual(self.redrive["LoggingConfig"]["LogGroup"], "<RedriveLog>")
        self.assertEqual(self.expansion.properties("Function")["LoggingConfig"]["LogGroup"], "<FunctionLog>")

    def test_subscription_selects_only_pieces_of_unrecorded_callbacks(self):
        pattern = self.expansion.properties("UnrecordedSubscription")["FilterPattern"]
        self.assertEqual(pattern, "{ $.unrecorded.piece > 0 }")
        come = [line for line, _ in [*OF_THE_FUNCTION, *FORWARDED] if filters.matches(pattern, line)]
        self.assertEqual(come, [FAILED, THROTTLED, CONTINUED])

    def test_redrive_may_be_called_only_by_the_functions_log(self):
        self.assertEqual(self.expansion.properties("RedrivePermission"), {
            "Action": "lambda:InvokeFunction", "FunctionName": "<Redrive>", "Principal": "logs.amazonaws.com",
            "SourceArn": "<FunctionLog.Arn>", "SourceAccount": "123456789012",
        })
        raw = self.expansion.raw["Resources"]["UnrecordedSubscription"]
        self.assertEqual(raw["DependsOn"], "RedrivePermission")

    def test_redrive_role_has_only_the_needed_permissions(self):
        self.assertEqual(statements(self.expansion.properties("RedriveRole")), [
            {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "<EventsTable.Arn>"},
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
             "Resource": "<RedriveLog.Arn>"},
            {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage",
                                           "sqs:GetQueueAttributes"], "Resource": "<RedriveQueue.Arn>"},
            {"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": [
                "<FunctionLog.Arn>", "arn:aws:logs:eu-central-1:123456789012:log-group:<FunctionLog>"]},
        ])
        self.assertEqual(self.redrive["Role"], "<RedriveRole.Arn>")

    def test_concurrency_of_the_function_is_reserved_only_if_set(self):
        self.assertNotIn("ReservedConcurrentExecutions", Expansion(LEAST).properties("Function"))
        self.assertEqual(int(self.expansion.properties("Function")["ReservedConcurrentExecutions"]), 500)
        # Who reserves concurrency for the redrive limits it for the log, too.
        self.assertNotIn("ReservedConcurrentExecutions", self.redrive)

    def test_functions_are_built_from_their_binaries_with_locked(self):
        built = {name: each["Metadata"]["BuildProperties"] for name, each in SOURCE["Resources"].items()
                 if each["Type"] == "AWS::Serverless::Function"}
        self.assertEqual(built, {
            "Function": {"Binary": "tencent-chat-webhook", "CargoLambdaFlags": ["--locked"]},
            "Redrive": {"Binary": "redrive", "CargoLambdaFlags": ["--locked"]},
        })


class Queues(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(LEAST)
        self.redrive = self.expansion.properties("Redrive")
        self.queue, self.dead_letters = map(self.expansion.properties, QUEUES)

    def test_log_event_goes_to_the_queue_after_one_attempt(self):
        config, = self.expansion.of_type("AWS::Lambda::EventInvokeConfig").values()
        self.assertEqual(config["Properties"]["MaximumRetryAttempts"], 0)
        self.assertFalse(config["Properties"].get("DestinationConfig"))
        self.assertEqual(self.redrive["DeadLetterConfig"], {"TargetArn": "<RedriveQueue.Arn>"})

    def test_queue_has_the_set_number_of_consumers(self):
        for parameters, count in ((LEAST, 2), (MOST, 5)):
            mapping, = [each for each in Expansion(parameters).of_type("AWS::Lambda::EventSourceMapping").values()
                        if each["Properties"]["FunctionName"] == "<Redrive>"]
            self.assertEqual(int(mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"]), count)
        # Lambda's range.
        self.assertEqual([PARAMETERS["RedriveConcurrency"][key] for key in ("MinValue", "MaxValue")], [2, 1000])

    def test_queue_delivers_small_batches_with_partial_responses(self):
        mapping, = self.expansion.of_type("AWS::Lambda::EventSourceMapping").values()
        properties = mapping["Properties"]
        self.assertEqual((properties["FunctionName"], properties["EventSourceArn"]), ("<Redrive>", "<RedriveQueue.Arn>"))
        self.assertEqual(properties["FunctionResponseTypes"], ["ReportBatchItemFailures"])
        # Lambda accepts 6 MB for an invocation.
        self.assertLess(properties["BatchSize"] * LARGEST_MESSAGE, 6_000_000)

    def test_message_is_retried_for_ten_days_and_kept_four_more(self):
        policy = self.queue["RedrivePolicy"]
        self.assertEqual(policy["deadLetterTargetArn"], "<RedriveDeadLetters.Arn>")
        tried = policy["maxReceiveCount"] * self.queue["VisibilityTimeout"]
        self.assertEqual(tried, 10 * DAY)
        # SQS counts the retention from the first queue.
        self.assertEqual({each["MessageRetentionPeriod"] for each in (self.queue, self.dead_letters)}, {14 * DAY})
        # As AWS recommends: a message must not return to the queue while the function works on it.
        self.assertEqual(self.redrive["Timeout"], 60)
        self.assertGreaterEqual(self.queue["VisibilityTimeout"], 6 * self.redrive["Timeout"])

    def test_queues_accept_the_largest_events(self):
        # SQS's default is the largest size of the Region, which is not known to be 1 MiB in China.
        for each in (self.queue, self.dead_letters):
            self.assertNotIn("MaximumMessageSize", each)

    def test_queues_accept_only_tls(self):
        policies = {each["Properties"]["Queues"][0].strip("<>"): each["Properties"]["PolicyDocument"]["Statement"]
                    for each in self.expansion.of_type("AWS::SQS::QueuePolicy").values()}
        self.assertEqual(policies, {name: [{
            "Sid": "TlsAlone", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": f"<{name}.Arn>",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }] for name in QUEUES})

    def test_log_is_kept_longer_than_the_messages(self):
        self.assertGreaterEqual(min(PARAMETERS["LogRetentionDays"]["AllowedValues"]) * DAY,
                                self.queue["MessageRetentionPeriod"])
