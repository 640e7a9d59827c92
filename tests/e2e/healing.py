"""Steps: what becomes of callbacks that DynamoDB does not take."""

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
from receiving import LARGE, callback_lines, large_body, log_lines

GROUP = "@TGS#lost"
QUEUES = ("RedriveQueueUrl", "RedriveDeadLettersUrl")


def take_permission(stack, *roles):
    """Lets DynamoDB refuse roles, and gives what gives their permission back."""
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
    """The commands that are in the table for a group."""
    answer = stack.aws("dynamodb", "query", "--table-name", stack.outputs()["TableName"], "--consistent-read",
                       "--key-condition-expression", "pk = :pk", "--expression-attribute-values",
                       json.dumps({":pk": {"S": f"{SDK_APPID}#{group}"}}))
    return [item["CallbackCommand"]["S"] for item in answer["Items"]]


def redriven(stack):
    """The lines of the redrive that tell what became of a callback."""
    lines = [json.loads(line) for line in log_lines(stack, "RedriveLogName") if line.startswith("{")]
    return [line for line in lines if "outcome" in line]


def attributes_of(stack, queue):
    """The attributes of one of the redrive's queues."""
    url = stack.outputs()[queue]
    return stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def messages(stack, queue):
    """How many messages a queue holds, those between two tries included."""
    attributes = attributes_of(stack, queue)
    return sum(int(attributes[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible"))


def hurry(stack):
    """Makes seconds of minutes: how long a try from the queue may take, and when the next one is."""
    stack.client("lambda").update_function_configuration(FunctionName=stack.outputs()["RedriveName"], Timeout=8)
    stack.client("sqs").set_queue_attributes(
        QueueUrl=stack.outputs()["RedriveQueueUrl"], Attributes={"VisibilityTimeout": "10"})


def by_itself(stack, sender, surroundings):
    attributes = attributes_of(stack, "RedriveQueueUrl")
    equal("the queue tries for ten days",
          int(attributes["VisibilityTimeout"]) * json.loads(attributes["RedrivePolicy"])["maxReceiveCount"], 864_000)
    hurry(stack)
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    group = {"GroupId": GROUP, "Type": "Public", "Owner_Account": "leckie", "Name": "Lost", "MemberList": []}
    after = sender.send_callback(
        "Group.CallbackAfterGroupDestroyed", group | {"EventTime": 1670574600123}, signed(FIRST_TOKEN))
    before = sender.send_callback(
        "Group.CallbackBeforeSendMsg", {"GroupId": GROUP, "EventTime": 1670574600456}, signed(FIRST_TOKEN))
    equal("an After-callback that can't be stored is told so", after, refusal(503))
    equal("a Before-callback is let go on", before, OK)
    in_queue = wait_for(lambda: messages(stack, "RedriveQueueUrl"), lambda found: found >= 2, seconds=40)
    check("after the first try they are in the queue", in_queue >= 2, in_queue)
    # The first try gives up at the first fault, and tells of one callback. What comes later is from the queue.
    tried = wait_for(lambda: redriven(stack), lambda lines: len(lines) >= 4, seconds=40)
    check("from there they are tried again, and fail", len(tried) >= 4 and {line["outcome"] for line in tried} == {"failed"},
          tried)
    equal("none is in the table", history(stack, GROUP), [])
    give_back()
    commands = ["Group.CallbackAfterGroupDestroyed", "Group.CallbackBeforeSendMsg"]
    equal("with the permission back, they are recorded without a hand",
          wait_for(lambda: history(stack, GROUP), lambda found: len(found) >= 2, seconds=60), commands)
    equal("the queue is empty", wait_for(lambda: messages(stack, "RedriveQueueUrl"), lambda found: found == 0), 0)
    equal("no message is given up", messages(stack, "RedriveDeadLettersUrl"), 0)
    outcomes = wait_for(lambda: [line["outcome"] for line in redriven(stack)],
                        lambda found: found.count("recorded") >= 2)
    equal("the redrive says so", outcomes.count("recorded"), 2)

    lost = [line for line in callback_lines(stack) if line["outcome"] == "failed"]
    equal("the log says why", [line["reason"] for line in lost], ["AccessDeniedException"] * 2)
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
    equal("the alarm on what is not stored sees them", counting.look(stack, "NotStoredAlarm"), 2)
    equal("so does that of the version, which turns a deployment back", counting.look(stack, "VersionNotStoredAlarm"),
          2)
    equal("each line names its version", {line["function_version"] for line in lost}, {live_version(stack)})
    counting.publish(cloudwatch, counting.deployed(logs, outputs["RedriveLogName"]), redriven(stack))
    metrics = cloudwatch.list_metrics(Namespace=f"TencentChatWebhook/{stack.name}", MetricName="Redriven")["Metrics"]
    equal("the redrive is counted by outcome", {each["Dimensions"][0]["Value"] for each in metrics},
          {"failed", "recorded"})
    name = stack.resources()["NotStoredAlarm"]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="two callbacks were not stored")
    told = [json.loads(message["Message"])["AlarmName"] for message in receive(stack, surroundings.topic_queue, 1)]
    check("the topic hears the alarm", name in told, told)


def from_pieces(stack, sender):
    """A batch of the log has one piece of a large body, and the others came in another batch."""
    group, command = "@TGS#pieces", "Group.CallbackAfterGroupDestroyed"
    give_back = take_permission(stack, "FunctionRole")
    sender.send_callback(command, large_body(2 * LARGE) | {"GroupId": group}, signed(FIRST_TOKEN))
    give_back()
    whole = wait_for(lambda: history(stack, group), lambda found: len(found) == 1, seconds=40)
    equal("a large body is recorded from its log entries", whole, [command])
    forget(stack, group)
    pieces = [line for line in log_lines(stack) if '"unrecorded":' in line and json.loads(line)["unrecorded"]["pieces"] > 1]
    check("which are several", len(pieces) > 1, len(pieces))
    batch = {"messageType": "DATA_MESSAGE", "owner": ACCOUNT, "logGroup": stack.outputs()["FunctionLogName"],
             "logStream": "s", "subscriptionFilters": ["unrecorded"],
             "logEvents": [{"id": "1", "timestamp": int(time.time() * 1000), "message": pieces[-1]}]}
    data = base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs()["RedriveQueueUrl"], MessageBody=json.dumps({"awslogs": {"data": data}}))
    equal("the missing pieces are found in the log",
          wait_for(lambda: history(stack, group), lambda found: len(found) == 1, seconds=40), [command])


def forget(stack, group):
    """Deletes the heads of a group's events."""
    dynamodb, table = stack.client("dynamodb"), stack.outputs()["TableName"]
    found = dynamodb.query(TableName=table, KeyConditionExpression="pk = :pk",
                           ExpressionAttributeValues={":pk": {"S": f"{SDK_APPID}#{group}"}})["Items"]
    for item in found:
        dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})


def from_the_dead_letters(stack, sender):
    """DynamoDB refuses for longer than the queue tries: here for two tries."""
    group, command = "@TGS#given-up", "Group.CallbackAfterGroupFull"
    sqs, queue, dead_letters = stack.client("sqs"), *(stack.outputs()[name] for name in QUEUES)
    policy = json.loads(attributes_of(stack, QUEUES[0])["RedrivePolicy"])
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": json.dumps(policy | {"maxReceiveCount": 2})})
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    sender.send_callback(command, {"GroupId": group, "EventTime": 1670574700123}, signed(FIRST_TOKEN))
    equal("the dead letters have what the redrive gave up",
          wait_for(lambda: messages(stack, QUEUES[1]), lambda found: found == 1, seconds=60), 1)
    equal("and the queue does not", messages(stack, QUEUES[0]), 0)
    give_back()
    equal("it is not in the table", history(stack, group), [])
    # What `start-message-move-task` does, which the emulator lacks.
    message, = sqs.receive_message(QueueUrl=dead_letters, WaitTimeSeconds=20)["Messages"]
    sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
    equal("moved back, it is recorded", wait_for(lambda: history(stack, group), bool, seconds=40), [command])
    equal("both queues are empty",
          wait_for(lambda: [messages(stack, name) for name in QUEUES], lambda found: not any(found)), [0, 0])
