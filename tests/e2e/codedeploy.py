"""Steps: CodeDeploy checks a new version, and rolls a bad one back. The emulator has no CodeDeploy."""

import json
import threading

from callbacks import OK, signed
from checks import check, equal, note, wait_for
from deploying import FIRST_TOKEN, deployed, live_version, parameters, send
from healing import history, take_permission

GROUP, COMMAND = "@TGS#canary", "Group.CallbackAfterGroupFull"


def known(stack, revision):
    return parameters(stack, FIRST_TOKEN, revision)


def last_deployment(stack):
    """CodeDeploy's newest deployment of the function."""
    codedeploy, resources = stack.client("codedeploy"), stack.resources()
    pages = codedeploy.get_paginator("list_deployments").paginate(
        applicationName=resources["ServerlessDeploymentApplication"],
        deploymentGroupName=resources["FunctionDeploymentGroup"])
    found = [codedeploy.get_deployment(deploymentId=each)["deploymentInfo"] for page in pages for each in page["deployments"]]
    return max(found, key=lambda each: each["createTime"])


def hook_lines(stack):
    pages = stack.client("logs").get_paginator("filter_log_events").paginate(logGroupName=stack.resources()["DeploymentHookLog"])
    return [event["message"].strip() for page in pages for event in page["events"]]


def good_version(stack):
    before = live_version(stack)
    deployed(stack, "deployed with more memory", **known(stack, 1), MemorySize=512)
    after = live_version(stack)
    check("a changed parameter publishes a version, and it gets the traffic", after != before, after)
    lines = wait_for(lambda: hook_lines(stack), lambda found: any(line.startswith(f"{after} ") for line in found))
    check("the hook sent it a GET", any(line.startswith(f"{after} ") and '"statusCode": 405' in line for line in lines), lines[-3:])
    deployment = last_deployment(stack)
    equal("the deployment succeeds", (deployment["status"], deployment.get("errorInformation")), ("Succeeded", None))


def bad_version(stack):
    """The token of an application that is not served: the function refuses to start."""
    before = live_version(stack)
    result = stack.deploy(**known(stack, 50) | {"CallbackTokens": "1400000099:not-served"})
    check("a version that can't start is not deployed", result.returncode != 0, result.stdout[-600:])
    equal("the stack is rolled back", stack.described()["StackStatus"], "UPDATE_ROLLBACK_COMPLETE")
    equal("the alias is where it was", live_version(stack), before)
    equal("callbacks are recorded", send(stack.sender, FIRST_TOKEN), OK)
    deployed(stack, "the same build is deployed with a higher Revision", **known(stack, 51))


def rolled_back(stack):
    """The function may not write, so the new version records nothing. The redrive records it from the log."""
    before, ended, times = live_version(stack), threading.Event(), []
    give_back = take_permission(stack, "FunctionRole")

    def keep_sending():
        while not ended.wait(1):
            times.append(1670575000000 + len(times))
            stack.sender.send_callback(COMMAND, {"GroupId": GROUP, "EventTime": times[-1]}, signed(FIRST_TOKEN))

    thread = threading.Thread(target=keep_sending)
    thread.start()
    try:
        result = stack.deploy(**known(stack, 52) | {"DeploymentType": "Canary10Percent5Minutes"})
    finally:
        ended.set()
        thread.join()
        give_back()
    deployment = last_deployment(stack)
    check("the deployment fails", result.returncode != 0, result.stdout[-600:])
    check("an alarm stopped it", "ALARM" in json.dumps(deployment.get("errorInformation", {}), default=str).upper(),
          deployment.get("errorInformation"))
    equal("the alias is where it was", live_version(stack), before)
    deployed(stack, "while the alarm is on, the next version is deployed", **known(stack, 53))
    note(f"{len(times)} callbacks arrived in this time")
    equal("each is recorded", len(wait_for(lambda: history(stack, GROUP), lambda found: len(found) >= len(times), seconds=120)),
          len(times))
