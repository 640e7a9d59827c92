"""The recipes of the docs for a kept table and for a standby."""

import re
import tomllib
import unittest

from expansion import MOST, PARAMETERS, SOURCE, Expansion
from samtranslator.yaml_helper import yaml_parse
from test_docs import page


class KeptTable(unittest.TestCase):
    def setUp(self):
        self.commands = page("deploy.md").split("\n## Import a kept table into a new stack\n")[1].split("\n## ")[0]
        self.file = re.search(r"cat > table.yaml <<END\n(.*?)^END", self.commands, re.DOTALL | re.MULTILINE)[1]

    def test_imported_table_is_that_of_the_template(self):
        # The next deployment would set a property that the file lacks, and DynamoDB refuses to enable the expiry twice.
        for chosen in ({}, {"TableClass": "STANDARD_INFREQUENT_ACCESS", "MaxWriteUnits": "9000"}):
            expected = Expansion({"SdkAppIds": "1"} | chosen)
            text = self.file.replace("$CLASS", expected.parameters["TableClass"]).replace("$UNITS", expected.parameters["MaxWriteUnits"])
            imported = Expansion({}, source={"Parameters": {}, "Resources": yaml_parse(text)["Resources"]}).resources["EventsTable"]
            imported["Properties"]["OnDemandThroughput"] = {"MaxWriteRequestUnits": expected.parameters["MaxWriteUnits"]}
            self.assertEqual(imported, expected.resources["EventsTable"])
        defaults = " ".join(f"{variable}={PARAMETERS[name]['Default']}" for variable, name in
                            (("CLASS", "TableClass"), ("UNITS", "MaxWriteUnits")))
        self.assertIn(defaults, self.commands)

    def test_expiry_is_enabled_only_if_it_is_not(self):
        for line in page("deploy.md").replace("\\\n", " ").replace("||\n", "|| ").splitlines():
            if "aws dynamodb update-time-to-live" in line:
                self.assertRegex(line, r"describe-time-to-live.*= ENABLED \|\| ")


class Streams(unittest.TestCase):
    def test_no_output_or_policy_knows_one_stream(self):
        # A restored table has another stream, but CloudFormation still knows the old one. Only the pipe needs one.
        own = {name: each for name, each in SOURCE["Resources"].items() if name != "EventBus"}
        self.assertNotIn("StreamArn", str(own) + str(SOURCE["Outputs"]))


class Standby(unittest.TestCase):
    def setUp(self):
        self.config = tomllib.loads(page("samconfig.example.toml"))

    def overrides(self, name):
        return dict(each.split("=", 1) for each in self.config[name]["global"]["parameters"]["parameter_overrides"])

    def test_standby_section_has_all_parameters_of_the_default(self):
        # SAM merges nothing of the default section into it.
        first, standby = self.overrides("default"), self.overrides("standby")
        self.assertLessEqual(first.items(), standby.items())
        self.assertTrue(Expansion(standby).is_accepted())
        self.assertEqual(self.config["standby"]["deploy"], self.config["default"]["deploy"])

    def test_standby_has_certificate_and_topics_of_its_region(self):
        region = self.config["standby"]["global"]["parameters"]["region"]
        found = {name: value for name, value in self.overrides("standby").items() if value.startswith("arn:")}
        self.assertEqual(found.keys(), {"CertificateArn", "PageTopicArn", "NoticeTopicArn"})
        for name, value in found.items():
            self.assertEqual(value.split(":")[3], region, name)

    def test_standby_is_deployed_by_its_section_alone(self):
        text = page("region-loss.md")
        self.assertIn("sam deploy --config-env standby", text)
        # Given on the command line, parameters would replace the whole list of the file.
        self.assertNotIn("--parameter-overrides", text)


class Domains(unittest.TestCase):
    def test_docs_say_what_an_existing_domain_does(self):
        self.assertEqual(Expansion(MOST).resources["Domain"]["DeletionPolicy"], "RetainExceptOnCreate")
        section = page("deploy.md").split("\n## Your own domain\n")[1].split("\n## ")[0]
        self.assertIn("already exists", section)
