"""The other resources of the template."""

import json
import re
import unittest

from expansion import LEAST, MOST, PARAMETERS, ROOT, SOURCE, Expansion, dotted
from iam import allowed, statements

PROJECTED = ["SdkAppid", "CallbackCommand", "EventTime", "ReceivedAt", "GroupId", "Type", "Name", "From_Account",
             "To_Account", "Owner_Account", "Operator_Account", "MemberCount", "BodyParts", "Problem", "Answer"]
UNSIGNED = {"SdkAppIds": "1400000001", "AllowUnsigned": "true"}


class Admission(unittest.TestCase):
    def test_deployment_needs_a_token_or_allow_unsigned(self):
        for parameters, deployed in (
            (LEAST, True),
            (UNSIGNED, True),
            ({"SdkAppIds": "1", "CallbackTokensSecret": "chat"}, True),
            ({"SdkAppIds": "1"}, False),
            ({"SdkAppIds": "1", "CallbackTokens": "none"}, False),
        ):
            self.assertEqual(Expansion(parameters).is_accepted(), deployed, parameters)

    def test_noecho_parameter_with_none_is_like_an_empty_one(self):
        # `sam deploy --guided` repeats the question for such a parameter until something is typed.
        typed = Expansion(UNSIGNED | {name: "none" for name, each in PARAMETERS.items() if each.get("NoEcho")})
        left_out = Expansion(UNSIGNED)
        self.assertTrue(typed.is_accepted())
        self.assertEqual(typed.resources, left_out.resources)
        for name, each in PARAMETERS.items():
            if each.get("NoEcho") and "AllowedPattern" in each:
                self.assertTrue(re.fullmatch(each["AllowedPattern"], "none"), name)

    def test_secret_takes_precedence_over_tokens(self):
        variables = Expansion(MOST).properties("Function")["Environment"]["Variables"]
        self.assertEqual(variables["CALLBACK_TOKENS"],
                         f"{{{{resolve:secretsmanager:{MOST['CallbackTokensSecret']}}}}}")
        self.assertEqual((variables["FORWARD_URL"], variables["INDEX_SHARDS"]), (MOST["ForwardUrl"], "8"))

    def test_forward_url_must_be_https(self):
        pattern = PARAMETERS["ForwardUrl"]["AllowedPattern"]
        for url, taken in (("", True), ("https://a.example/x?y=z", True), ("http://a.example", False), ("x", False)):
            self.assertEqual(bool(re.fullmatch(pattern, url)), taken, url)


class Table(unittest.TestCase):
    def test_index_has_no_bodies(self):
        index, = Expansion(LEAST).properties("EventsTable")["GlobalSecondaryIndexes"]
        self.assertEqual(index["Projection"], {"ProjectionType": "INCLUDE", "NonKeyAttributes": PROJECTED})
        # This is DynamoDB's limit for one index.
        self.assertLessEqual(len(PROJECTED), 20)

    def test_index_and_its_key_can_be_left_out(self):
        table = Expansion(LEAST | {"CommandIndex": "false"}).properties("EventsTable")
        self.assertNotIn("GlobalSecondaryIndexes", table)
        self.assertEqual([each["AttributeName"] for each in table["AttributeDefinitions"]], ["pk", "sk"])

    def test_both_functions_have_the_same_table_settings(self):
        each = Expansion(MOST)
        for name in ("Function", "Redrive"):
            variables = each.properties(name)["Environment"]["Variables"]
            self.assertEqual((variables["TABLE_NAME"], variables["INDEX_SHARDS"], variables["RETENTION_DAYS"]),
                             ("<EventsTable>", "8", "30"), name)
        self.assertEqual((PARAMETERS["IndexShards"]["MinValue"], PARAMETERS["IndexShards"]["MaxValue"]), (1, 64))

    def test_table_class_can_be_changed_in_both_directions(self):
        for parameters, expected in ((LEAST, "STANDARD"), (MOST, "STANDARD_INFREQUENT_ACCESS")):
            self.assertEqual(Expansion(parameters).properties("EventsTable")["TableClass"], expected)
        self.assertEqual(PARAMETERS["TableClass"]["AllowedValues"], ["STANDARD", "STANDARD_INFREQUENT_ACCESS"])

    def test_table_and_function_log_have_deletion_protection(self):
        for name in ("EventsTable", "FunctionLog"):
            self.assertIs(Expansion(LEAST).properties(name)["DeletionProtectionEnabled"], True, name)

    def test_resources_with_callbacks_stay_when_the_stack_is_deleted(self):
        kept = {name for name, each in Expansion(MOST).resources.items()
                if each.get("DeletionPolicy", "").startswith("Retain") and each["Type"] != "AWS::Lambda::Version"}
        self.assertEqual(kept, {"ArchiveBucket", "ArchiveBucketPolicy", "ArchiveReaderPolicy", "DoctorPolicy", "Domain", "DomainMapping", "EraserPolicy", "EventsTable", "FunctionLog", "ReaderPolicy",
                                "RedriveDeadLetters", "RedriveQueue"})

    def test_failed_creation_keeps_only_what_it_cannot_delete(self):
        resources = Expansion(MOST).resources
        kept = {name for name, each in resources.items()
                if each.get("DeletionPolicy") == "Retain" and each["Type"] != "AWS::Lambda::Version"}
        protected = {name for name, each in resources.items() if each["Properties"].get("DeletionProtectionEnabled")}
        self.assertEqual(kept, protected)
        # The recipe for this state deletes them.
        recipe = (ROOT / "docs" / "deploy.md").read_text().split("\n## If the first deployment fails\n")[1].split("\n## ")[0]
        self.assertEqual(set(re.findall(r"\$\(kept (\w+)\)", recipe)), kept)


class People(unittest.TestCase):
    def allowed(self, name):
        """The actions of a policy, each with its resources. No other part of a statement widens or narrows this."""
        policy = Expansion(LEAST).properties(name)
        for statement in statements(policy):
            self.assertEqual((statement.keys(), statement["Effect"]), ({"Effect", "Action", "Resource"}, "Allow"))
        return allowed(policy)

    def test_reader_policy_has_only_calls_of_the_command_line(self):
        table, stream = "<EventsTable.Arn>", "<EventsTable.Arn>/stream/*"
        self.assertEqual(self.allowed("ReaderPolicy"), {
            "cloudformation:DescribeStacks": ["arn:aws:cloudformation:eu-central-1:123456789012:stack/chat/*"],
            "dynamodb:Query": [table, f"{table}/index/ByCommand"],
            **{f"dynamodb:{action}": [table] for action in ("BatchGetItem", "DescribeTable", "GetItem", "Scan")},
            **{f"dynamodb:{action}": [stream] for action in ("DescribeStream", "GetRecords", "GetShardIterator")},
        })

    def test_doctor_policy_has_only_calls_of_doctor(self):
        group, stack = (f"arn:aws:{each}" for each in ("logs:eu-central-1:123456789012:log-group:",
                                                       "cloudformation:eu-central-1:123456789012:stack"))
        logs = [f"<{name}.Arn>" for name in ("FunctionLog", "RedriveLog", "ApiLog")]
        logs += [f"{group}<{name}>" for name in ("FunctionLog", "RedriveLog", "ApiLog")] + [f"{group}chat-Receiver-*"]
        nested = ("EventBus", "Receiver")
        self.assertEqual(self.allowed("DoctorPolicy"), {
            **{f"cloudformation:{action}": [f"{stack}/chat/*", *(f"{stack}/chat-{each}-*/*" for each in nested)]
               for action in ("DescribeStacks", "ListStackResources")},
            "dynamodb:BatchGetItem": ["<EventsTable.Arn>"],
            **{f"logs:{action}": logs for action in ("DescribeSubscriptionFilters", "FilterLogEvents", "StartQuery")},
            "sqs:GetQueueAttributes": ["<RedriveQueue.Arn>", "<RedriveDeadLetters.Arn>",
                                       *(f"arn:aws:sqs:eu-central-1:123456789012:chat-{each}-*" for each in nested)],
            **{action: ["*"] for action in ("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics", "logs:GetQueryResults")},
        })

    def test_eraser_policy_adds_writes_to_the_reader_policy(self):
        writes = {f"dynamodb:{action}": ["<EventsTable.Arn>"] for action in ("DeleteItem", "PutItem", "UpdateItem")}
        self.assertEqual(self.allowed("EraserPolicy"), self.allowed("ReaderPolicy") | writes)


class Domain(unittest.TestCase):
    def test_domain_and_certificate_need_each_other(self):
        both = {name: MOST[name] for name in ("DomainName", "CertificateArn")}
        self.assertTrue(Expansion(LEAST | both).is_accepted())
        for name, value in both.items():
            self.assertFalse(Expansion(LEAST | {name: value}).is_accepted(), name)

    def test_domain_maps_to_the_api_and_is_the_callback_url(self):
        each = Expansion(MOST)
        self.assertEqual(each.properties("DomainMapping"), {"DomainName": "<Domain>", "ApiId": "<Api>", "Stage": "<ApiStage>"})
        self.assertEqual(each.properties("Domain")["DomainNameConfigurations"], [
            {"CertificateArn": MOST["CertificateArn"], "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
        for parameters, url in ((MOST, "https://callbacks.example.com/"),
                                (LEAST, "https://<Api>.execute-api.eu-central-1.amazonaws.com/")):
            self.assertEqual(Expansion(parameters).resolve(SOURCE["Outputs"]["CallbackUrl"]["Value"]), url)

    def test_api_url_works_with_a_domain_too(self):
        for parameters in (LEAST, MOST):
            self.assertFalse(Expansion(parameters).properties("Api").get("DisableExecuteApiEndpoint"))


class Api(unittest.TestCase):
    def test_api_log_is_cheap_and_short_and_has_no_sign(self):
        each = Expansion(LEAST)
        log = each.properties("ApiLog")
        self.assertEqual(log["LogGroupClass"], "INFREQUENT_ACCESS")
        line = each.properties("ApiStage")["AccessLogSettings"]["Format"]
        json.loads(line)
        self.assertNotRegex(line, r"(?i)query|path|\$context\.(protocol|routeKey|httpMethod)")
        # A group of this class takes neither filters nor subscriptions.
        for kind in ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter"):
            for name, other in each.of_type(kind).items():
                self.assertNotEqual(other["Properties"]["LogGroupName"], "<ApiLog>", name)


class Pipe(unittest.TestCase):
    def setUp(self):
        self.pipe = Expansion(MOST).properties("EventPipe")

    def test_pipe_stack_exists_only_with_a_bus(self):
        # CloudFormation refuses a type that the Region lacks, whatever its condition is.
        self.assertFalse([name for name, each in SOURCE["Resources"].items() if each["Type"].startswith("AWS::Pipes::")])
        self.assertNotIn("EventBus", Expansion(LEAST).resources)
        self.assertEqual([name for name in Expansion(MOST).nested("EventBus").resources if name not in Expansion(MOST).own],
                         ["EventPipe", "EventPipeRole", "EventPipeLog", "EventPipeDeadLetters", "EventPipeAlarm"])

    def test_pipe_outputs_are_outputs_of_the_stack(self):
        given = {f"EventBus.Outputs.{name}" for name in Expansion(MOST).nested("EventBus").source["Outputs"]}
        taken = {dotted(each["Value"]["Fn::GetAtt"]) for each in SOURCE["Outputs"].values() if each.get("Condition") == "HasEventBus"}
        self.assertEqual(taken, given)

    def test_pipe_target_is_in_this_account_and_region(self):
        bus = "arn:aws:events:eu-central-1:123456789012:event-bus/chat"
        self.assertEqual(self.pipe["Target"], bus)
        self.assertIn(bus, str(Expansion(MOST).properties("EventPipeRole")["Policies"]))
        self.assertFalse(re.fullmatch(PARAMETERS["EventBusName"]["AllowedPattern"], bus))

    def test_pipe_reads_from_the_start_retries_and_logs_errors(self):
        stream = self.pipe["SourceParameters"]["DynamoDBStreamParameters"]
        self.assertEqual(stream["StartingPosition"], "TRIM_HORIZON")
        self.assertLessEqual(stream["MaximumRetryAttempts"], 5)
        self.assertLessEqual(stream["MaximumRecordAgeInSeconds"], 3600)
        self.assertEqual(stream["DeadLetterConfig"], {"Arn": "<EventPipeDeadLetters.Arn>"})
        # PutEvents accepts ten events, and the pipe works on ten batches of a shard at once.
        self.assertEqual((stream["BatchSize"], stream["ParallelizationFactor"]), (10, 10))
        self.assertEqual(self.pipe["LogConfiguration"]["Level"], "ERROR")
        self.assertNotIn("IncludeExecutionData", self.pipe["LogConfiguration"])


class Template(unittest.TestCase):
    def test_template_works_in_each_partition(self):
        text = "".join((ROOT / name).read_text() for name in ("template.yaml", "archive.yaml", "bus.yaml", "receiver.yaml"))
        self.assertNotRegex(text, r"arn:aws:|console\.aws")
        self.assertNotRegex(text, r"https://[^\s]*amazonaws\.com")

    def test_contents_list_all_sections(self):
        text = (ROOT / "template.yaml").read_text()
        contents = re.search(r"^# ((?:[^\n]+ · )+[^\n.]+)\.$", text, re.MULTILINE)[1].split(" · ")
        self.assertEqual(contents, re.findall(r"^  # ---- ([\w ]+)", text, re.MULTILINE))

    def test_names_of_two_stacks_never_collide(self):
        other = Expansion(MOST)
        for name, each in other.resources.items():
            for key in ("AlarmName", "LogGroupName", "DashboardName", "Name"):
                if each["Type"] in ("AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup", "AWS::CloudWatch::Dashboard",
                                    "AWS::Logs::QueryDefinition", "AWS::Athena::WorkGroup", "AWS::Scheduler::ScheduleGroup") and key in each["Properties"]:
                    self.assertIn("chat", each["Properties"][key], name)

    def test_texts_have_the_times_of_the_code(self):
        code = (ROOT / "src" / "deadline.rs").read_text()
        write = re.search(r"const WRITE: Budget =\s*Budget \{(.*?)\}", code, re.DOTALL)[1]
        seconds = [f"{int(millis) / 1000:g} s" for millis in re.findall(r"from_millis\((\d+)\)", write)]
        self.assertEqual(len(seconds), 2)
        text = Expansion(LEAST).properties("TableThrottlesAlarm")["AlarmDescription"]
        self.assertEqual(re.findall(r"[\d.]+ s\b", text), seconds)

    def test_only_sdk_app_ids_has_no_default(self):
        self.assertEqual([name for name, each in PARAMETERS.items() if "Default" not in each], ["SdkAppIds"])
        self.assertTrue(Expansion(LEAST).is_accepted())

    def test_parameters_are_all_in_the_console_form(self):
        groups = SOURCE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        shown = [name for group in groups for name in group["Parameters"]]
        self.assertEqual(sorted(shown), sorted(PARAMETERS))
