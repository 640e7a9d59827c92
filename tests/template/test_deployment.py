"""Deployments: the check before traffic moves, the resources that stay, and the permissions of roles."""

import io
import json
import sys
import types
import unittest
import unittest.mock

from expansion import LEAST, MOST, PSEUDO, Expansion
from iam import allowed

EVENT = {"DeploymentId": "d-AAAAAAAAA", "LifecycleEventHookExecutionId": "hook"}
# CodeDeploy has two shapes for the same text.
CONTENT = json.dumps({"Resources": [{"Function": {"Properties": {"CurrentVersion": "6", "TargetVersion": "7"}}}]})
DEPLOYMENTS = [{"deploymentInfo": {"revision": {key: {"content": CONTENT}}}} for key in ("string", "appSpecContent")]
NOT_POST = {"statusCode": 405, "body": "{}"}


class Services:
    """The calls of CodeDeploy and Lambda that the hook uses."""

    def __init__(self, deployment, reply, failed=False):
        self.deployment, self.reply, self.failed = deployment, reply, failed
        self.invoked, self.reported = [], []

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
        self.reported.append(answer)


def call(services):
    """Runs the hook's code, and returns the status that CodeDeploy gets."""
    hook = Expansion(LEAST).properties("DeploymentHook")
    module, function = hook["Handler"].split(".")
    space = {"__name__": module}
    with (unittest.mock.patch.dict(sys.modules, {"boto3": types.SimpleNamespace(client=services.client)}),
          unittest.mock.patch.dict("os.environ", hook["Environment"]["Variables"]),
          unittest.mock.patch("sys.stdout", io.StringIO())):
        exec(compile(hook["Code"]["ZipFile"], "index.py", "exec"), space)
        space[function](EVENT, None)
    answer, = services.reported
    return answer.pop("status"), answer


class Hook(unittest.TestCase):
    def setUp(self):
        self.expansion = Expansion(LEAST)
        self.hook = self.expansion.properties("DeploymentHook")

    def test_version_gets_traffic_if_it_answers_405(self):
        for deployment in DEPLOYMENTS:
            services = Services(deployment, NOT_POST)
            status, answer = call(services)
            self.assertEqual((status, answer), ("Succeeded", {
                "deploymentId": "d-AAAAAAAAA", "lifecycleEventHookExecutionId": "hook"}))
            request, = services.invoked
            self.assertEqual((request["FunctionName"], request["Qualifier"]), ("<Function>", "7"))
            self.assertEqual(json.loads(request["Payload"])["requestContext"]["http"]["method"], "GET")

    def test_version_gets_no_traffic_if_it_does_not_answer_405(self):
        for reply, failed in (({"errorType": "Runtime.ExitError"}, True), ({"statusCode": 200}, False), ({}, False),
                              (RuntimeError("InvalidRuntimeException"), False)):
            self.assertEqual(call(Services(DEPLOYMENTS[0], reply, failed))[0], "Failed", reply)

    def test_deployment_goes_on_if_its_version_is_unknown(self):
        for deployment in ({"deploymentInfo": {}}, RuntimeError("AccessDenied")):
            services = Services(deployment, NOT_POST)
            self.assertEqual((call(services)[0], services.invoked), ("Succeeded", []))

    def test_hook_has_the_prefix_of_codedeploy_and_a_valid_length(self):
        name = self.hook["FunctionName"]
        self.assertEqual(name, f"CodeDeployHook_{PSEUDO['AWS::StackId'].rsplit('/', 1)[1]}")
        self.assertLessEqual(len(name), 64)
        alias = self.expansion.resources["FunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        self.assertEqual(alias["BeforeAllowTrafficHook"], "<DeploymentHook>")

    def test_hook_code_fits_into_the_template(self):
        self.assertLessEqual(len(self.hook["Code"]["ZipFile"]), 4096)

    def test_hook_may_only_call_versions_and_report_to_codedeploy(self):
        deployments = "arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:<ServerlessDeploymentApplication>/*"
        self.assertEqual(allowed(self.expansion.properties("DeploymentHookRole")), {
            "lambda:InvokeFunction": ["<Function.Arn>:*"],
            **{f"codedeploy:{action}": [deployments] for action in ("GetDeployment", "PutLifecycleEventHookExecutionStatus")},
            **{f"logs:{action}": ["<DeploymentHookLog.Arn>"] for action in ("CreateLogStream", "PutLogEvents")},
        })


class Traffic(unittest.TestCase):
    def test_deployment_role_is_limited_to_the_function_and_the_hook(self):
        each = Expansion(LEAST)
        group, = each.of_type("AWS::CodeDeploy::DeploymentGroup").values()
        self.assertEqual(group["Properties"]["ServiceRoleArn"], "<DeploymentRole.Arn>")
        versions = ["<Function.Arn>", "<Function.Arn>:*"]
        self.assertEqual(allowed(each.properties("DeploymentRole")), {
            **{f"lambda:{action}": versions for action in ("GetAlias", "UpdateAlias", "GetProvisionedConcurrencyConfig")},
            "lambda:InvokeFunction": ["<DeploymentHook.Arn>"],
            "cloudwatch:DescribeAlarms": ["*"],
        })


class Retention(unittest.TestCase):
    def test_version_stays_when_the_next_one_replaces_it(self):
        each = Expansion(LEAST)
        version = each.resources[each.version()[0]]
        self.assertEqual((version["DeletionPolicy"], version["UpdateReplacePolicy"]), ("Retain", "Retain"))

    def test_function_and_alias_are_deleted_with_the_stack(self):
        for name in ("Function", "FunctionAliaslive"):
            self.assertNotIn("DeletionPolicy", Expansion(LEAST).resources[name])


class Roles(unittest.TestCase):
    def test_roles_have_the_permissions_boundary_if_it_is_set(self):
        for parameters, boundary in ((LEAST, None), (MOST, MOST["PermissionsBoundaryArn"])):
            roles = Expansion(parameters).of_type("AWS::IAM::Role")
            self.assertGreaterEqual(len(roles), 4)
            for name, role in roles.items():
                self.assertEqual(role["Properties"].get("PermissionsBoundary"), boundary, name)
                self.assertNotIn("ManagedPolicyArns", role["Properties"], name)
