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
from logs import log_lines, outcomes
from surroundings import caller

GROUP = "@TGS#2J4SZEAEL"
REFUSED_SAMPLES = {"broken-body": 400, "foreign-sdkappid": 403}
PROBE_SAMPLES = {"url-probe", "url-probe-with-command", "url-probe-without-sdkappid"}
# Not in the table: refused callbacks and URL checks.
UNRECORDED_SAMPLES = {*REFUSED_SAMPLES, *PROBE_SAMPLES}
LARGE = 5000
# The largest body that fits into one item is only a little larger.
ONE_ITEM = 380_000


def large_body(members):
    return {
        "GroupId": "@TGS#large",
        "Type": "Public",
        "Owner_Account": "leckie",
        "Name": "Large",
        "EventTime": 1670574555123 + members,
        "MemberList": [{"Member_Account": f"member-{number:026}"} for number in range(members)],
    }


def requests(stack):
    sender = stack.sender
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
    whole = large_body(0) | {"GroupId": "@TGS#whole", "Text": "x" * ONE_ITEM}
    equal(f"{ONE_ITEM:,} bytes", sender.send_callback(command, whole, signed(FIRST_TOKEN)), OK)
    huge = {"GroupId": "@TGS#huge", "Name": "x" * 3_600_000}
    equal("over 3.5 MB", sender.send_callback(command, huge, signed(FIRST_TOKEN)), refusal(413))


def permissions(stack):
    """Checks that each policy allows only its calls of the command line. Returns a client of the last one."""
    outputs, denied = stack.outputs(), "AccessDeniedException"
    table, stream = outputs["TableName"], stack.stream()
    item = {"pk": {"S": "erased"}, "sk": {"S": "planted"}}
    for policy in ("ReaderPolicyArn", "EraserPolicyArn"):
        of_policy = caller(stack, policy)
        dynamodb, streams = stack.client("dynamodb", **of_policy), stack.client("dynamodbstreams", **of_policy)
        found = stack.client("cloudformation", **of_policy).describe_stacks(StackName=stack.name)["Stacks"]
        check(f"{policy}: finds the stack and its table by its name",
              found and dynamodb.describe_table(TableName=table)["Table"]["ItemCount"] >= 0)
        some = dynamodb.scan(TableName=table, Limit=1)["Items"][0]
        key = {name: some[name] for name in ("pk", "sk")}
        batch = dynamodb.batch_get_item(RequestItems={table: {"Keys": [key]}})["Responses"][table]
        equal(f"{policy}: reads the table", [dynamodb.get_item(TableName=table, Key=key)["Item"], *batch], [some, some])
        check(f"{policy}: reads the stream", any(pipe.stream_records(streams, stream)))
        if policy == "ReaderPolicyArn":
            refused("a reader can't write", denied, dynamodb.put_item, TableName=table, Item=item)
            refused("a reader can't delete", denied, dynamodb.delete_item, TableName=table, Key=key)
        else:
            dynamodb.put_item(TableName=table, Item=item)
            gone = dynamodb.delete_item(TableName=table, Key=item, ReturnValues="ALL_OLD")
            equal("an eraser puts and deletes", gone["Attributes"], item)
        refused(f"{policy}: can't delete the table", denied, dynamodb.delete_table, TableName=table)
    return stack.client("dynamodb", **of_policy)


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
    # The sample, and three large bodies.
    equal("a day's destroyed groups, through the index", len(destroyed), 4)

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
    head, = query("pk = :pk", {":pk": f"{SDK_APPID}#@TGS#whole"})
    check(f"{ONE_ITEM:,} bytes are in one item", "BodyParts" not in head, sorted(head))


def log(stack):
    sent = stack.sender.sent
    lines = wait_for(lambda: outcomes(stack), lambda lines: len(lines) >= sent)
    equal("there is one line per request", len(lines), sent)
    tally = {}
    for line in lines:
        tally[line["outcome"]] = tally.get(line["outcome"], 0) + 1
    # The samples, and three large bodies.
    recorded = len(samples()) - len(UNRECORDED_SAMPLES) + 3
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
    cold_starts = sum(line.get("cold_start", False) for line in lines)
    check(f"there are 1 to {stack.place.most_cold_starts} cold starts", 1 <= cold_starts <= stack.place.most_cold_starts, cold_starts)
    longest = max((len(line) for line in log_lines(stack) if '"outcome":"recorded"' in line), default=0)
    check(f"a line of a recorded callback has at most {LINE_BYTES} bytes, as in the prices",
          0 < longest <= LINE_BYTES, longest)
    text = "\n".join(log_lines(stack))
    sign = re.compile(r"(?i)\bsign=|[0-9a-f]{64}")
    check("no token and no Sign in the log", FIRST_TOKEN not in text and not sign.search(text))


def metrics(stack):
    lines, log = outcomes(stack), "FunctionLogName"
    filters = counting.deployed(stack.client("logs"), stack.outputs()[log])
    equal("the function's log has its filters", len(filters), 6)
    equal("their metrics have these names", counting.names(filters, lines), {"Lag", "Refused", "SignatureRefusals"})
    stack.place.count(stack, log, lines)
    signs = sum(str(line.get("reason")).startswith("sign_") for line in lines)
    equal("SignatureRefusalsAlarm counts each", counting.wait_to_see(stack, "SignatureRefusalsAlarm", signs), signs)
    equal("NotStoredAlarm counts none", counting.look(stack, "NotStoredAlarm"), 0)
    alarms = stack.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{stack.name}-")["MetricAlarms"]
    without = [alarm["AlarmName"] for alarm in alarms if not alarm["AlarmActions"]]
    equal("each alarm has a topic", (bool(alarms), without), (True, []))
