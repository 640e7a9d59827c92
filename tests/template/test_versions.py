"""New versions of the function, and their alarms."""

import unittest

from expansion import LEAST, MOST, PARAMETERS, Expansion

# Secret parameters, which the description can't have. Revision replaces them.
SECRET = {name for name, each in PARAMETERS.items() if each.get("NoEcho")}
# These do not belong to a version.
NOT_OF_A_VERSION = {"ReservedConcurrency"}
OTHER_VALUES = {
    "SdkAppIds": "1400000002", "CallbackTokensSecret": "other", "AllowUnsigned": "true", "RetentionDays": "1",
    "IndexShards": "2", "Revision": "2", "MemorySize": "128", "LogLevel": "WARN",
    "Architecture": "x86_64",
}


class Publishing(unittest.TestCase):
    def setUp(self):
        self.least = Expansion(LEAST)

    def reaching_the_function(self):
        return self.least.parameters_of(self.least.raw["Resources"]["Function"]["Properties"]) - NOT_OF_A_VERSION

    def test_version_description_has_all_parameters_of_the_function(self):
        raw = next(each for each in self.least.raw["Resources"].values() if each["Type"] == "AWS::Lambda::Version")
        shown = self.least.parameters_of(raw["Properties"])
        self.assertEqual(shown, self.reaching_the_function() - SECRET)
        self.assertIn("Revision", shown)
        self.assertEqual(SECRET, {"CallbackTokens", "ForwardUrl"})

    def test_version_is_replaced_if_such_a_parameter_changes(self):
        self.assertEqual(OTHER_VALUES.keys(), self.reaching_the_function() - SECRET)
        first = self.least.version()
        for name, value in OTHER_VALUES.items():
            with self.subTest(name):
                changed = Expansion(LEAST | {name: value})
                # SAM ignores parameters, so the logical id is the same.
                self.assertEqual(changed.version()[0], first[0])
                self.assertNotEqual(changed.version()[1]["Description"], first[1]["Description"])

    def test_version_is_replaced_if_the_code_changes(self):
        self.assertNotEqual(Expansion(LEAST, code="other").version()[0], self.least.version()[0])

    def test_version_stays_if_another_parameter_changes(self):
        for change in ({"DeploymentType": "AllAtOnce"}, {"NoticeTopicArn": MOST["NoticeTopicArn"]},
                       {"RequestsPerSecond": "10"}, {"EventBusName": "chat"}, {"ReservedConcurrency": "7"}):
            self.assertEqual(Expansion(LEAST | change).version(), self.least.version(), change)

    def test_function_and_version_have_the_same_description(self):
        for parameters in (LEAST, MOST):
            each = Expansion(parameters)
            self.assertEqual(each.properties("Function")["Description"], each.version()[1]["Description"])

    def test_version_description_differs_by_secret(self):
        arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:chat/tokens-AbCdEf"
        described = {Expansion(LEAST | {"CallbackTokensSecret": secret}).version()[1]["Description"]
                     for secret in ("", "chat/tokens", "chat/tokens2", arn, arn.replace("AbCdEf", "GhIjKl"))}
        self.assertEqual(len(described), 5)
        self.assertTrue(any("chat/tokens-AbCdEf" in each for each in described))

    def test_version_description_fits_the_limit_of_lambda(self):
        longest = Expansion({
            "SdkAppIds": "1" * PARAMETERS["SdkAppIds"]["MaxLength"], "CallbackTokensSecret": "arn:aws:"
            "secretsmanager:ap-southeast-1:123456789012:secret:" + "s" * 50, "AllowUnsigned": "false",
            "RetentionDays": "36500", "IndexShards": "64", "Revision": "99999", "LogLevel": "DEBUG",
            "MemorySize": "10240", "Architecture": "x86_64",
        })
        self.assertLessEqual(len(longest.version()[1]["Description"]), 256)
        self.assertIn("{1,50}", PARAMETERS["CallbackTokensSecret"]["AllowedPattern"])

    def test_secrets_are_only_in_the_environment(self):
        each = Expansion(MOST)
        for name, resource in each.resources.items():
            # The parameters of a nested stack are hidden there too, which test_receiver.py checks.
            hidden = {"Environment", "Parameters"}
            shown = str(resource | {"Properties": {key: value for key, value in resource["Properties"].items()
                                                   if key not in hidden}})
            self.assertNotRegex(shown, "planted-(token|password)", name)
            self.assertNotIn("resolve:secretsmanager", shown, name)


class VersionAlarms(unittest.TestCase):
    def test_deployment_is_rolled_back_by_alarms_of_the_new_version(self):
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
            # An updated alarm keeps its state. A new name makes a new alarm, without a state.
            self.assertIn(version, alarm["AlarmName"], name)
            self.assertLessEqual(len(alarm["AlarmName"]) + 128 - len("chat"), 255 + len(version), name)

    def test_version_alarms_watch_errors_and_unstored_callbacks(self):
        each = Expansion(LEAST)
        errors, not_stored = each.properties("VersionErrorsAlarm"), each.properties("VersionNotStoredAlarm")
        self.assertEqual((errors["Namespace"], errors["MetricName"]), ("AWS/Lambda", "Errors"))
        self.assertEqual({dimension["Name"] for dimension in errors["Dimensions"]},
                         {"FunctionName", "Resource", "ExecutedVersion"})
        self.assertEqual((not_stored["Namespace"], not_stored["MetricName"]), ("TencentChatWebhook/chat", "NotStoredByVersion"))
        self.assertEqual([dimension["Name"] for dimension in not_stored["Dimensions"]], ["function_version"])

    def test_api_calls_the_alias_live(self):
        each = Expansion(LEAST)
        self.assertEqual(each.properties("ApiIntegration")["IntegrationUri"], "<FunctionAliaslive>")
        self.assertEqual(each.properties("ApiPermission")["FunctionName"], "<FunctionAliaslive>")
        self.assertEqual(each.properties("FunctionAliaslive")["FunctionVersion"], f"<{each.version()[0]}.Version>")
