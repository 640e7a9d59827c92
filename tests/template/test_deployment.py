"""What a deployment does before it moves traffic, what it keeps, and what its roles may do."""

import io
import json
import sys
import types
import unittest
import unittest.mock

from expansion import LEAST, MOST, PSEUDO, Expansion

EVENT = {"DeploymentId": "d-AAAAAAAAA", "LifecycleEventHookExecutionId": "hook"}
# In the two shapes that CodeDeploy has for the same text.
CONTENT = json.dumps({"Resources": [{"Function": {"Properties": {"CurrentVersion": "6", "TargetVersion": "7"}}}]})
DEPLOYMENTS = [{"deploymentInfo": {"revision": {key: {"content": CONTENT}}}} for key in ("string", "appSpecContent")]
NOT_POST = {"statusCode": 405, "body": "{}"}


class Services:
    """CodeDeploy and Lambda, as far as the hook asks them."""

    def __init__(self, deployment, reply, failed=False):
        self.deployment, self.reply, self.failed = deployment, reply, failed
        self.invoked, self.told = [], []

    def client(self, _name):
        return self

    def get_deployment(self, deploymentId):
        if isinstance(self.deployment, Exception):
            raise self.deployment
        return self.deployment

    def invoke(self, **request):
        self.invoked.append(request)
        if isinstance(self.reply, Exception):
            raise self.reply
        return {"Payload": io.BytesIO(json.dumps(self.reply).encode())} | ({"FunctionError": "Unhandled"} if self.failed else {})

    def put_lifecycle_event_hook_execution_status(self, **answer):
        self.told.append(answer)


def call(services):
    """Runs the hook's code, and gives the status that CodeDeploy gets."""
    hook = Expansion(LEAST).properties("DeploymentHook")
    module, function = hook["Handler"].split(".")
    space = {"__name__": module}
    with (unittest.mock.patch.dict(sys.modules, {"boto3": types.SimpleNamespace(client=services.client)}),
          unittest.mock.patch.dict("os.environ", hook["Environment"]["Variables"]),
          unittest.mock.patch("sys.stdout", io.StringIO())):
        exec(compile(hook["Code"]["ZipFile"], "index.py", "exec"), space)
        space[function](EVENT, None)
    answer, = services.told
    return answer.pop("status"), answer


class TheHook(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(LEAST)
        self.hook = self.expansion.properties("DeploymentHook")

    def test_a_version_that_answers_405_gets_traffic(self):
        for deployment in DEPLOYMENTS:
            services = Services(deployment, NOT_POST)
            status, answer = call(services)
            self.assertEqual((status, answer), ("Succeeded", {
                "deploymentId": "d-AAAAAAAAA", "lifecycleEventHookExecutionId": "hook"}))
            request, = services.invoked
            self.assertEqual((request["FunctionName"], request["Qualifier"]), ("<Function>", "7"))
            self.assertEqual(json.loads(request["Payload"])["requestContext"]["http"]["method"], "GET")

    def test_a_version_that_fails_or_answers_otherwise_gets_none(self):
        for reply, failed in (({"errorType": "Runtime.ExitError"}, True), ({"statusCode": 200}, False), ({}, False),
                              (RuntimeError("InvalidRuntimeException"), False)):
            self.assertEqual(call(Services(DEPLOYMENTS[0], reply, failed))[0], "Failed", reply)

    def test_where_the_version_is_not_known_the_deployment_goes_on(self):
        for deployment in ({"deploymentInfo": {}}, RuntimeError("AccessDenied")):
            services = Services(deployment, NOT_POST)
            self.assertEqual((call(services)[0], services.invoked), ("Succeeded", []))

    def test_codedeploy_may_call_it_by_a_name_that_is_never_too_long(self):
        name = self.hook["FunctionName"]
        self.assertEqual(name, f"CodeDeployHook_{PSEUDO['AWS::StackId'].rsplit('/', 1)[1]}")
        self.assertLessEqual(len(name), 64)
        alias = self.expansion.resources["FunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        self.assertEqual(alias["BeforeAllowTrafficHook"], "<DeploymentHook>")

    def test_its_code_fits_into_the_template(self):
        self.assertLessEqual(len(self.hook["Code"]["ZipFile"]), 4096)

    def test_it_may_call_versions_of_the_function_and_answer_its_deployments(self):
        statements = [statement for policy in self.expansion.properties("DeploymentHookRole")["Policies"]
                      for statement in policy["PolicyDocument"]["Statement"]]
        self.assertEqual([(each["Action"], each["Resource"]) for each in statements], [
            ("lambda:InvokeFunction", "<Function.Arn>:*"),
            (["codedeploy:GetDeployment", "codedeploy:PutLifecycleEventHookExecutionStatus"],
             "arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:<ServerlessDeploymentApplication>/*"),
            (["logs:CreateLogStream", "logs:PutLogEvents"], "<DeploymentHookLog.Arn>"),
        ])


class WhatMovesTraffic(unittest.TestCase):
    def test_its_role_reaches_this_function_and_the_hook_alone(self):
        each = Expansion(LEAST)
        group, = each.of_type("AWS::CodeDeploy::DeploymentGroup").values()
        self.assertEqual(group["Properties"]["ServiceRoleArn"], "<DeploymentRole.Arn>")
        policy, = each.properties("DeploymentRole")["Policies"]
        allowed = [(statement["Action"], statement["Resource"]) for statement in policy["PolicyDocument"]["Statement"]]
        self.assertEqual(allowed, [
            (["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
             ["<Function.Arn>", "<Function.Arn>:*"]),
            ("lambda:InvokeFunction", "<DeploymentHook.Arn>"),
            ("cloudwatch:DescribeAlarms", "*"),
        ])


class WhatStays(unittest.TestCase):
    def test_the_version_before_stays_whether_code_or_a_parameter_replaces_it(self):
        each = Expansion(LEAST)
        version = each.resources[each.version()[0]]
        self.assertEqual((version["DeletionPolicy"], version["UpdateReplacePolicy"]), ("Retain", "Retain"))

    def test_function_and_alias_go_with_the_stack(self):
        for name in ("Function", "FunctionAliaslive"):
            self.assertNotIn("DeletionPolicy", Expansion(LEAST).resources[name])


class Roles(unittest.TestCase):
    def test_each_has_the_boundary_if_there_is_one(self):
        for parameters, boundary in ((LEAST, None), (MOST, MOST["PermissionsBoundaryArn"])):
            roles = Expansion(parameters).of_type("AWS::IAM::Role")
            self.assertGreaterEqual(len(roles), 4)
            for name, role in roles.items():
                self.assertEqual(role["Properties"].get("PermissionsBoundary"), boundary, name)
                self.assertNotIn("ManagedPolicyArns", role["Properties"], name)
