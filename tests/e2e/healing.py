"""Steps: what becomes of callbacks that DynamoDB does not take."""

import json
import time

import metrics as counting
from callbacks import OK, SDK_APPID, refusal, signed
from checks import check, equal, wait_for
from deploying import FIRST_TOKEN, live_version
from operating import receive
from receiving import callback_lines, log_lines

GROUP = "@TGS#lost"


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


def by_itself(stack, sender, surroundings):
    # It goes on for as long as it may: here for seconds rather than minutes.
    stack.client("lambda").update_function_configuration(FunctionName=stack.outputs()["RedriveName"], Timeout=8)
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    group = {"GroupId": GROUP, "Type": "Public", "Owner_Account": "leckie", "Name": "Lost", "MemberList": []}
    after = sender.send_callback(
        "Group.CallbackAfterGroupDestroyed", group | {"EventTime": 1670574600123}, signed(FIRST_TOKEN))
    before = sender.send_callback(
        "Group.CallbackBeforeSendMsg", {"GroupId": GROUP, "EventTime": 1670574600456}, signed(FIRST_TOKEN))
    equal("an After-callback that can't be stored is told so", after, refusal(503))
    equal("a Before-callback is let go on", before, OK)
    tried = wait_for(lambda: redriven(stack), lambda lines: len(lines) >= 2)
    check("the redrive tries them, and fails", len(tried) >= 2 and all(line["outcome"] == "failed" for line in tried),
          tried)
    equal("none is in the table", history(stack, GROUP), [])
    give_back()
    commands = ["Group.CallbackAfterGroupDestroyed", "Group.CallbackBeforeSendMsg"]
    equal("with its permission back, they come in without a hand",
          wait_for(lambda: history(stack, GROUP), lambda found: len(found) >= 2, seconds=40), commands)
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


def from_the_queue(stack, sender):
    """DynamoDB refuses for longer than Lambda tries."""
    group, command = "@TGS#given-up", "Group.CallbackAfterGroupFull"
    give_back = take_permission(stack, "FunctionRole", "RedriveRole")
    sender.send_callback(command, {"GroupId": group, "EventTime": 1670574700123}, signed(FIRST_TOKEN))
    queue = stack.outputs()["RedriveDeadLettersUrl"]
    # The CLI has a host of its own for this service, whatever the environment says.
    there = ("--queue-url", queue, "--endpoint-url", stack.environment["AWS_ENDPOINT_URL"])

    def waiting():
        attributes = stack.client("sqs").get_queue_attributes(
            QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])

    equal("the queue has what the redrive gave up", wait_for(waiting, lambda found: found == 1, seconds=60), 1)
    give_back()
    equal("it is not in the table", history(stack, group), [])
    # The commands of the docs.
    message = stack.aws("sqs", "receive-message", *there, "--visibility-timeout", "600")["Messages"][0]
    event = stack.folder / "event.json"
    event.write_text(message["Body"])
    answer = stack.aws("lambda", "invoke", "--function-name", stack.outputs()["RedriveName"], "--cli-read-timeout",
                       "0", "--payload", f"fileb://{event}", str(stack.folder / "answer.json"))
    check("sent again, the redrive does not fail", "FunctionError" not in answer, answer)
    stack.aws("sqs", "delete-message", *there, "--receipt-handle", message["ReceiptHandle"])
    equal("and it is in the table", history(stack, group), [command])
    equal("the queue is empty", waiting(), 0)
