"""The nested stack of your own receiver: callbacks that it did not take are sent again, apart from the redrive."""

import unittest

import filters
from expansion import LEAST, MOST, PARAMETERS, SOURCE, Expansion, dotted
from iam import statements
from lines import FORWARDED, MISSED, OF_THE_FUNCTION

DAY = 86_400


class Receiver(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(MOST)
        self.nested = self.expansion.nested("Receiver")
        self.reforward = self.nested.properties("Reforward")

    def test_receiver_stack_exists_only_with_a_receiver(self):
        for url in ("", "none"):
            self.assertNotIn("Receiver", Expansion(LEAST | {"ForwardUrl": url}).resources)
        self.assertEqual([name for name in Expansion(LEAST).resources if "forward" in name.lower()], [])

    def test_receiver_outputs_are_outputs_of_the_stack(self):
        given = {f"Receiver.Outputs.{name}" for name in self.nested.source["Outputs"]}
        taken = {dotted(each["Value"]["Fn::GetAtt"]) for each in SOURCE["Outputs"].values()
                 if each.get("Condition") == "HasForwardUrl"}
        # The dashboard needs the names.
        self.assertEqual(given - taken, {"Receiver.Outputs.ReforwardQueueName", "Receiver.Outputs.ReforwardDeadLettersName"})
        self.assertLessEqual(taken, given)

    def test_subscription_selects_only_callbacks_that_the_receiver_missed(self):
        subscription = self.nested.properties("UnforwardedSubscription")
        self.assertEqual((subscription["LogGroupName"], subscription["DestinationArn"]), ("<FunctionLog>", "<Reforward.Arn>"))
        lines = [line for line, _ in [*OF_THE_FUNCTION, *FORWARDED, *MISSED]]
        come = [line for line in lines if filters.matches(subscription["FilterPattern"], line)]
        self.assertEqual(come, [line for line, _ in MISSED])
        raw = self.nested.raw["Resources"]["UnforwardedSubscription"]
        self.assertEqual(raw["DependsOn"], "ReforwardPermission")
        # AWS allows two for a log group.
        self.assertEqual(len(self.expansion.of_type("AWS::Logs::SubscriptionFilter")), 2)
        self.assertEqual(self.reforward["LoggingConfig"]["LogGroup"], "<ReforwardLog>")

    def test_reforward_may_only_read_the_table(self):
        self.assertEqual(statements(self.nested.properties("ReforwardRole")), [
            {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": "<EventsTable.Arn>"},
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "<ReforwardLog.Arn>"},
            {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage",
                                           "sqs:GetQueueAttributes"], "Resource": "<ReforwardQueue.Arn>"},
        ])

    def test_reforward_signs_with_the_functions_tokens(self):
        for parameters in (MOST, LEAST | {"ForwardUrl": MOST["ForwardUrl"]}):
            each = Expansion(parameters)
            ours = each.nested("Receiver").properties("Reforward")["Environment"]["Variables"]
            theirs = each.properties("Function")["Environment"]["Variables"]
            for name in ("TABLE_NAME", "FORWARD_URL", "CALLBACK_TOKENS"):
                self.assertEqual(ours[name], theirs[name], name)
            self.assertEqual(ours["QUEUE_URL"], "<ReforwardQueue>")
            for name in ("FORWARD_URL", "CALLBACK_TOKENS"):
                self.assertNotIn(name, each.properties("Redrive")["Environment"]["Variables"])

    def test_reforward_is_built_with_locked_and_needs_no_further_capability(self):
        raw = self.nested.source["Resources"]["Reforward"]
        self.assertEqual(raw["Metadata"]["BuildProperties"], {"Binary": "reforward", "CargoLambdaFlags": ["--locked"]})
        self.assertNotIn("Transform", self.nested.source)

    def test_secrets_are_hidden_parameters(self):
        for name in ("ForwardUrl", "CallbackTokens"):
            self.assertIs(self.nested.source["Parameters"][name]["NoEcho"], True, name)


class Queues(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(MOST)
        self.nested = self.expansion.nested("Receiver")
        self.queue, self.dead_letters = map(self.nested.properties, ("ReforwardQueue", "ReforwardDeadLetters"))

    def test_queues_have_the_times_and_sizes_of_the_redrive(self):
        # Not the same queues, so that neither keeps the other from its turn.
        for ours, theirs in (("ReforwardQueue", "RedriveQueue"), ("ReforwardDeadLetters", "RedriveDeadLetters")):
            named = {key: value for key, value in self.nested.properties(ours).items() if key != "RedrivePolicy"}
            self.assertEqual(named, {key: value for key, value in self.expansion.properties(theirs).items()
                                     if key != "RedrivePolicy"})
        policy = self.queue["RedrivePolicy"]
        self.assertEqual(policy["deadLetterTargetArn"], "<ReforwardDeadLetters.Arn>")
        self.assertEqual(policy["maxReceiveCount"] * self.queue["VisibilityTimeout"], 10 * DAY)
        self.assertGreaterEqual(self.queue["VisibilityTimeout"], 6 * self.nested.properties("Reforward")["Timeout"])

    def test_queue_has_two_consumers_unless_set(self):
        for parameters, consumers in ((MOST, 2), (MOST | {"ReceiverConcurrency": "20"}, 20)):
            mapping = Expansion(parameters).nested("Receiver").properties("ReforwardFromQueue")
            self.assertEqual(int(mapping["ScalingConfig"]["MaximumConcurrency"]), consumers)
            self.assertEqual((mapping["EventSourceArn"], mapping["FunctionResponseTypes"]),
                             ("<ReforwardQueue.Arn>", ["ReportBatchItemFailures"]))
            # Lambda accepts 6 MB for an invocation, and a message has at most 1 MiB.
            self.assertLess(mapping["BatchSize"] * 1024 * 1024, 6_000_000)
        self.assertEqual(PARAMETERS["ReceiverConcurrency"]["MinValue"], 2)

    def test_log_event_goes_to_the_queue_after_one_attempt(self):
        config = self.nested.properties("ReforwardInvokeConfig")
        self.assertEqual((config["FunctionName"], config["MaximumRetryAttempts"]), ("<Reforward>", 0))
        self.assertEqual(self.nested.properties("Reforward")["DeadLetterConfig"], {"TargetArn": "<ReforwardQueue.Arn>"})

    def test_queues_accept_only_tls(self):
        for name in ("ReforwardQueue", "ReforwardDeadLetters"):
            policy = self.nested.properties(f"{name}Policy")
            self.assertEqual((policy["Queues"], policy["PolicyDocument"]["Statement"]), ([f"<{name}>"], [{
                "Sid": "TlsAlone", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": f"<{name}.Arn>",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }]))

    def test_what_waits_ends_with_the_receiver(self):
        for name, each in self.nested.resources.items():
            self.assertFalse(str(each.get("DeletionPolicy", "Delete")).startswith("Retain"), name)
