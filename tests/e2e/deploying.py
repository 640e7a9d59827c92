"""Steps: what becomes of the template."""

import json
import re

from callbacks import OK, SDK_APPID, Sender, refusal, signed
from checks import check, equal
from stack import ARCHITECTURE, NAME

FIRST_TOKEN = "first-planted-token"
SECOND_TOKEN = "second-planted-token"
SECRET = "tencent-chat/tokens"


def build(stack):
    validation = stack.run("sam", "validate", "--lint")
    check("sam validate --lint finds nothing", validation.returncode == 0, validation.stdout)
    stack.must("sam", "build", "--parameter-overrides", f"Architecture={ARCHITECTURE}")
    check("sam build", True)


def without_token(stack):
    result = stack.deploy(SdkAppIds=SDK_APPID)
    check("sam deploy fails", result.returncode != 0, result.stdout)
    check("and says what to give", "or set AllowUnsigned" in result.stdout, result.stdout[-600:])
    check("nothing is made", not stack.exists())
    result = stack.deploy(SdkAppIds="my-app", CallbackTokens=FIRST_TOKEN)
    check("an SDKAppID that is no number is refused", result.returncode != 0, result.stdout[-600:])


def parameters(surroundings, tokens, revision):
    return {
        "SdkAppIds": SDK_APPID,
        "CallbackTokens": tokens,
        "TokenRevision": revision,
        "RetentionDays": 30,
        "EventBusArn": surroundings.bus_arn,
        "AlarmTopicArn": surroundings.topic_arn,
    }


def deploy(stack, surroundings):
    result = stack.deploy(**parameters(surroundings, FIRST_TOKEN, 1))
    check("sam deploy", result.returncode == 0, result.stdout[-3000:])
    resources = stack.resources()
    described = stack.client("dynamodb").describe_table(TableName=resources["EventsTable"])["Table"]
    check("the table can't be deleted by mistake", described["DeletionProtectionEnabled"])
    equal("the table has its stream", described["StreamSpecification"]["StreamViewType"], "NEW_IMAGE")

    function = stack.client("lambda").get_function_configuration(FunctionName=resources["Function"])
    equal("the function logs into its group", function["LoggingConfig"]["LogGroup"], resources["FunctionLog"])
    gradual = stack.template()["Resources"]["FunctionDeploymentGroup"]["Properties"]
    equal("the alias moves back by the alarm on errors",
          (gradual["AlarmConfiguration"]["Alarms"], gradual["AutoRollbackConfiguration"]["Enabled"]),
          ([{"Name": {"Ref": "FunctionErrorsAlarm"}}], True))
    cloudformation = stack.client("cloudformation")
    shown = [function["Description"], cloudformation.describe_stacks(StackName=NAME),
             cloudformation.describe_stack_events(StackName=NAME)]
    check("the token is not in sight", FIRST_TOKEN not in str(shown), shown)
    iam = stack.client("iam")
    role = resources["FunctionRole"]
    equal(
        "the role has its two policies and no other",
        (sorted(iam.list_role_policies(RoleName=role)["PolicyNames"]),
         iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]),
        (["RecordEvents", "WriteLog"], []),
    )
    statements = iam.get_role_policy(RoleName=role, PolicyName="RecordEvents")["PolicyDocument"]["Statement"]
    equal("and may only put items into the table", statements, [
        {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": described["TableArn"]},
    ])


def again(stack, surroundings):
    before = stack.resources()
    result = stack.deploy(**parameters(surroundings, FIRST_TOKEN, 1))
    check("sam deploy succeeds", result.returncode == 0, result.stdout[-1500:])
    check("and says so", "No changes to deploy" in result.stdout, result.stdout[-600:])
    equal("every resource is the same", stack.resources(), before)


def live_version(stack):
    function = stack.resources()["Function"]
    return stack.client("lambda").get_alias(FunctionName=function, Name="live")["FunctionVersion"]


def send(sender, token):
    # The chat is full each time: a callback like this is never a duplicate.
    return sender.send_callback("Group.CallbackAfterGroupFull", {"GroupId": "@TGS#rotation"}, signed(token))


def rotate(stack, surroundings, sender):
    first = live_version(stack)
    result = stack.deploy(**parameters(surroundings, f"{SECOND_TOKEN},{FIRST_TOKEN}", 2))
    check("deployed with both tokens", result.returncode == 0, result.stdout[-1500:])
    both = live_version(stack)
    check("the alias points to a new version", both != first, both)
    equal("the old token admits", send(sender, FIRST_TOKEN), OK)
    equal("the new token admits", send(sender, SECOND_TOKEN), OK)

    result = stack.deploy(**parameters(surroundings, SECOND_TOKEN, 3))
    check("deployed with the new token alone", result.returncode == 0, result.stdout[-1500:])
    equal("the old token is refused", send(sender, FIRST_TOKEN), refusal(401))
    equal("the new token admits", send(sender, SECOND_TOKEN), OK)


def from_secret(stack, surroundings, sender):
    """The token comes from Secrets Manager. It stays there for the steps that follow."""
    stack.aws("secretsmanager", "create-secret", "--name", SECRET, "--secret-string", SECOND_TOKEN)
    result = stack.deploy(**parameters(surroundings, FIRST_TOKEN, 4), CallbackTokensSecret=SECRET)
    check("deployed with the secret", result.returncode == 0, result.stdout[-1500:])
    equal("its token admits", send(sender, SECOND_TOKEN), OK)
    equal("the token of the parameter is refused", send(sender, FIRST_TOKEN), refusal(401))


def cargo_lambda(stack, sender):
    resources, before = stack.resources(), live_version(stack)
    result = stack.run(
        "cargo", "lambda", "deploy", "--binary-name", NAME, "--alias", "live", resources["Function"]
    )
    check("cargo lambda deploy", result.returncode == 0, result.stdout[-1500:])
    check("the alias moves", live_version(stack) != before, live_version(stack))
    equal("a callback is recorded", send(sender, SECOND_TOKEN), OK)


TABLE = {
    "TableName": "own-events",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "CommandDay")],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "ByCommand",
            "KeySchema": [{"AttributeName": "CommandDay", "KeyType": "HASH"},
                          {"AttributeName": "sk", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


def allow(action, **rest):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **rest}]})


def without_stack(stack, port):
    table = stack.aws("dynamodb", "create-table", "--cli-input-json", json.dumps(TABLE))["TableDescription"]
    trust = allow("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    role = stack.aws("iam", "create-role", "--role-name", "own", "--assume-role-policy-document", trust)["Role"]["Arn"]
    stack.aws("iam", "attach-role-policy", "--role-name", "own", "--policy-arn",
              "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    stack.aws("iam", "put-role-policy", "--role-name", "own", "--policy-name", "RecordEvents",
              "--policy-document", allow("dynamodb:PutItem", Resource=table["TableArn"]))
    result = stack.run(
        "cargo", "lambda", "deploy", "--role", role, "--enable-function-url", "--env-var", "TABLE_NAME=own-events",
        "--env-var", f"SDK_APP_IDS={SDK_APPID}", "--env-var", f"CALLBACK_TOKENS={FIRST_TOKEN}",
    )
    url = re.search(r"https://\S+", result.stdout)
    if check("cargo lambda deploy makes function and URL", result.returncode == 0 and url, result.stdout[-1500:]):
        function = stack.client("lambda").get_function_configuration(FunctionName=NAME)
        equal("with memory and time of Cargo.toml", (function["MemorySize"], function["Timeout"]), (256, 3))
        equal("a callback is recorded", send(Sender(port, url.group()), FIRST_TOKEN), OK)
        count = stack.aws("dynamodb", "scan", "--table-name", "own-events", "--select", "COUNT")["Count"]
        equal("in the table", count, 1)
