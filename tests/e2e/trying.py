"""Steps: the hook that checks a new version before it gets traffic. This module calls it as CodeDeploy does."""

import json
import sys
import types
import unittest.mock

from checks import equal
from deploying import live_version


class CodeDeploy:
    """Names the version of a deployment, and keeps the hook's status."""

    def __init__(self, version):
        self.version, self.status = version, None

    def get_deployment(self, deploymentId):
        return {"deploymentInfo": {"revision": {"string": {"content": json.dumps({"TargetVersion": self.version})}}}}

    def put_lifecycle_event_hook_execution_status(self, status, **_):
        self.status = status


def tried(stack, version):
    """The hook's status for a real version."""
    hook, deployments = stack.template()["Resources"]["DeploymentHook"]["Properties"], CodeDeploy(version)
    services = {"codedeploy": deployments, "lambda": stack.client("lambda")}
    space = {"__name__": "index"}
    with (unittest.mock.patch.dict(sys.modules, {"boto3": types.SimpleNamespace(client=services.get)}),
          unittest.mock.patch.dict("os.environ", {"FUNCTION": stack.resources()["Function"]})):
        exec(compile(hook["Code"]["ZipFile"], "index.py", "exec"), space)
        space["handler"]({"DeploymentId": "d", "LifecycleEventHookExecutionId": "e"}, None)
    return deployments.status


def a_version(stack):
    name, functions = stack.resources()["Function"], stack.client("lambda")
    equal("a version that answers gets traffic", tried(stack, live_version(stack)), "Succeeded")
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    updated = functions.get_waiter("function_updated_v2")
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"SDK_APP_IDS": "not-a-number"}})
    updated.wait(FunctionName=name)
    broken = functions.publish_version(FunctionName=name)["Version"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    updated.wait(FunctionName=name)
    equal("a version that can't start gets none", tried(stack, broken), "Failed")
