"""Steps: deployments of the template."""

import json
import os
import pty
import re
import secrets
import subprocess
import time

from callbacks import OK, SDK_APPID, Sender, refusal, signed
from checks import check, equal, hide, note
from stack import ARCHITECTURE, BUILT, ROOT, TAG

# Of each run its own: on an account, the URL is open to everybody.
FIRST_TOKEN, SECOND_TOKEN = (hide(secrets.token_hex(16)) for _ in range(2))


# The number of each processor in an ELF file.
MACHINES = {"x86_64": 62, "arm64": 183}


def build(stack):
    validation = stack.run("sam", "validate", "--lint")
    check("sam validate --lint finds nothing", validation.returncode == 0, validation.stdout)
    usual = ROOT / ".aws-sam"
    before = usual.stat().st_mtime_ns if usual.exists() else None
    stack.must("sam", "build", "--config-file", stack.configuration(), "--build-dir", str(BUILT.parent),
               "--parameter-overrides", f"Architecture={ARCHITECTURE}")
    binaries = {name: (BUILT.parent / name / "bootstrap").read_bytes() for name in ("Function", "Redrive", "Receiver/Reforward")}
    check("sam build makes all functions, each from its binary", len(set(binaries.values())) == 3)
    equal("binaries are for the chosen processor", {int.from_bytes(each[18:20], "little") for each in binaries.values()},
          {MACHINES[ARCHITECTURE]})
    equal("the usual build folder of sam deploy does not change",
          usual.stat().st_mtime_ns if usual.exists() else None, before)


def without_token(stack):
    result = stack.deploy(SdkAppIds=SDK_APPID)
    check("sam deploy fails", result.returncode != 0, result.stdout)
    check("the error names the fix", "set AllowUnsigned to true" in result.stdout, result.stdout[-600:])
    check("no stack is created", not stack.exists())
    result = stack.deploy(SdkAppIds=SDK_APPID, CallbackTokens="none")
    check("`none` means no token", result.returncode != 0 and "set AllowUnsigned to true" in result.stdout,
          result.stdout[-600:])
    result = stack.deploy(SdkAppIds="my-app", CallbackTokens=FIRST_TOKEN)
    check("an SDKAppID that is not a number is refused", result.returncode != 0, result.stdout[-600:])


def answer_prompts(stack, command, answers, seconds=120):
    """Runs a command on a terminal, and answers its questions. Without an answer, it only presses return."""
    terminal, other_end = pty.openpty()
    process = subprocess.Popen(command, cwd=stack.folder, env=stack.environment, stdin=other_end, stdout=other_end,
                               stderr=other_end, start_new_session=True)
    os.close(other_end)
    shown, asked, deadline = "", [], time.monotonic() + seconds
    while time.monotonic() < deadline and len(asked) < 100:
        try:
            shown += os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            break
        prompt = re.search(r"([^\n]*): $", re.sub(r"\x1b\[[0-9;]*m", "", shown))
        if prompt:
            question = prompt[1].strip()
            asked.append(question)
            os.write(terminal, (answers(question) + "\n").encode())
            shown += "\n"
    os.close(terminal)
    process.kill()
    process.wait()
    return asked, shown


def guided(stack):
    """A guided deployment without a token."""
    said = {"Parameter SdkAppIds": SDK_APPID, "Parameter AllowUnsigned": "true", "Parameter CallbackTokens": "none",
            "Parameter ForwardUrl": "none"}

    def answer(question):
        if question.startswith("Stack Name"):
            return f"{stack.name}-guided"
        if question.startswith(("Confirm changes", "Deploy this changeset", "Save arguments")):
            return "n"
        return next((value for name, value in said.items() if question.startswith(name)), "")

    asked, shown = answer_prompts(stack, ["sam", "deploy", "--guided", "--template-file", str(BUILT),
                                          "--tags", f"{TAG['Key']}={TAG['Value']}", "--no-execute-changeset"], answer)
    names = [name for name in asked if name.startswith("Parameter ")]
    check("sam deploy --guided asks for each parameter once", len(names) > 15 and len(names) == len(set(names)), asked)
    check("it creates a changeset", "Changeset created successfully" in shown, shown[-1500:])


def parameters(stack, tokens, revision):
    surroundings = stack.surroundings
    return {
        "SdkAppIds": SDK_APPID,
        "CallbackTokens": tokens,
        "Revision": revision,
        "RetentionDays": 30,
        "Archive": "true",
        "EventBusName": surroundings.bus_arn.rsplit("/", 1)[1],
        "PageTopicArn": surroundings.topic_arn,
        "NoticeTopicArn": surroundings.topic_arn,
        "PermissionsBoundaryArn": surroundings.boundary,
        # The steps of CodeDeploy try the default.
        "DeploymentType": "AllAtOnce",
    }


def deployed(stack, what, **parameters):
    """Deploys, and checks that it succeeds."""
    result = stack.deploy(**parameters)
    check(what, result.returncode == 0, result.stdout[-3000:])
    return result


def deploy(stack):
    deployed(stack, "sam deploy", **parameters(stack, FIRST_TOKEN, 1))
    stack.sender = Sender(stack.place, stack.outputs()["CallbackUrl"])
    resources = stack.resources()
    described = stack.client("dynamodb").describe_table(TableName=resources["EventsTable"])["Table"]
    check("the table can't be deleted by mistake", described["DeletionProtectionEnabled"])
    equal("the table has its stream", described["StreamSpecification"]["StreamViewType"], "NEW_IMAGE")

    function = stack.client("lambda").get_function_configuration(FunctionName=resources["Function"])
    equal("the function logs into its group", function["LoggingConfig"]["LogGroup"], resources["FunctionLog"])
    watch_the_version(stack)
    cloudformation = stack.client("cloudformation")
    shown = [function["Description"], cloudformation.describe_stacks(StackName=stack.name),
             cloudformation.describe_stack_events(StackName=stack.name)]
    check("the token is not visible", FIRST_TOKEN not in str(shown), shown)
    iam = stack.client("iam")
    role = resources["FunctionRole"]
    equal(
        "the role has only its two policies",
        (sorted(iam.list_role_policies(RoleName=role)["PolicyNames"]),
         iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]),
        (["RecordEvents", "WriteLog"], []),
    )
    for name in (role, resources["RedriveRole"]):
        statements = iam.get_role_policy(RoleName=name, PolicyName="RecordEvents")["PolicyDocument"]["Statement"]
        equal(f"{name} may only put items into the table", statements, [
            {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": described["TableArn"]},
        ])
    equal("the redrive's role has only its four policies",
          (sorted(iam.list_role_policies(RoleName=resources["RedriveRole"])["PolicyNames"]),
           iam.list_attached_role_policies(RoleName=resources["RedriveRole"])["AttachedPolicies"]),
          (["FindPieces", "Queue", "RecordEvents", "WriteLog"], []))
    logs, outputs = stack.client("logs"), stack.outputs()
    feeds = {group: logs.describe_subscription_filters(logGroupName=outputs[group])["subscriptionFilters"]
             for group in ("FunctionLogName", "RedriveLogName")}
    equal("the redrive is subscribed only to the function's log",
          [len(feeds["FunctionLogName"]), len(feeds["RedriveLogName"])], [1, 0])


def watch_the_version(stack):
    """Checks that only alarms of the live version watch the deployment."""
    live, resources = live_version(stack), stack.resources()
    group = stack.template()["Resources"]["FunctionDeploymentGroup"]["Properties"]
    equal("two alarms roll back a deployment",
          ([alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]],
           group["AutoRollbackConfiguration"]["Enabled"]),
          (["VersionErrorsAlarm", "VersionNotStoredAlarm"], True))
    there = {alarm["AlarmName"]: {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
             for alarm in stack.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{stack.name}-")["MetricAlarms"]
             if "-version-" in alarm["AlarmName"]}
    equal("no other alarm is by version", set(there), {resources["VersionErrorsAlarm"],
                                                            resources["VersionNotStoredAlarm"]})
    equal("they watch the live version", [dimensions.get("ExecutedVersion") or dimensions.get("function_version")
                                       for dimensions in there.values()], [live, live])


def again(stack):
    before = stack.resources()
    result = deployed(stack, "sam deploy succeeds", **parameters(stack, FIRST_TOKEN, 1))
    check("it reports no changes", "No changes to deploy" in result.stdout, result.stdout[-600:])
    equal("every resource is the same", stack.resources(), before)


def live_version(stack):
    function = stack.resources()["Function"]
    return stack.client("lambda").get_alias(FunctionName=function, Name="live")["FunctionVersion"]


def send(sender, token):
    # This callback has no time, so it is never a duplicate.
    return sender.send_callback("Group.CallbackAfterGroupFull", {"GroupId": "@TGS#rotation"}, signed(token))


def rotate(stack):
    first, sender = live_version(stack), stack.sender
    deployed(stack, "deployed with both tokens", **parameters(stack, f"{SECOND_TOKEN},{FIRST_TOKEN}", 2))
    both = live_version(stack)
    check("the alias points to a new version", both != first, both)
    versions = stack.client("lambda").list_versions_by_function(FunctionName=stack.resources()["Function"])["Versions"]
    check("the previous version is kept", {first, both} <= {each["Version"] for each in versions})
    watch_the_version(stack)
    equal("the old token admits", send(sender, FIRST_TOKEN), OK)
    equal("the new token admits", send(sender, SECOND_TOKEN), OK)

    deployed(stack, "deployed with the new token alone", **parameters(stack, SECOND_TOKEN, 3))
    equal("the old token is refused", send(sender, FIRST_TOKEN), refusal(401))
    equal("the new token admits", send(sender, SECOND_TOKEN), OK)


def from_secret(stack):
    """The token comes from Secrets Manager, also in the next steps."""
    stack.aws("secretsmanager", "create-secret", "--name", stack.secret, "--secret-string", SECOND_TOKEN)
    deployed(stack, "deployed with the secret", **parameters(stack, FIRST_TOKEN, 4), CallbackTokensSecret=stack.secret)
    equal("its token admits", send(stack.sender, SECOND_TOKEN), OK)
    equal("the token of the parameter is refused", send(stack.sender, FIRST_TOKEN), refusal(401))


def secret_is_read_again(stack):
    """AWS's pages contradict each other on this. The docs' rotation does not depend on it, so this only says what is seen."""
    put = {"SecretId": stack.secret, "SecretString": f"{SECOND_TOKEN},{FIRST_TOKEN}"}
    stack.client("secretsmanager").put_secret_value(**put)
    deployed(stack, "deployed with a higher Revision", **parameters(stack, FIRST_TOKEN, 44), CallbackTokensSecret=stack.secret)
    live = stack.client("lambda").get_function_configuration(FunctionName=stack.outputs()["FunctionName"], Qualifier="live")
    is_new = live["Environment"]["Variables"]["CALLBACK_TOKENS"] == put["SecretString"]
    note(f"the new version has the secret's {'new' if is_new else 'old'} text")
    stack.client("secretsmanager").put_secret_value(SecretId=stack.secret, SecretString=SECOND_TOKEN)
    deployed(stack, "deployed with the one token", **parameters(stack, FIRST_TOKEN, 45), CallbackTokensSecret=stack.secret)


def delete(stack):
    outputs, resources = stack.outputs(), stack.resources()
    result = stack.run("sam", "delete", "--stack-name", stack.name, "--no-prompts", "--region", stack.place.region)
    check("sam delete, with the policies still attached", result.returncode == 0 and not stack.exists(),
          result.stdout[-1500:])
    check("the table stays", stack.client("dynamodb").describe_table(TableName=outputs["TableName"])["Table"]["TableName"])
    logs = stack.client("logs").describe_log_groups(logGroupNamePrefix=outputs["FunctionLogName"])["logGroups"]
    check("the function's log stays", logs)
    for policy in ("ReaderPolicyArn", "EraserPolicyArn", "DoctorPolicyArn"):
        check(f"{policy} stays", stack.client("iam").get_policy(PolicyArn=outputs[policy])["Policy"]["PolicyName"])
    for queue in ("RedriveQueue", "RedriveDeadLetters"):
        attributes = stack.client("sqs").get_queue_attributes(QueueUrl=resources[queue], AttributeNames=["QueueArn"])
        check(f"{queue} stays", attributes["Attributes"]["QueueArn"])
