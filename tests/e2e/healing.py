"""Steps: callbacks that DynamoDB rejects."""

import base64
import gzip
import json
import time

import metrics as counting
from callbacks import OK, SDK_APPID, refusal, signed
from checks import check, equal, wait_for
from deploying import FIRST_TOKEN, live_version
from emulator import ACCOUNT
from operating import receive
from receiving import LARGE, callback_lines, large_body, log_events, log_lines
from stack import functions, recipe

GROUP = "@TGS#lost"
QUEUES = ("RedriveQueueUrl", "RedriveDeadLettersUrl")


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

    return give_back


def history(stack, group):
    """The commands of a group's events in the table."""
    answer = stack.aws("dynamodb", "query", "--table-name", stack.outputs()["TableName"], "--consistent-read",
                       "--key-condition-expression", "pk = :pk", "--expression-attribute-values",
                       json.dumps({":pk": {"S": f"{SDK_APPID}#{group}"}}))
    return [item["CallbackCommand"]["S"] for item in answer["Items"]]


def items(stack, group):
    """The items of a group's events in the table."""
    return stack.client("dynamodb").query(
        TableName=stack.outputs()["TableName"], ConsistentRead=True, KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{SDK_APPID}#{group}"}})["Items"]


def redriven(stack):
    """The redrive's log lines with an outcome."""
    lines = [json.loads(line) for line in log_lines(stack, "RedriveLogName") if line.startswith("{")]
    return [line for line in lines if "outcome" in line]


def attributes_of(stack, queue):
    """The attributes of one of the redrive's queues."""
    url = stack.outputs()[queue]
    return stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def messages(stack, queue):
    """The number of messages in a queue, with those between two attempts."""
    attributes = attributes_of(stack, queue)
    return sum(int(attributes[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible"))


def hurry(stack):
    """Shortens minutes to seconds: the timeout of an attempt, and the pause before the next one."""
    stack.client("lambda").update_function_configuration(FunctionName=stack.outputs()["RedriveName"], Timeout=8)
    stack.client("sqs").set_queue_attributes(
        QueueUrl=stack.outputs()["RedriveQueueUrl"], Attributes={"VisibilityTimeout": "10"})


def by_itself(stack, sender, surroundings):
    attributes = attributes_of(stack, "RedriveQueueUrl")
    equal("the queue retries for ten days",
          int(attributes["VisibilityTimeout"]) * json.loads(attributes["RedrivePolicy"])["maxReceiveCount"], 864_000)
    hurry(stack)
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
    tried = wait_for(lambda: redriven(stack), lambda lines: len(lines) >= 4, seconds=40)
    check("retries from the queue fail", len(tried) >= 4 and {line["outcome"] for line in tried} == {"failed"},
          tried)
    equal("none is in the table", history(stack, GROUP), [])
    give_back()
    commands = ["Group.CallbackAfterGroupDestroyed", "Group.CallbackBeforeSendMsg"]
    equal("with the permission back, they are recorded automatically",
          wait_for(lambda: history(stack, GROUP), lambda found: len(found) >= 2, seconds=60), commands)
    equal("the queue is empty", wait_for(lambda: messages(stack, "RedriveQueueUrl"), lambda found: found == 0), 0)
    equal("no message is given up", messages(stack, "RedriveDeadLettersUrl"), 0)
    outcomes = wait_for(lambda: [line["outcome"] for line in redriven(stack)],
                        lambda found: found.count("recorded") >= 2)
    equal("the redrive logs both as recorded", outcomes.count("recorded"), 2)

    lost = [line for line in callback_lines(stack) if line["outcome"] == "failed"]
    equal("the log has the reason", [line["reason"] for line in lost], ["AccessDeniedException"] * 2)
    alarms(stack, surroundings, lost)
    query = stack.template()["Resources"]["UnrecordedQuery"]["Properties"]["QueryString"]
    now = int(time.time())
    started = stack.aws("logs", "start-query", "--log-group-name", stack.outputs()["FunctionLogName"],
                        "--start-time", str(now - 3600), "--end-time", str(now + 60), "--query-string", query)
    rows = wait_for(lambda: stack.aws("logs", "get-query-results", "--query-id", started["queryId"]),
                    lambda answer: answer["status"] == "Complete")["results"]
    equal("the saved query finds them", len(rows), 2)


def alarms(stack, surroundings, lost):
    cloudwatch, logs, outputs = stack.client("cloudwatch"), stack.client("logs"), stack.outputs()
    counting.publish(cloudwatch, counting.deployed(logs, outputs["FunctionLogName"]), lost)
    equal("NotStoredAlarm counts them", counting.look(stack, "NotStoredAlarm"), 2)
    equal("VersionNotStoredAlarm counts them", counting.look(stack, "VersionNotStoredAlarm"),
          2)
    equal("each line names its version", {line["function_version"] for line in lost}, {live_version(stack)})
    counting.publish(cloudwatch, counting.deployed(logs, outputs["RedriveLogName"]), redriven(stack))
    metrics = cloudwatch.list_metrics(Namespace=f"TencentChatWebhook/{stack.name}", MetricName="Redriven")["Metrics"]
    equal("the redrive is counted by outcome", {each["Dimensions"][0]["Value"] for each in metrics},
          {"failed", "recorded"})
    name = stack.resources()["NotStoredAlarm"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="two callbacks were not stored")
    notified = [json.loads(message["Message"])["AlarmName"] for message in receive(stack, surroundings.topic_queue, 1)]
    check("the topic gets the alarm", name in notified, notified)


def from_pieces(stack, sender):
    """The pieces of a large body are in different batches of the log."""
    group, command = "@TGS#pieces", "Group.CallbackAfterGroupDestroyed"
    give_back = take_permission(stack, "FunctionRole")
    sender.send_callback(command, large_body(2 * LARGE) | {"GroupId": group}, signed(FIRST_TOKEN))
    give_back()
    whole = wait_for(lambda: history(stack, group), lambda found: len(found) == 1, seconds=40)
    equal("a large body is recorded from its log entries", whole, [command])
    forget(stack, group)
    pieces = [event for event in log_events(stack)
              if '"unrecorded":' in event["message"] and json.loads(event["message"])["unrecorded"]["pieces"] > 1]
    check("it has several pieces", len(pieces) > 1, len(pieces))
    batch = {"messageType": "DATA_MESSAGE", "owner": ACCOUNT, "logGroup": stack.outputs()["FunctionLogName"],
             "logStream": pieces[-1]["logStreamName"], "subscriptionFilters": ["unrecorded"],
             "logEvents": [{"id": "1", "timestamp": int(time.time() * 1000), "message": pieces[-1]["message"]}]}
    data = base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs()["RedriveQueueUrl"], MessageBody=json.dumps({"awslogs": {"data": data}}))
    equal("the missing pieces are found in the log",
          wait_for(lambda: history(stack, group), lambda found: len(found) == 1, seconds=40), [command])


def forget(stack, group):
    """Deletes the heads of a group's events."""
    dynamodb, table = stack.client("dynamodb"), stack.outputs()["TableName"]
    for item in items(stack, group):
        dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})


def from_the_dead_letters(stack, sender):
    """DynamoDB rejects the callback longer than the queue retries: here for two attempts."""
    group, command = "@TGS#given-up", "Group.CallbackAfterGroupFull"
    sqs, queue = stack.client("sqs"), stack.outputs()[QUEUES[0]]
    policy = json.loads(attributes_of(stack, QUEUES[0])["RedrivePolicy"])
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy | {"maxReceiveCount": 2})})
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    sender.send_callback(command, {"GroupId": group, "EventTime": 1670574700123}, signed(FIRST_TOKEN))
    equal("the dead letters have the callback that the redrive gave up",
          wait_for(lambda: messages(stack, QUEUES[1]), lambda found: found == 1, seconds=60), 1)
    equal("the queue is empty", messages(stack, QUEUES[0]), 0)
    give_back()
    equal("it is not in the table", history(stack, group), [])
    # The emulator lacks `start-message-move-task`, as China does.
    moved = stack.run("bash", "-euc", functions() + recipe("move dead letters by hand", "operate.md"), cwd=stack.folder)
    check("the commands of the docs move it back", moved.returncode == 0, moved.stdout)
    equal("after it is moved back, it is recorded", wait_for(lambda: history(stack, group), bool, seconds=40), [command])
    equal("both queues are empty",
          wait_for(lambda: [messages(stack, name) for name in QUEUES], lambda found: not any(found)), [0, 0])
