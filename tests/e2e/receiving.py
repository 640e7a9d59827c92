"""Steps: callbacks, and their items, log lines and metrics."""

import json
import re
import time

import metrics as counting
import pipe
from callbacks import OK, SDK_APPID, refusal, sample_body, samples, signed
from checks import check, equal, refused, wait_for
from deploying import FIRST_TOKEN
from lines import LINE_BYTES

GROUP = "@TGS#2J4SZEAEL"
REFUSED_SAMPLES = {"broken-body": 400, "foreign-sdkappid": 403}
PROBE_SAMPLES = {"url-probe", "url-probe-with-command", "url-probe-without-sdkappid"}
# Not in the table: refused callbacks and URL checks.
UNRECORDED_SAMPLES = {*REFUSED_SAMPLES, *PROBE_SAMPLES}
LARGE = 5000


def large_body(members):
    return {
        "GroupId": "@TGS#large",
        "Type": "Public",
        "Owner_Account": "leckie",
        "Name": "Large",
        "EventTime": 1670574555123 + members,
        "MemberList": [{"Member_Account": f"member-{number:026}"} for number in range(members)],
    }


def requests(sender):
    for name, event in samples().items():
        expected = refusal(REFUSED_SAMPLES[name]) if name in REFUSED_SAMPLES else OK
        equal(f"events/{name}.json", sender.send_sample(event, signed(FIRST_TOKEN)), expected)
    event = samples()["group-destroyed"]
    equal("a repeated callback", sender.send_sample(event, signed(FIRST_TOKEN)), OK)
    equal("unsigned", sender.send_sample(event, {}), refusal(401))
    equal("forged", sender.send_sample(event, signed("not-the-token")), refusal(401))
    equal("stale", sender.send_sample(event, signed(FIRST_TOKEN, time.time() - 120)), refusal(401))
    equal("from the future", sender.send_sample(event, signed(FIRST_TOKEN, time.time() + 120)), refusal(401))
    equal("GET", sender.send("", None, method="GET"), refusal(405))
    command = "Group.CallbackAfterGroupDestroyed"
    equal(f"{LARGE} members", sender.send_callback(command, large_body(LARGE), signed(FIRST_TOKEN)), OK)
    equal(f"{2 * LARGE} members", sender.send_callback(command, large_body(2 * LARGE), signed(FIRST_TOKEN)), OK)
    huge = {"GroupId": "@TGS#huge", "Name": "x" * 3_600_000}
    equal("over 3.5 MB", sender.send_callback(command, huge, signed(FIRST_TOKEN)), refusal(413))


def user_with(stack, policy, name=None):
    """Credentials of a user with only one policy of the stack."""
    iam, name = stack.client("iam"), name or policy
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=stack.outputs()[policy])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


def permissions(stack):
    """Checks that each policy allows only its calls of the command line. Returns a client of the last user."""
    outputs, denied = stack.outputs(), "AccessDeniedException"
    table, stream = outputs["TableName"], stack.stream()
    item = {"pk": {"S": "erased"}, "sk": {"S": "planted"}}
    for policy in ("ReaderPolicyArn", "EraserPolicyArn"):
        user = user_with(stack, policy)
        dynamodb, streams = stack.client("dynamodb", **user), stack.client("dynamodbstreams", **user)
        found = stack.client("cloudformation", **user).describe_stacks(StackName=stack.name)["Stacks"]
        check(f"{policy}: finds the stack and its table by its name",
              found and dynamodb.describe_table(TableName=table)["Table"]["ItemCount"] >= 0)
        some = dynamodb.scan(TableName=table, Limit=1)["Items"][0]
        key = {name: some[name] for name in ("pk", "sk")}
        batch = dynamodb.batch_get_item(RequestItems={table: {"Keys": [key]}})["Responses"][table]
        equal(f"{policy}: reads the table", [dynamodb.get_item(TableName=table, Key=key)["Item"], *batch], [some, some])
        check(f"{policy}: reads the stream", list(pipe.stream_records(streams, stream)))
        if policy == "ReaderPolicyArn":
            refused("a reader can't write", denied, dynamodb.put_item, TableName=table, Item=item)
            refused("a reader can't delete", denied, dynamodb.delete_item, TableName=table, Key=key)
        else:
            dynamodb.put_item(TableName=table, Item=item)
            gone = dynamodb.delete_item(TableName=table, Key=item, ReturnValues="ALL_OLD")
            equal("an eraser puts and deletes", gone["Attributes"], item)
        refused(f"{policy}: can't delete the table", denied, dynamodb.delete_table, TableName=table)
    return stack.client("dynamodb", **user)


def items(stack):
    table, dynamodb = stack.outputs()["TableName"], permissions(stack)

    def query(condition, values, index=None):
        values = {name: {"S": value} for name, value in values.items()}
        only = {"IndexName": index} if index else {}
        return dynamodb.query(
            TableName=table, KeyConditionExpression=condition, ExpressionAttributeValues=values, **only
        )["Items"]

    recorded = {name: event for name, event in samples().items() if name not in UNRECORDED_SAMPLES}
    of_group = [event for event in recorded.values() if GROUP in sample_body(event).decode()]
    history = query("pk = :pk", {":pk": f"{SDK_APPID}#{GROUP}"})
    equal("a group's history has each callback once", len(history), len(of_group))
    keys = [item["sk"]["S"] for item in history]
    equal("its events are in order", keys, sorted(keys))
    equal("its bodies are unchanged", {item["Body"]["S"] for item in history},
          {sample_body(event).decode() for event in of_group})
    check("RETENTION_DAYS is set in ExpiresAt",
          all(abs(int(item["ExpiresAt"]["N"]) - time.time() - 30 * 86_400) < 600 for item in history))

    # The stack has one shard: the key ends with the day.
    day = f"{SDK_APPID}#Group.CallbackAfterGroupDestroyed#2022-12-09"
    destroyed = query("CommandDay = :day", {":day": day}, index="ByCommand")
    # The sample, and two large bodies.
    equal("a day's destroyed groups, through the index", len(destroyed), 3)

    large = query("pk = :pk", {":pk": f"{SDK_APPID}#@TGS#large"})
    equal(f"{LARGE} and {2 * LARGE} members are counted", [item["MemberCount"]["N"] for item in large],
          [str(LARGE), str(2 * LARGE)])
    head = large[1]
    parts = [item["Part"]["S"] for item in query("pk = :pk", {":pk": f"{head['pk']['S']}#{head['sk']['S']}"})]
    equal("the larger body is in parts", head["BodyParts"]["N"], str(len(parts)))
    equal("the parts make the sent body", json.loads("".join(parts))["MemberList"], large_body(2 * LARGE)["MemberList"])
    check("the index has no body", not any({"Body", "Part"} & item.keys() for item in destroyed))
    check("the index has the attributes for a list of groups", all({"GroupId", "Name", "Owner_Account"} <= item.keys()
                                                for item in destroyed))


def log_events(stack, name="FunctionLogName"):
    """All events of the function's log."""
    logs = stack.client("logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=stack.outputs()[name])
    return [event for page in pages for event in page["events"]]


def log_lines(stack, name="FunctionLogName"):
    """All messages of the function's log."""
    return [event["message"] for event in log_events(stack, name)]


def callback_lines(stack):
    lines = [json.loads(line) for line in log_lines(stack) if line.startswith("{")]
    return [line for line in lines if "outcome" in line]


def log(stack, sender):
    lines = wait_for(lambda: callback_lines(stack), lambda lines: len(lines) >= sender.sent)
    equal("there is one line per request", len(lines), sender.sent)
    tally = {}
    for line in lines:
        tally[line["outcome"]] = tally.get(line["outcome"], 0) + 1
    # The samples, and two large bodies.
    recorded = len(samples()) - len(UNRECORDED_SAMPLES) + 2
    equal("the outcomes are as expected", tally, {"recorded": recorded, "duplicate": 1, "probe": len(PROBE_SAMPLES), "refused": 8})
    reasons = sorted(line["reason"] for line in lines if line["outcome"] == "refused")
    equal("the reasons are as expected", reasons, [
        "body_not_json", "body_too_large", "not_post", "sdkappid_foreign", "sign_in_future", "sign_missing",
        "sign_too_old", "sign_wrong",
    ])
    check("each has a time and a level for Lambda's filter",
          all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
              and line["level"] in ("INFO", "WARN", "ERROR") for line in lines))
    fields = {"SdkAppid", "CallbackCommand", "subject", "EventTime", "Lag", "StoreTime", "body_bytes", "RequestId"}
    stored = [line for line in lines if line["outcome"] == "recorded" and "EventTime" in line]
    check("each has the fields of the saved queries", all(fields <= line.keys() for line in stored),
          [sorted(fields - line.keys()) for line in stored])
    check("one cold start", sum(line.get("cold_start", False) for line in lines) == 1)
    longest = max((len(line) for line in log_lines(stack) if '"outcome":"recorded"' in line), default=0)
    check(f"a line of a recorded callback has at most {LINE_BYTES} bytes, as in the prices",
          0 < longest <= LINE_BYTES, longest)
    text = "\n".join(log_lines(stack))
    sign = re.compile(r"(?i)\bsign=|[0-9a-f]{64}")
    check("no token and no Sign in the log", FIRST_TOKEN not in text and not sign.search(text))


def metrics(stack):
    lines = callback_lines(stack)
    cloudwatch = stack.client("cloudwatch")
    metric_filters = counting.deployed(stack.client("logs"), stack.outputs()["FunctionLogName"])
    equal("the function's log has its filters", len(metric_filters), 6)
    names = counting.publish(cloudwatch, metric_filters, lines)
    equal("their metrics have these names", names, {"Lag", "Refused", "SignatureRefusals"})
    equal("NotStoredAlarm counts none", counting.look(stack, "NotStoredAlarm"), 0)
    signs = sum(str(line.get("reason")).startswith("sign_") for line in lines)
    equal("SignatureRefusalsAlarm counts each", counting.look(stack, "SignatureRefusalsAlarm"), signs)
    actions = {alarm["AlarmName"]: alarm["AlarmActions"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    check("each alarm has a topic", actions and all(actions.values()), actions)
