"""Steps: the event bus, and an operator's way from an alarm to the redrive."""

import dataclasses
import json
import time

import metrics as embedded
import pipe
from callbacks import OK, SDK_APPID, refusal, signed
from checks import check, equal, wait_for
from deploying import FIRST_TOKEN
from emulator import ACCOUNT, REGION
from receiving import callback_lines


@dataclasses.dataclass
class Surroundings:
    """What the operator has beside the stack: an event bus and a topic, each with a queue that hears it."""

    bus_arn: str
    topic_arn: str
    bus_queue: str
    topic_queue: str


def make_surroundings(stack):
    events, sns, sqs = (stack.client(service) for service in ("events", "sns", "sqs"))
    bus_arn = events.create_event_bus(Name="chat")["EventBusArn"]
    topic_arn = sns.create_topic(Name="alarms")["TopicArn"]
    queues = {}
    for name, service in (("bus", "events"), ("topic", "sns")):
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        queues[name] = sqs.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"], arn
    pattern = json.dumps({"source": ["tencent-chat"], "detail-type": [{"prefix": "Group."}]})
    events.put_rule(Name="groups", EventBusName="chat", EventPattern=pattern)
    events.put_targets(Rule="groups", EventBusName="chat", Targets=[{"Id": "queue", "Arn": queues["bus"][1]}])
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queues["topic"][1])
    return Surroundings(bus_arn, topic_arn, queues["bus"][0], queues["topic"][0])


def receive(stack, queue_url, count):
    """Messages of a queue, up to a count."""
    sqs, messages = stack.client("sqs"), {}

    def fetch():
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=120)
        for message in answer.get("Messages", []):
            messages[message["MessageId"]] = json.loads(message["Body"])
        return messages

    wait_for(fetch, lambda found: len(found) >= count)
    return list(messages.values())


def event_bus(stack, surroundings):
    outputs, resources = stack.outputs(), stack.resources()
    described = stack.client("pipes").describe_pipe(Name=resources["EventPipe"])
    equal("the pipe leads from the table's stream to the bus",
          (described["Source"], described["Target"], described["CurrentState"]),
          (outputs["TableStreamArn"], surroundings.bus_arn, "RUNNING"))

    # What TTL does when an event is over.
    dynamodb = stack.client("dynamodb")
    some = dynamodb.scan(TableName=outputs["TableName"], FilterExpression="attribute_exists(BodyParts)")["Items"][0]
    dynamodb.delete_item(TableName=outputs["TableName"], Key={name: some[name] for name in ("pk", "sk")})

    records = list(pipe.stream_records(stack.client("dynamodbstreams"), outputs["TableStreamArn"]))
    heads = [record for record in records
             if record["eventName"] == "INSERT" and "CommandDay" in record["dynamodb"]["NewImage"]]
    properties = stack.template()["Resources"]["EventPipe"]["Properties"]
    left_out = pipe.carry(stack.client("events"), properties, surroundings.bus_arn, records)
    equal("the filter leaves out parts and deletions", left_out, len(records) - len(heads))
    check("of which there are some", left_out >= 2, left_out)

    of_groups = [record for record in heads
                 if record["dynamodb"]["NewImage"]["CallbackCommand"]["S"].startswith("Group.")]
    got = receive(stack, surroundings.bus_queue, len(of_groups))
    equal("a rule for Group.* hears each group event", len(got), len(of_groups))
    equal("with the whole item in it", {event["detail"]["sk"]["S"] for event in got},
          {record["dynamodb"]["NewImage"]["sk"]["S"] for record in of_groups})
    check("under Tencent's name of it",
          all(event["detail-type"] == event["detail"]["CallbackCommand"]["S"] for event in got))


def lose_callbacks(stack, sender, role):
    """DynamoDB refuses the function for a while."""
    iam = stack.client("iam")
    policy = iam.get_role_policy(RoleName=role, PolicyName="RecordEvents")["PolicyDocument"]
    iam.delete_role_policy(RoleName=role, PolicyName="RecordEvents")
    group = {"GroupId": "@TGS#lost", "Type": "Public", "Owner_Account": "leckie", "Name": "Lost", "MemberList": []}
    after = sender.send_callback(
        "Group.CallbackAfterGroupDestroyed", group | {"EventTime": 1670574600123}, signed(FIRST_TOKEN))
    before = sender.send_callback(
        "Group.CallbackBeforeSendMsg", {"GroupId": "@TGS#lost", "EventTime": 1670574600456}, signed(FIRST_TOKEN))
    iam.put_role_policy(RoleName=role, PolicyName="RecordEvents", PolicyDocument=json.dumps(policy))
    equal("an After-callback that can't be stored is told so", after, refusal(503))
    equal("a Before-callback is let go on", before, OK)


def from_alarm_to_redrive(stack, sender, surroundings):
    resources, outputs = stack.resources(), stack.outputs()
    lose_callbacks(stack, sender, resources["FunctionRole"])
    lost = wait_for(lambda: [line for line in callback_lines(stack) if line["outcome"] == "failed"],
                    lambda lines: len(lines) >= 2)
    equal("the log says why", [line["reason"] for line in lost], ["AccessDeniedException"] * 2)

    cloudwatch = stack.client("cloudwatch")
    embedded.publish(cloudwatch, lost)
    name = resources["NotStoredAlarm"]
    alarm = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    seen = embedded.seen_by(cloudwatch, alarm)
    check("the alarm sees them", seen == 2 and seen >= alarm["Threshold"], seen)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="two callbacks were not stored")
    told = [json.loads(message["Message"])["AlarmName"] for message in receive(stack, surroundings.topic_queue, 1)]
    check("the topic hears the alarm", name in told, told)

    query = stack.template()["Resources"]["UnrecordedQuery"]["Properties"]["QueryString"]
    now = int(time.time())
    started = stack.aws("logs", "start-query", "--log-group-name", outputs["FunctionLogName"],
                        "--start-time", str(now - 3600), "--end-time", str(now + 60), "--query-string", query)
    rows = wait_for(lambda: stack.aws("logs", "get-query-results", "--query-id", started["queryId"]),
                    lambda answer: answer["status"] == "Complete")["results"]
    equal("the saved query finds them", len(rows), 2)
    redrive(stack, outputs)


def redrive(stack, outputs):
    """Stores from the log what is not in the table."""
    log = stack.must("aws", "logs", "filter-log-events", "--log-group-name", outputs["FunctionLogName"],
                     "--filter-pattern", "{ $.unrecorded.piece > 0 }", "--output", "json")
    for expected in ("recorded 2, already there 0", "recorded 0, already there 2"):
        result = stack.run("cargo", "run", "--locked", "--quiet", "--example", "redrive", stdin=log,
                           TABLE_NAME=outputs["TableName"], RETENTION_DAYS="30")
        check(f"the redrive says: {expected}", result.returncode == 0 and expected in result.stdout, result.stdout)
    answer = stack.aws("dynamodb", "query", "--table-name", outputs["TableName"],
                       "--key-condition-expression", "pk = :pk", "--expression-attribute-values",
                       json.dumps({":pk": {"S": f"{SDK_APPID}#@TGS#lost"}}))
    commands = [item["CallbackCommand"]["S"] for item in answer["Items"]]
    equal("and they are in the table", commands,
          ["Group.CallbackAfterGroupDestroyed", "Group.CallbackBeforeSendMsg"])
