"""Steps: cargo lambda deploys the function without a stack."""

import json
import re

from callbacks import OK, SDK_APPID, Sender
from checks import check, equal, wait_for
from deploying import FIRST_TOKEN, send
from surroundings import allow

BINARY = "tencent-chat-webhook"
TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
}


def without_stack(stack):
    own = f"{stack.name}-own"
    table = stack.aws("dynamodb", "create-table", "--table-name", own, "--cli-input-json", json.dumps(TABLE))["TableDescription"]
    trust = allow("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    role = stack.aws("iam", "create-role", "--role-name", own, "--assume-role-policy-document", trust,
                     "--permissions-boundary", stack.surroundings.boundary)["Role"]["Arn"]
    stack.aws("iam", "attach-role-policy", "--role-name", own, "--policy-arn",
              f"arn:{stack.place.partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    stack.aws("iam", "put-role-policy", "--role-name", own, "--policy-name", "RecordEvents",
              "--policy-document", allow("dynamodb:PutItem", Resource=table["TableArn"]))
    stack.client("dynamodb").get_waiter("table_exists").wait(TableName=own)
    stack.place.settle()
    result = stack.run(
        "cargo", "lambda", "deploy", "--binary-name", BINARY, "--memory", "256", "--timeout", "3", "--role", role,
        "--enable-function-url", "--env-var", f"TABLE_NAME={own}", "--env-var", f"SDK_APP_IDS={SDK_APPID}",
        "--env-var", f"CALLBACK_TOKENS={FIRST_TOKEN}", own,
    )
    url = re.search(r"https://\S+", result.stdout)
    if check("cargo lambda deploy makes function and URL", result.returncode == 0 and url, result.stdout[-1500:]):
        function = stack.client("lambda").get_function_configuration(FunctionName=own)
        equal("memory and timeout are those of the flags", (function["MemorySize"], function["Timeout"]), (256, 3))
        sender = Sender(stack.place, url.group())
        equal("a callback is recorded", wait_for(lambda: send(sender, FIRST_TOKEN), lambda reply: reply == OK), OK)
        count = stack.aws("dynamodb", "scan", "--table-name", own, "--select", "COUNT", "--consistent-read")["Count"]
        equal("the table has it", count, 1)
