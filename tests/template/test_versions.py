"""What publishes a version, and what watches it."""

import unittest

from expansion import LEAST, MOST, PARAMETERS, Expansion

# What a deployment can't show, and Revision stands for.
SECRET = {name for name, each in PARAMETERS.items() if each.get("NoEcho")}
# A version has no part in these.
NOT_OF_A_VERSION = {"ReservedConcurrency"}
OTHER_VALUES = {
    "SdkAppIds": "1400000002", "CallbackTokensSecret": "other", "AllowUnsigned": "true", "RetentionDays": "1",
    "IndexShards": "2", "Revision": "2", "MemorySize": "128", "LogLevel": "WARN", "Tracing": "true",
    "Architecture": "x86_64",
}


class WhatPublishesAVersion(unittest.TestCase):
    def setUp(self):
        self.least = Expansion(LEAST)

    def reaching_the_function(self):
        return self.least.parameters_of(self.least.raw["Resources"]["Function"]["Properties"]) - NOT_OF_A_VERSION

    def test_every_parameter_that_reaches_the_function_is_in_the_versions_description(self):
        raw = next(each for each in self.least.raw["Resources"].values() if each["Type"] == "AWS::Lambda::Version")
        shown = self.least.parameters_of(raw["Properties"])
        self.assertEqual(shown, self.reaching_the_function() - SECRET)
        self.assertIn("Revision", shown)
        self.assertEqual(SECRET, {"CallbackTokens", "ForwardUrl"})

    def test_each_change_of_one_replaces_the_version(self):
        self.assertEqual(OTHER_VALUES.keys(), self.reaching_the_function() - SECRET)
        first = self.least.version()
        for name, value in OTHER_VALUES.items():
            with self.subTest(name):
                changed = Expansion(LEAST | {name: value})
                # The logical id is the same whatever the parameters are: SAM doesn't look at them.
                self.assertEqual(changed.version()[0], first[0])
                self.assertNotEqual(changed.version()[1]["Description"], first[1]["Description"])

    def test_so_does_new_code(self):
        self.assertNotEqual(Expansion(LEAST, code="other").version()[0], self.least.version()[0])

    def test_nothing_else_does(self):
        for change in ({"DeploymentType": "AllAtOnce"}, {"NoticeTopicArn": MOST["NoticeTopicArn"]},
                       {"RequestsPerSecond": "10"}, {"EventBusName": "chat"}, {"ReservedConcurrency": "7"}):
            self.assertEqual(Expansion(LEAST | change).version(), self.least.version(), change)

    def test_the_function_changes_with_it(self):
        for parameters in (LEAST, MOST):
            each = Expansion(parameters)
            self.assertEqual(each.properties("Function")["Description"], each.version()[1]["Description"])

    def test_secrets_tell_themselves_apart_by_name(self):
        arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:chat/tokens-AbCdEf"
        described = {Expansion(LEAST | {"CallbackTokensSecret": secret}).version()[1]["Description"]
                     for secret in ("", "chat/tokens", "chat/tokens2", arn, arn.replace("AbCdEf", "GhIjKl"))}
        self.assertEqual(len(described), 5)
        self.assertTrue(any("chat/tokens-AbCdEf" in each for each in described))

    def test_the_description_is_never_longer_than_lambda_takes(self):
        longest = Expansion({
            "SdkAppIds": "1" * PARAMETERS["SdkAppIds"]["MaxLength"], "CallbackTokensSecret": "arn:aws:"
            "secretsmanager:ap-southeast-1:123456789012:secret:" + "s" * 50, "AllowUnsigned": "false",
            "RetentionDays": "36500", "IndexShards": "64", "Revision": "99999", "LogLevel": "DEBUG",
            "Tracing": "false", "MemorySize": "10240", "Architecture": "x86_64",
        })
        self.assertLessEqual(len(longest.version()[1]["Description"]), 256)
        self.assertIn("{1,50}", PARAMETERS["CallbackTokensSecret"]["AllowedPattern"])

    def test_no_secret_is_in_sight(self):
        each = Expansion(MOST)
        for name, resource in each.resources.items():
            shown = str(resource | {"Properties": {key: value for key, value in resource["Properties"].items()
                                                   if key != "Environment"}})
            self.assertNotRegex(shown, "planted-(token|password)", name)
            self.assertNotIn("resolve:secretsmanager", shown, name)


class WhatWatchesAVersion(unittest.TestCase):
    def test_a_deployment_is_turned_back_by_alarms_of_the_new_version_alone(self):
        each = Expansion(LEAST)
        version = f"<{each.version()[0]}.Version>"
        group, = each.of_type("AWS::CodeDeploy::DeploymentGroup").values()
        watched = group["Properties"]["AlarmConfiguration"]
        self.assertTrue(watched["Enabled"])
        names = [alarm["Name"].strip("<>") for alarm in watched["Alarms"]]
        self.assertEqual(names, ["VersionErrorsAlarm", "VersionNotStoredAlarm"])
        self.assertIn("DEPLOYMENT_STOP_ON_ALARM", group["Properties"]["AutoRollbackConfiguration"]["Events"])
        for name in names:
            alarm = each.properties(name)
            self.assertIn(version, [dimension["Value"] for dimension in alarm["Dimensions"]], name)
            # An alarm keeps its state through an update. A new name is a new alarm, which has none.
            self.assertIn(version, alarm["AlarmName"], name)
            self.assertLessEqual(len(alarm["AlarmName"]) + 128 - len("chat"), 255 + len(version), name)

    def test_one_looks_at_what_failed_and_one_at_what_was_not_stored(self):
        each = Expansion(LEAST)
        errors, not_stored = each.properties("VersionErrorsAlarm"), each.properties("VersionNotStoredAlarm")
        self.assertEqual((errors["Namespace"], errors["MetricName"]), ("AWS/Lambda", "Errors"))
        self.assertEqual({dimension["Name"] for dimension in errors["Dimensions"]},
                         {"FunctionName", "Resource", "ExecutedVersion"})
        self.assertEqual((not_stored["Namespace"], not_stored["MetricName"]), ("TencentChatWebhook/chat", "NotStoredByVersion"))
        self.assertEqual([dimension["Name"] for dimension in not_stored["Dimensions"]], ["function_version"])

    def test_the_api_calls_the_alias_that_moves(self):
        each = Expansion(LEAST)
        self.assertEqual(each.properties("ApiIntegration")["IntegrationUri"], "<FunctionAliaslive>")
        self.assertEqual(each.properties("ApiPermission")["FunctionName"], "<FunctionAliaslive>")
        self.assertEqual(each.properties("FunctionAliaslive")["FunctionVersion"], f"<{each.version()[0]}.Version>")
