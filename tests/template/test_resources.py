"""The rest of what the template makes."""

import json
import re
import tomllib
import unittest

from expansion import LEAST, MOST, PARAMETERS, ROOT, SOURCE, Expansion

PROJECTED = ["SdkAppid", "CallbackCommand", "EventTime", "ReceivedAt", "GroupId", "Type", "Name", "From_Account",
             "To_Account", "Owner_Account", "Operator_Account", "MemberCount", "BodyParts", "Problem"]
UNSIGNED = {"SdkAppIds": "1400000001", "AllowUnsigned": "true"}


class WhoIsAdmitted(unittest.TestCase):
    def test_a_deployment_needs_a_token_or_says_that_it_has_none(self):
        for parameters, deployed in (
            (LEAST, True),
            (UNSIGNED, True),
            ({"SdkAppIds": "1", "CallbackTokensSecret": "chat"}, True),
            ({"SdkAppIds": "1"}, False),
            ({"SdkAppIds": "1", "CallbackTokens": "none"}, False),
        ):
            self.assertEqual(Expansion(parameters).is_accepted(), deployed, parameters)

    def test_a_parameter_that_is_not_shown_can_be_answered_with_none(self):
        # `sam deploy --guided` asks for such a one again and again until something is typed in.
        typed = Expansion(UNSIGNED | {name: "none" for name, each in PARAMETERS.items() if each.get("NoEcho")})
        left_out = Expansion(UNSIGNED)
        self.assertTrue(typed.is_accepted())
        self.assertEqual(typed.resources, left_out.resources)
        for name, each in PARAMETERS.items():
            if each.get("NoEcho") and "AllowedPattern" in each:
                self.assertTrue(re.fullmatch(each["AllowedPattern"], "none"), name)

    def test_the_secret_wins_and_a_receiver_reaches_the_function(self):
        variables = Expansion(MOST).properties("Function")["Environment"]["Variables"]
        self.assertEqual(variables["CALLBACK_TOKENS"],
                         f"{{{{resolve:secretsmanager:{MOST['CallbackTokensSecret']}}}}}")
        self.assertEqual((variables["FORWARD_URL"], variables["INDEX_SHARDS"]), (MOST["ForwardUrl"], "8"))

    def test_a_receiver_is_reached_by_https_alone(self):
        pattern = PARAMETERS["ForwardUrl"]["AllowedPattern"]
        for url, taken in (("", True), ("https://a.example/x?y=z", True), ("http://a.example", False), ("x", False)):
            self.assertEqual(bool(re.fullmatch(pattern, url)), taken, url)


class TheTable(unittest.TestCase):
    def test_the_index_holds_no_body(self):
        index, = Expansion(LEAST).properties("EventsTable")["GlobalSecondaryIndexes"]
        self.assertEqual(index["Projection"], {"ProjectionType": "INCLUDE", "NonKeyAttributes": PROJECTED})
        # DynamoDB takes no more for one index.
        self.assertLessEqual(len(PROJECTED), 20)

    def test_the_index_can_be_left_out_with_its_key(self):
        table = Expansion(LEAST | {"CommandIndex": "false"}).properties("EventsTable")
        self.assertNotIn("GlobalSecondaryIndexes", table)
        self.assertEqual([each["AttributeName"] for each in table["AttributeDefinitions"]], ["pk", "sk"])

    def test_the_shards_are_those_of_the_function_and_of_the_redrive(self):
        each = Expansion(MOST)
        for name in ("Function", "Redrive"):
            variables = each.properties(name)["Environment"]["Variables"]
            self.assertEqual((variables["TABLE_NAME"], variables["INDEX_SHARDS"], variables["RETENTION_DAYS"]),
                             ("<EventsTable>", "8", "30"), name)
        self.assertEqual((PARAMETERS["IndexShards"]["MinValue"], PARAMETERS["IndexShards"]["MaxValue"]), (1, 64))

    def test_its_class_is_a_parameter_and_can_be_changed_back(self):
        for parameters, expected in ((LEAST, "STANDARD"), (MOST, "STANDARD_INFREQUENT_ACCESS")):
            self.assertEqual(Expansion(parameters).properties("EventsTable")["TableClass"], expected)
        self.assertEqual(PARAMETERS["TableClass"]["AllowedValues"], ["STANDARD", "STANDARD_INFREQUENT_ACCESS"])

    def test_throttled_keys_alone_are_named_if_asked_for(self):
        self.assertNotIn("ContributorInsightsSpecification", Expansion(LEAST).properties("EventsTable"))
        self.assertEqual(Expansion(MOST).properties("EventsTable")["ContributorInsightsSpecification"],
                         {"Enabled": True, "Mode": "THROTTLED_KEYS"})

    def test_neither_table_nor_log_of_unrecorded_callbacks_can_be_deleted_by_mistake(self):
        for name in ("EventsTable", "FunctionLog"):
            self.assertIs(Expansion(LEAST).properties(name)["DeletionProtectionEnabled"], True, name)

    def test_what_holds_callbacks_or_is_still_in_use_stays_when_the_stack_goes(self):
        kept = {name for name, each in Expansion(MOST).resources.items()
                if each.get("DeletionPolicy", "").startswith("Retain") and each["Type"] != "AWS::Lambda::Version"}
        self.assertEqual(kept, {"Domain", "DomainMapping", "EraserPolicy", "EventsTable", "FunctionLog", "ReaderPolicy", "RedriveDeadLetters", "RedriveQueue"})


class WhoReadsAndErases(unittest.TestCase):
    def allowed(self, name):
        """The actions that a policy allows, with the resources of each."""
        document = Expansion(LEAST).properties(name)["PolicyDocument"]
        self.assertEqual({each["Effect"] for each in document["Statement"]}, {"Allow"})
        found = {}
        for statement in document["Statement"]:
            self.assertEqual(statement.keys(), {"Effect", "Action", "Resource"})
            actions, resources = ([each] if isinstance(each, str) else each
                                  for each in (statement["Action"], statement["Resource"]))
            found |= {action: resources for action in actions}
        return found

    def test_a_reader_has_the_calls_of_the_command_line_alone(self):
        table, stream = "<EventsTable.Arn>", "<EventsTable.StreamArn>"
        self.assertEqual(self.allowed("ReaderPolicy"), {
            "cloudformation:DescribeStacks": ["arn:aws:cloudformation:eu-central-1:123456789012:stack/chat/*"],
            "dynamodb:Query": [table, f"{table}/index/ByCommand"],
            **{f"dynamodb:{action}": [table] for action in ("BatchGetItem", "DescribeTable", "GetItem", "Scan")},
            **{f"dynamodb:{action}": [stream] for action in ("DescribeStream", "GetRecords", "GetShardIterator")},
        })

    def test_an_eraser_needs_no_other_policy_to_erase(self):
        writes = {f"dynamodb:{action}": ["<EventsTable.Arn>"] for action in ("DeleteItem", "PutItem", "UpdateItem")}
        self.assertEqual(self.allowed("EraserPolicy"), self.allowed("ReaderPolicy") | writes)


class TheDomain(unittest.TestCase):
    def test_it_needs_a_certificate_and_a_certificate_needs_it(self):
        both = {name: MOST[name] for name in ("DomainName", "CertificateArn")}
        self.assertTrue(Expansion(LEAST | both).is_accepted())
        for name, value in both.items():
            self.assertFalse(Expansion(LEAST | {name: value}).is_accepted(), name)

    def test_it_leads_to_the_api_and_is_the_url_to_paste(self):
        each = Expansion(MOST)
        self.assertEqual(each.properties("DomainMapping"), {"DomainName": "<Domain>", "ApiId": "<Api>", "Stage": "<ApiStage>"})
        self.assertEqual(each.properties("Domain")["DomainNameConfigurations"], [
            {"CertificateArn": MOST["CertificateArn"], "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}])
        for parameters, url in ((MOST, "https://callbacks.example.com/"),
                                (LEAST, "https://<Api>.execute-api.eu-central-1.amazonaws.com/")):
            self.assertEqual(Expansion(parameters).resolve(SOURCE["Outputs"]["CallbackUrl"]["Value"]), url)

    def test_the_url_of_the_api_itself_keeps_working(self):
        for parameters in (LEAST, MOST):
            self.assertFalse(Expansion(parameters).properties("Api").get("DisableExecuteApiEndpoint"))


class TheApi(unittest.TestCase):
    def test_its_log_is_cheap_short_and_without_sign(self):
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


class ThePipe(unittest.TestCase):
    def setUp(self):
        self.pipe = Expansion(MOST).properties("EventPipe")

    def test_it_is_a_nested_stack_that_is_there_with_a_bus_alone(self):
        # CloudFormation refuses a type that the Region lacks, whatever its condition is.
        self.assertFalse([name for name, each in SOURCE["Resources"].items() if each["Type"].startswith("AWS::Pipes::")])
        self.assertNotIn("EventBus", Expansion(LEAST).resources)
        self.assertEqual([name for name in Expansion(MOST).nested("EventBus").resources if name not in Expansion(MOST).own],
                         ["EventPipe", "EventPipeRole", "EventPipeLog", "EventPipeDeadLetters", "EventPipeAlarm"])

    def test_its_outputs_are_the_stacks(self):
        given = {f"EventBus.Outputs.{name}" for name in Expansion(MOST).nested("EventBus").source["Outputs"]}
        taken = {each["Value"]["Fn::GetAtt"] if isinstance(each["Value"]["Fn::GetAtt"], str) else ".".join(each["Value"]["Fn::GetAtt"])
                 for each in SOURCE["Outputs"].values() if each.get("Condition") == "HasEventBus"}
        self.assertEqual(taken, given)

    def test_its_bus_is_of_this_account_and_region(self):
        bus = "arn:aws:events:eu-central-1:123456789012:event-bus/chat"
        self.assertEqual(self.pipe["Target"], bus)
        self.assertIn(bus, str(Expansion(MOST).properties("EventPipeRole")["Policies"]))
        self.assertFalse(re.fullmatch(PARAMETERS["EventBusName"]["AllowedPattern"], bus))

    def test_it_leaves_no_gap_does_not_wait_for_long_and_says_why(self):
        stream = self.pipe["SourceParameters"]["DynamoDBStreamParameters"]
        self.assertEqual(stream["StartingPosition"], "TRIM_HORIZON")
        self.assertLessEqual(stream["MaximumRetryAttempts"], 5)
        self.assertLessEqual(stream["MaximumRecordAgeInSeconds"], 3600)
        self.assertEqual(stream["DeadLetterConfig"], {"Arn": "<EventPipeDeadLetters.Arn>"})
        self.assertEqual(self.pipe["LogConfiguration"]["Level"], "ERROR")
        self.assertNotIn("IncludeExecutionData", self.pipe["LogConfiguration"])


class Everywhere(unittest.TestCase):
    def test_nothing_is_bound_to_one_partition(self):
        text = "".join((ROOT / name).read_text() for name in ("template.yaml", "bus.yaml"))
        self.assertNotRegex(text, r"arn:aws:|console\.aws")
        self.assertNotRegex(text, r"https://[^\s]*amazonaws\.com")

    def test_the_contents_name_each_section(self):
        text = (ROOT / "template.yaml").read_text()
        contents = re.search(r"^# ((?:[^\n]+ · )+[^\n.]+)\.$", text, re.MULTILINE)[1].split(" · ")
        self.assertEqual(contents, re.findall(r"^  # ---- ([\w ]+)", text, re.MULTILINE))

    def test_no_name_is_taken_twice_by_two_stacks(self):
        other = Expansion(MOST)
        for name, each in other.resources.items():
            for key in ("AlarmName", "LogGroupName", "DashboardName", "Name"):
                if each["Type"] in ("AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup", "AWS::CloudWatch::Dashboard",
                                    "AWS::Logs::QueryDefinition") and key in each["Properties"]:
                    self.assertIn("chat", each["Properties"][key], name)

    def test_what_is_published_is_what_cargo_has(self):
        package = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
        published = SOURCE["Metadata"]["AWS::ServerlessRepo::Application"]
        self.assertEqual((published["Name"], published["SemanticVersion"]), (package["name"], package["version"]))
        # What `chat-events doctor` says that the stack is.
        self.assertEqual(SOURCE["Outputs"]["Version"]["Value"], package["version"])
        self.assertIn(published["SpdxLicenseId"], package["license"].split(" OR "))
        for key in ("LicenseUrl", "ReadmeUrl"):
            self.assertTrue((ROOT / published[key]).is_file(), key)

    def test_one_parameter_and_a_token_are_enough(self):
        self.assertEqual([name for name, each in PARAMETERS.items() if "Default" not in each], ["SdkAppIds"])
        self.assertTrue(Expansion(LEAST).is_accepted())

    def test_every_parameter_has_its_place_in_the_form(self):
        groups = SOURCE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        shown = [name for group in groups for name in group["Parameters"]]
        self.assertEqual(sorted(shown), sorted(PARAMETERS))
