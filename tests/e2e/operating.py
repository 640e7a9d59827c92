"""Steps: the operator's other resources."""

import dataclasses
import json

import pipe
from checks import check, equal, wait_for
from emulator import ACCOUNT, REGION


@dataclasses.dataclass
class Surroundings:
    """The operator's other resources: an event bus and a topic, each with a queue that gets its messages."""

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
    """Receives messages of a queue until there are enough."""
    sqs, messages = stack.client("sqs"), {}

    def fetch():
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=120)
        for message in answer.get("Messages", []):
            messages[message["MessageId"]] = json.loads(message["Body"])
        return messages

    wait_for(fetch, lambda found: len(found) >= count)
    return list(messages.values())


def event_bus(stack, surroundings):
    outputs = stack.outputs()
    described = stack.client("pipes").describe_pipe(Name=outputs["EventPipeName"])
    equal("the pipe connects the table's stream with the bus",
          (described["Source"], described["Target"], described["CurrentState"]),
          (stack.stream(), surroundings.bus_arn, "RUNNING"))

    # TTL does this when an event expires.
    dynamodb = stack.client("dynamodb")
    some = dynamodb.scan(TableName=outputs["TableName"], FilterExpression="attribute_exists(BodyParts)")["Items"][0]
    dynamodb.delete_item(TableName=outputs["TableName"], Key={name: some[name] for name in ("pk", "sk")})

    records = list(pipe.stream_records(stack.client("dynamodbstreams"), stack.stream()))
    heads = [record for record in records
             if record["eventName"] == "INSERT" and "CommandDay" in record["dynamodb"]["NewImage"]]
    properties = stack.template("EventBus")["Resources"]["EventPipe"]["Properties"]
    left_out = pipe.carry(stack.client("events"), properties, surroundings.bus_arn, records)
    equal("the filter leaves out parts and deletions", left_out, len(records) - len(heads))
    check("there are some of them", left_out >= 2, left_out)

    of_groups = [record for record in heads
                 if record["dynamodb"]["NewImage"]["CallbackCommand"]["S"].startswith("Group.")]
    got = receive(stack, surroundings.bus_queue, len(of_groups))
    equal("a rule for Group.* gets each group event", len(got), len(of_groups))
    equal("the event has the whole item", {event["detail"]["sk"]["S"] for event in got},
          {record["dynamodb"]["NewImage"]["sk"]["S"] for record in of_groups})
    check("its detail type is Tencent's command",
          all(event["detail-type"] == event["detail"]["CallbackCommand"]["S"] for event in got))
