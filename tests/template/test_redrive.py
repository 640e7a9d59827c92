"""The redrive: its feed, its queues, and its permissions."""

import unittest

import filters
from expansion import LEAST, MOST, PARAMETERS, SOURCE, Expansion
from lines import CONTINUED, FAILED, FORWARDED, OF_THE_FUNCTION, THROTTLED

DAY = 86_400
QUEUES = ("RedriveQueue", "RedriveDeadLetters")


class TheFunction(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(MOST)
        self.redrive = self.expansion.properties("Redrive")

    def test_it_hears_the_functions_log_and_never_its_own(self):
        subscriptions = [each["Properties"] for each in
                         self.expansion.of_type("AWS::Logs::SubscriptionFilter").values()]
        self.assertEqual([(each["LogGroupName"], each["DestinationArn"]) for each in subscriptions],
                         [("<FunctionLog>", "<Redrive.Arn>")])
        self.assertEqual(self.redrive["LoggingConfig"]["LogGroup"], "<RedriveLog>")
        self.assertEqual(self.expansion.properties("Function")["LoggingConfig"]["LogGroup"], "<FunctionLog>")

    def test_every_piece_of_an_unrecorded_callback_comes_and_nothing_else(self):
        subscription, = self.expansion.of_type("AWS::Logs::SubscriptionFilter").values()
        pattern = subscription["Properties"]["FilterPattern"]
        self.assertEqual(pattern, "{ $.unrecorded.piece > 0 }")
        come = [line for line, _ in [*OF_THE_FUNCTION, *FORWARDED] if filters.matches(pattern, line)]
        self.assertEqual(come, [FAILED, THROTTLED, CONTINUED])

    def test_logs_of_this_account_and_group_alone_may_call_it(self):
        self.assertEqual(self.expansion.properties("RedrivePermission"), {
            "Action": "lambda:InvokeFunction", "FunctionName": "<Redrive>", "Principal": "logs.amazonaws.com",
            "SourceArn": "<FunctionLog.Arn>", "SourceAccount": "123456789012",
        })
        raw = self.expansion.raw["Resources"]["UnrecordedSubscription"]
        self.assertEqual(raw["DependsOn"], "RedrivePermission")

    def test_it_may_put_items_write_its_log_use_its_queue_and_search_the_functions_log(self):
        statements = [statement for policy in self.expansion.properties("RedriveRole")["Policies"]
                      for statement in policy["PolicyDocument"]["Statement"]]
        self.assertEqual(statements, [
            {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "<EventsTable.Arn>"},
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
             "Resource": "<RedriveLog.Arn>"},
            {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage",
                                           "sqs:GetQueueAttributes"], "Resource": "<RedriveQueue.Arn>"},
            {"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": "<FunctionLog.Arn>"},
        ])
        self.assertEqual(self.redrive["Role"], "<RedriveRole.Arn>")

    def test_neither_function_reserves_concurrency_unless_asked(self):
        least = Expansion(LEAST)
        for name, reserved in (("Function", 500), ("Redrive", 5)):
            self.assertNotIn("ReservedConcurrentExecutions", least.properties(name))
            self.assertEqual(int(self.expansion.properties(name)["ReservedConcurrentExecutions"]), reserved)

    def test_reserved_concurrency_leaves_room_for_queue_and_log(self):
        for reserved, accepted in (("0", True), ("1", False), ("2", False), ("3", True)):
            self.assertEqual(Expansion(LEAST | {"RedriveConcurrency": reserved}).is_accepted(), accepted, reserved)

    def test_each_function_is_built_from_its_own_binary_with_the_lock(self):
        built = {name: each["Metadata"]["BuildProperties"] for name, each in SOURCE["Resources"].items()
                 if each["Type"] == "AWS::Serverless::Function"}
        self.assertEqual(built, {
            "Function": {"Binary": "tencent-chat-webhook", "CargoLambdaFlags": ["--locked"]},
            "Redrive": {"Binary": "redrive", "CargoLambdaFlags": ["--locked"]},
        })


class TheQueues(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(LEAST)
        self.redrive = self.expansion.properties("Redrive")
        self.queue, self.dead_letters = map(self.expansion.properties, QUEUES)

    def test_an_event_of_the_log_gets_one_try_and_then_goes_to_the_queue(self):
        config, = self.expansion.of_type("AWS::Lambda::EventInvokeConfig").values()
        self.assertEqual(config["Properties"]["MaximumRetryAttempts"], 0)
        self.assertFalse(config["Properties"].get("DestinationConfig"))
        self.assertEqual(self.redrive["DeadLetterConfig"], {"TargetArn": "<RedriveQueue.Arn>"})

    def test_the_queue_feeds_it_two_at_a_time_with_partial_responses(self):
        mapping, = self.expansion.of_type("AWS::Lambda::EventSourceMapping").values()
        properties = mapping["Properties"]
        self.assertEqual((properties["FunctionName"], properties["EventSourceArn"]), ("<Redrive>", "<RedriveQueue.Arn>"))
        self.assertEqual(properties["FunctionResponseTypes"], ["ReportBatchItemFailures"])
        self.assertEqual(properties["ScalingConfig"], {"MaximumConcurrency": 2})
        # Lambda accepts 6 MB for an invocation.
        self.assertLess(properties["BatchSize"] * self.queue["MaximumMessageSize"], 6_000_000)

    def test_a_message_is_tried_for_ten_days_and_then_lies_for_four(self):
        policy = self.queue["RedrivePolicy"]
        self.assertEqual(policy["deadLetterTargetArn"], "<RedriveDeadLetters.Arn>")
        tried = policy["maxReceiveCount"] * self.queue["VisibilityTimeout"]
        self.assertEqual(tried, 10 * DAY)
        # SQS counts from the first queue on.
        self.assertEqual({each["MessageRetentionPeriod"] for each in (self.queue, self.dead_letters)}, {14 * DAY})
        # As AWS advises: a message must not come back while the function has it.
        self.assertEqual(self.redrive["Timeout"], 60)
        self.assertGreaterEqual(self.queue["VisibilityTimeout"], 6 * self.redrive["Timeout"])

    def test_both_hold_the_largest_events(self):
        self.assertEqual({each["MaximumMessageSize"] for each in (self.queue, self.dead_letters)}, {1024 * 1024})

    def test_both_accept_tls_alone(self):
        policies = {each["Properties"]["Queues"][0].strip("<>"): each["Properties"]["PolicyDocument"]["Statement"]
                    for each in self.expansion.of_type("AWS::SQS::QueuePolicy").values()}
        self.assertEqual(policies, {name: [{
            "Sid": "TlsAlone", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": f"<{name}.Arn>",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }] for name in QUEUES})

    def test_the_log_outlives_the_messages(self):
        self.assertGreaterEqual(min(PARAMETERS["LogRetentionDays"]["AllowedValues"]) * DAY,
                                self.queue["MessageRetentionPeriod"])
