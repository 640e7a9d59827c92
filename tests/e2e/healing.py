"""Steps: callbacks that DynamoDB rejects."""

import base64
import gzip
import json
import random
import time

import metrics as counting
from bus import receive
from callbacks import OK, SDK_APPID, refusal, signed
from checks import check, equal, measured, wait_for
from deploying import FIRST_TOKEN, live_version
from logs import log_events, outcomes
from queues import QUEUES, attributes_of, give_up_after, hurry, messages
from receiving import LARGE, large_body

GROUP = "@TGS#lost"
REDRIVE = "RedriveLogName"


def take_permission(stack, *roles):
    """Takes the write permission from roles. Returns a function that gives it back."""
    iam, taken = stack.client("iam"), {}
    for role in roles:
        name = stack.resources()[role]
        taken[name] = iam.get_role_policy(RoleName=name, PolicyName="RecordEvents")["PolicyDocument"]
        iam.delete_role_policy(RoleName=name, PolicyName="RecordEvents")

    def give_back():
        for name, policy in taken.items():
            iam.put_role_policy(RoleName=name, PolicyName="RecordEvents", PolicyDocument=json.dumps(policy))
        stack.place.settle()

    stack.place.settle()
    return give_back


def items(stack, group):
    """The items of a group's events in the table."""
    return stack.client("dynamodb").query(
        TableName=stack.outputs()["TableName"], ConsistentRead=True, KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{SDK_APPID}#{group}"}})["Items"]


def history(stack, group):
    """The commands of a group's events in the table."""
    return [item["CallbackCommand"]["S"] for item in items(stack, group)]


def by_itself(stack):
    sender = stack.sender
    attributes = attributes_of(stack, "RedriveQueueUrl")
    equal("the queue retries for ten days",
          int(attributes["VisibilityTimeout"]) * json.loads(attributes["RedrivePolicy"])["maxReceiveCount"], 864_000)
    hurry(stack, "RedriveName", "RedriveQueueUrl")
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    group = {"GroupId": GROUP, "Type": "Public", "Owner_Account": "leckie", "Name": "Lost", "MemberList": []}
    after = sender.send_callback(
        "Group.CallbackAfterGroupDestroyed", group | {"EventTime": 1670574600123}, signed(FIRST_TOKEN))
    before = sender.send_callback(
        "Group.CallbackBeforeSendMsg", {"GroupId": GROUP, "EventTime": 1670574600456}, signed(FIRST_TOKEN))
    equal("an after-callback that can't be stored gets 503", after, refusal(503))
    equal("a before-callback is answered", before, OK)
    in_queue = wait_for(lambda: messages(stack, "RedriveQueueUrl"), lambda found: found >= 2, seconds=40)
    check("after the first attempt they are in the queue", in_queue >= 2, in_queue)
    # The first attempt stops at the first error, and logs one callback. The later lines are from the queue.
    tried = wait_for(lambda: outcomes(stack, REDRIVE), lambda lines: len(lines) >= 4, seconds=40)
    check("retries from the queue fail", len(tried) >= 4 and {line["outcome"] for line in tried} == {"failed"},
          tried)
    equal("none is in the table", history(stack, GROUP), [])
    give_back()
    commands = ["Group.CallbackAfterGroupDestroyed", "Group.CallbackBeforeSendMsg"]
    equal("with the permission back, they are recorded automatically",
          wait_for(lambda: history(stack, GROUP), lambda found: len(found) >= 2, seconds=60), commands)
    equal("the queue is empty", wait_for(lambda: messages(stack, "RedriveQueueUrl"), lambda found: found == 0), 0)
    equal("no message is given up", messages(stack, "RedriveDeadLettersUrl"), 0)
    logged = wait_for(lambda: [line["outcome"] for line in outcomes(stack, REDRIVE)],
                      lambda found: found.count("recorded") >= 2)
    equal("the redrive logs both as recorded", logged.count("recorded"), 2)

    lost = [line for line in outcomes(stack) if line["outcome"] == "failed"]
    equal("the log has the reason", [line["reason"] for line in lost], ["AccessDeniedException"] * 2)
    alarms(stack, lost)
    equal("the saved query finds them", len(wait_for(lambda: saved_query(stack), lambda rows: len(rows) >= 2)), 2)


def saved_query(stack):
    """The rows of the query `unrecorded`."""
    query = stack.template()["Resources"]["UnrecordedQuery"]["Properties"]["QueryString"]
    now = int(time.time())
    started = stack.aws("logs", "start-query", "--log-group-name", stack.outputs()["FunctionLogName"],
                        "--start-time", str(now - 3600), "--end-time", str(now + 60), "--query-string", query)
    return wait_for(lambda: stack.aws("logs", "get-query-results", "--query-id", started["queryId"]),
                    lambda answer: answer["status"] == "Complete")["results"]


def alarms(stack, lost):
    cloudwatch = stack.client("cloudwatch")
    stack.place.count(stack, "FunctionLogName", lost)
    for alarm in ("NotStoredAlarm", "VersionNotStoredAlarm"):
        equal(f"{alarm} counts them", counting.wait_to_see(stack, alarm, len(lost)), len(lost))
    equal("each line names its version", {line["function_version"] for line in lost}, {live_version(stack)})
    stack.place.count(stack, REDRIVE, outcomes(stack, REDRIVE))
    for outcome in ("failed", "recorded"):
        dimensions = [{"Name": "outcome", "Value": outcome}]
        count = wait_for(lambda: counting.total(cloudwatch, f"TencentChatWebhook/{stack.name}", "Redriven", dimensions), bool)
        check(f"the redrive's outcome {outcome} is counted", count >= 2, count)
    name = stack.resources()["NotStoredAlarm"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="two callbacks were not stored")
    named = lambda found: {json.loads(message["Message"])["AlarmName"] for message in found}
    notified = named(receive(stack, stack.surroundings.topic_queue, lambda found: name in named(found)))
    check("the topic gets the alarm", name in notified, sorted(notified))


def at_once(stack):
    """The function can't record, but the redrive can: how long that takes."""
    group, command = "@TGS#at-once", "Group.CallbackAfterGroupFull"
    give_back = take_permission(stack, "FunctionRole")
    reply = stack.sender.send_callback(command, {"GroupId": group, "EventTime": 1670574650123}, signed(FIRST_TOKEN))
    failed = time.monotonic()
    equal("a callback fails", reply, refusal(503))
    recorded = wait_for(lambda: history(stack, group), bool, seconds=40, pause=0.1)
    measured("from a failed callback to its item", time.monotonic() - failed, "s")
    give_back()
    equal("the redrive records it from the log", recorded, [command])


def from_pieces(stack):
    """The pieces of a large body are in different batches of the log."""
    group, command = "@TGS#pieces", "Group.CallbackAfterGroupDestroyed"
    give_back = take_permission(stack, "FunctionRole")
    stack.sender.send_callback(command, large_body(2 * LARGE) | {"GroupId": group}, signed(FIRST_TOKEN))
    give_back()
    whole = wait_for(lambda: history(stack, group), lambda found: len(found) == 1, seconds=40)
    equal("a large body is recorded from its log entries", whole, [command])
    forget(stack, items(stack, group))
    pieces = [event for event in log_events(stack)
              if '"unrecorded":' in event["message"] and json.loads(event["message"])["unrecorded"]["pieces"] > 1]
    check("it has several pieces", len(pieces) > 1, len(pieces))
    batch = {"messageType": "DATA_MESSAGE", "owner": stack.place.account, "logGroup": stack.outputs()["FunctionLogName"],
             "logStream": pieces[-1]["logStreamName"], "subscriptionFilters": ["unrecorded"],
             "logEvents": [{"id": "1", "timestamp": int(time.time() * 1000), "message": pieces[-1]["message"]}]}
    data = base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs()["RedriveQueueUrl"], MessageBody=json.dumps({"awslogs": {"data": data}}))
    equal("the missing pieces are found in the log",
          wait_for(lambda: history(stack, group), lambda found: len(found) == 1, seconds=40), [command])


def forget(stack, heads):
    """Deletes items of the table."""
    for item in heads:
        stack.client("dynamodb").delete_item(
            TableName=stack.outputs()["TableName"], Key={name: item[name] for name in ("pk", "sk")})


def from_the_dead_letters(stack):
    """DynamoDB rejects the callback longer than the queue retries: here for two attempts."""
    give_up_after(stack, QUEUES[0], 2)
    command = given_up(stack, "@TGS#given-up")
    moved = stack.shell(stack.functions() + stack.recipe("move dead letters by hand", "operate.md"), cwd=stack.folder)
    check("the commands of the docs move it back", moved.returncode == 0, moved.stdout)
    is_recorded_again(stack, "@TGS#given-up", command)


def moved_by_sqs(stack):
    """SQS has a task for this, except in China."""
    command, sqs = given_up(stack, "@TGS#moved"), stack.client("sqs")
    sqs.start_message_move_task(SourceArn=attributes_of(stack, QUEUES[1])["QueueArn"],
                                DestinationArn=attributes_of(stack, QUEUES[0])["QueueArn"])
    is_recorded_again(stack, "@TGS#moved", command)


def given_up(stack, group):
    command = "Group.CallbackAfterGroupFull"
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    # A message of more than 256 KB, also compressed.
    text = base64.b64encode(random.randbytes(300_000)).decode()
    stack.sender.send_callback(command, {"GroupId": group, "EventTime": 1670574700123, "Text": text}, signed(FIRST_TOKEN))
    equal("the dead letters have the callback that the redrive gave up",
          wait_for(lambda: messages(stack, QUEUES[1]), lambda found: found == 1, seconds=60), 1)
    equal("the queue is empty", wait_for(lambda: messages(stack, QUEUES[0]), lambda found: found == 0), 0)
    give_back()
    equal("it is not in the table", history(stack, group), [])
    return command


def is_recorded_again(stack, group, command):
    equal("after it is moved back, it is recorded", wait_for(lambda: history(stack, group), bool, seconds=40), [command])
    equal("both queues are empty",
          wait_for(lambda: [messages(stack, name) for name in QUEUES], lambda found: not any(found)), [0, 0])
