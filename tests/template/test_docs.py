"""Compares the docs with the template: names and commands."""

import json
import re
import tomllib
import unittest

from expansion import LEAST, MOST, PARAMETERS, ROOT, SOURCE, Expansion

# The services of the AWS CLI whose actions have another prefix.
PREFIXES = {"stepfunctions": "states", "deploy": "codedeploy", "dynamodbstreams": "dynamodb", "service-quotas": "servicequotas"}
# API Gateway's actions are HTTP methods. `lambda invoke` needs the action InvokeFunction.
ACTIONS = {"apigatewayv2:GetStage": "apigateway:GET", "apigatewayv2:UpdateStage": "apigateway:PATCH",
           "lambda:Invoke": "lambda:InvokeFunction"}
COMMAND = re.compile(r"(?<![\w./-])aws ([a-z0-9-]+) ([a-z0-9-]+)")


def page(name):
    return (ROOT / "docs" / name).read_text()


def actions(text):
    """The IAM actions of the AWS CLI's commands in a text."""
    for service, operation in COMMAND.findall(text):
        action = f"{PREFIXES.get(service, service)}:{''.join(map(str.capitalize, operation.split('-')))}"
        yield ACTIONS.get(action, action)


class Names(unittest.TestCase):
    def setUp(self):
        # The changelog may name removed things.
        pages = set((ROOT / "docs").glob("*.md")) - {ROOT / "docs" / "changelog.md"}
        self.text = "\n".join(path.read_text() for path in [ROOT / "README.md", *pages])

    def test_docs_name_all_alarms_and_only_existing_outputs(self):
        alarms = {name for name, each in Expansion(MOST).resources.items()
                  if each["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")}
        self.assertEqual(set(re.findall(r"`(\w+Alarm)`", self.text)), alarms)
        self.assertLessEqual(set(re.findall(r"\$\(output (\w+)\)", self.text)), SOURCE["Outputs"].keys())

    def test_alarm_description_has_the_command_that_explains_it(self):
        for name, each in Expansion(MOST).resources.items():
            if each["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
                self.assertIn(f'Run "chat-events doctor --explain {name}".', each["Properties"]["AlarmDescription"])

    def test_commands_name_only_existing_resources(self):
        names = set(re.findall(r"\bid (\w+)\)|--logical-resource-id (\w+)", self.text))
        names = {name for pair in names for name in pair if name}
        self.assertLessEqual(names, Expansion(MOST).own.keys())

    def test_docs_set_only_existing_parameters(self):
        # The parameters of Tencent's URLs look the same.
        names = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)=", self.text)) - {"OptPlatform", "Replayed"}
        self.assertLessEqual(names, PARAMETERS.keys())

    def test_docs_never_move_a_stacks_alias_with_cargo_lambda(self):
        self.assertNotRegex(self.text, r"cargo lambda deploy[^\n]*--alias")

    def test_samconfig_is_ignored_by_git_and_its_example_deploys(self):
        self.assertIn("/samconfig.toml", (ROOT / ".gitignore").read_text().splitlines())
        example = tomllib.loads(page("samconfig.example.toml"))["default"]
        parameters = dict(each.split("=", 1) for each in example["global"]["parameters"]["parameter_overrides"])
        self.assertTrue(Expansion(parameters).is_accepted())
        self.assertNotIn("CallbackTokens", parameters)


class FromTheCode(unittest.TestCase):
    """Figures and lists that the code has too."""

    def test_reference_lists_the_commands_whose_bodies_have_no_time(self):
        promised = page("reference.md").split("**At least once**")[1].split("**Not promised:**")[0]
        always, sometimes = promised.split("only on some of Tencent's pages")
        commands = re.compile(r"`([A-Z]\w+\.[A-Z]\w+)`")
        rows = (ROOT / "tests" / "commands.md").read_text().splitlines()
        self.assertEqual({*commands.findall(always)}, {commands.search(row)[1] for row in rows if "none in the body" in row})
        self.assertEqual(len(commands.findall(sometimes)), 2)
        self.assertIn("(reference.md#guarantees)", page("region-loss.md").split("**Recorded twice.**")[1])

    def test_time_limits_are_those_of_the_code(self):
        code = "".join((ROOT / name).read_text() for name in
                       ("src/deadline.rs", "src/store/client.rs", "src/forward.rs", "tests/it/faults/lasting.rs"))

        def limit(name, field=""):
            found = re.search(rf"const {name}: \w+ =[^;]*?{field}\W*Duration::from_(millis|secs)\((\d+)\)", code, re.DOTALL)
            return int(found[2]) * (1 if found[1] == "millis" else 1000)

        invocation, arrival = "after_invocation:", "after_arrival:"
        function = Expansion(LEAST).properties("Function")
        rows = [
            ("your decision", limit("DECISION"), limit("WRITE", arrival) - limit("WRITE_AT_LEAST"), 0),
            ("a write", limit("WRITE", invocation), limit("WRITE", arrival), limit("TOO_SHORT")),
            ("your receiver's answer", limit("FORWARD", invocation), limit("FORWARD", arrival), limit("TOO_SHORT")),
            ("the function's answer", limit("AFTER_INVOCATION"), limit("AFTER_ARRIVAL")),
            ("Lambda stops", function["Timeout"] * 1000),
        ]
        text = page("operate.md").split("\n## Time limits\n")[1].split("\n### ")[0]
        for name, *limits in rows:
            row = re.search(rf"^\| {name}.*", text, re.MULTILINE)[0]
            self.assertEqual(re.findall(r"[\d.]+ s\b", row), [f"{millis / 1000:g} s" for millis in limits])
        others = [limit("ATTEMPT_TIMEOUT"), limit("TIMEOUTS", "connect:"), limit("MAX_BACKOFF")]
        self.assertEqual(re.findall(r"[\d.]+ s\b", text.split("One attempt")[1]), [f"{millis / 1000:g} s" for millis in others])
        for told in (page("operate.md"), (ROOT / "cli" / "src" / "doctor" / "reasons.rs").read_text()):
            self.assertEqual(re.findall(r"the receiver took over ([\d.]+) s", told), [f"{limit('FORWARD', invocation) / 1000:g}"])

    def test_runbook_names_all_saved_queries_and_metrics(self):
        text = page("operate.md").split("- **Saved queries**")[1]
        queries, metrics = text.split("- **Metrics**")[0], text.split("- **Metrics**")[1].split("\n- ")[0]
        for told, kind, name in (
            (queries, "AWS::Logs::QueryDefinition", lambda each: each["Name"].split("/")[-1]),
            (metrics, "AWS::Logs::MetricFilter", lambda each: each["MetricTransformations"][0]["MetricName"]),
        ):
            # Those after "with `ForwardUrl`" exist only with a receiver.
            every, receivers = re.split(r"[Ww]ith\s+`ForwardUrl`", told)
            for parameters, names in ((LEAST, every), (MOST, every + receivers)):
                own = {name(each["Properties"]) for each in Expansion(parameters).of_type(kind).values()}
                self.assertEqual(own - {*re.findall(r"`([\w ]+)`", names)}, set())
                self.assertEqual({*re.findall(r"`([\w ]+)`", names)} - own - {"outcome"}, set())

    def test_runbook_makes_a_queue_as_the_template_does(self):
        made = re.findall(r"<<END\n(\{.*?\})\nEND\naws sqs create-queue .*?output (\w+)Url", page("operate.md"), re.DOTALL)
        self.assertEqual([name for _, name in made], ["RedriveQueue", "ReforwardQueue"])
        for text, name in made:
            # As the shell reads it.
            attributes = json.loads(re.sub(r"\$\(arn (\w+)Url\)", r"<\1.Arn>", text))
            attributes["RedrivePolicy"] = json.loads(attributes["RedrivePolicy"])
            properties = Expansion(MOST).properties(name)
            self.assertEqual(attributes, {
                "SqsManagedSseEnabled": "true", "RedrivePolicy": properties["RedrivePolicy"],
                **{key: str(properties[key]) for key in ("VisibilityTimeout", "MessageRetentionPeriod")}})


class Regions(unittest.TestCase):
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html, of 2026-11.
    QUARTER = {"af-south-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "ca-west-1",
               "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1"}

    def setUp(self):
        rows = [line.strip("| ").split(" | ") for line in page("aws.md").splitlines() if re.match(r"\| `[a-z-]+-\d`", line)]
        self.rows = {region: row for row in rows for region in re.findall(r"`([a-z0-9-]+)`", row[0])}

    def test_regions_table_agrees_with_the_checked_regions(self):
        makefile = (ROOT / "Makefile").read_text().replace("\\\n", " ")
        for variable, bus in (("BUS_REGIONS", "yes"), ("REGIONS_WITHOUT_BUS", "no")):
            checked = re.search(rf"^{variable} := (.*)$", makefile, re.MULTILINE)[1].split()
            self.assertEqual({region for region, row in self.rows.items() if row[2] == bus}, {*checked}, variable)

    def test_defaults_are_within_the_quotas_of_each_region(self):
        for region, row in self.rows.items():
            self.assertEqual(row[3], "2,500, 1,250" if region in self.QUARTER else "10,000, 5,000", region)
            rate, burst = (int(number.replace(",", "")) for number in row[3].split(", "))
            self.assertLessEqual(int(PARAMETERS["RequestsPerSecond"]["Default"]), rate)
            self.assertLessEqual(int(PARAMETERS["RequestBurst"]["Default"]), burst)


class Commands(unittest.TestCase):
    def setUp(self):
        self.commands = [line for name in ("operate.md", "deploy.md", "aws.md")
                         for line in page(name).replace("\\\n", " ").splitlines()]

    def named(self, command):
        found = [line for line in self.commands if f"aws {command}" in line]
        self.assertTrue(found, command)
        return found

    def test_queue_commands_use_long_polling(self):
        # A short poll asks only some of SQS's servers, so it may miss messages.
        for line in self.named("sqs receive-message"):
            self.assertIn("--wait-time-seconds 20", line)

    def test_alarm_history_is_not_truncated_before_filtering(self):
        for line in self.named("cloudwatch describe-alarm-history"):
            self.assertNotIn("--max-items", line)
            self.assertIn("--alarm-types MetricAlarm CompositeAlarm", line)

    def test_deployments_are_listed_with_their_state(self):
        self.named("deploy batch-get-deployments")
        for line in self.named("deploy list-deployments"):
            self.assertRegex(line, r"IDS=\$\(")

    def test_same_build_is_redeployed_with_another_revision(self):
        for section in ("VersionErrorsAlarm", "VersionNotStoredAlarm"):
            text = page("operate.md").split(f"\n### {section}\n")[1].split("\n##")[0]
            self.assertRegex(text, r"\*\*The same build again\b.*\n?.*`Revision`", section)
