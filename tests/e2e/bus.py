"""Steps: the event bus."""

import json

import pipe
from checks import check, equal, wait_for


def receive(stack, queue_url, enough):
    """Receives messages of a queue until they are enough."""
    sqs, messages = stack.client("sqs"), {}

    def fetch():
        answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=120)
        for message in answer.get("Messages", []):
            messages[message["MessageId"]] = json.loads(message["Body"])
        return list(messages.values())

    return wait_for(fetch, enough)


def records_of(stack):
    return list(pipe.stream_records(stack.client("dynamodbstreams"), stack.stream()))


def is_head(record):
    return record["eventName"] == "INSERT" and "CommandDay" in record["dynamodb"]["NewImage"]


def key(image):
    return image["pk"]["S"], image["sk"]["S"]


def gets_each_event(stack):
    outputs, surroundings = stack.outputs(), stack.surroundings
    described = stack.client("pipes").describe_pipe(Name=outputs["EventPipeName"])
    equal("the pipe connects the table's stream with the bus",
          (described["Source"], described["Target"], described["CurrentState"]),
          (stack.stream(), surroundings.bus_arn, "RUNNING"))

    # TTL does this when an event expires.
    dynamodb = stack.client("dynamodb")
    some = dynamodb.scan(TableName=outputs["TableName"], FilterExpression="attribute_exists(BodyParts)")["Items"][0]
    dynamodb.delete_item(TableName=outputs["TableName"], Key={name: some[name] for name in ("pk", "sk")})

    records = wait_for(lambda: records_of(stack), lambda found: any(each["eventName"] == "REMOVE" for each in found))
    heads = [record for record in records if is_head(record)]
    others = len(records) - len(heads)
    check("the stream also has parts and a deletion", others >= 2, others)
    equal("the filter leaves out parts and deletions", admitted(stack, records), len(heads))
    stack.place.carry(stack, records)

    of_groups = {key(record["dynamodb"]["NewImage"]) for record in heads
                 if record["dynamodb"]["NewImage"]["CallbackCommand"]["S"].startswith("Group.")}
    got = receive(stack, surroundings.bus_queue, lambda found: len(found) >= len(of_groups))
    equal("a rule for Group.* gets each group event", len(got), len(of_groups))
    equal("the event has the whole item", {key(event["detail"]) for event in got}, of_groups)
    check("its detail type is Tencent's command",
          all(event["detail-type"] == event["detail"]["CallbackCommand"]["S"] for event in got))


def admitted(stack, records):
    """Asks EventBridge how many records the deployed pipe's filter admits."""
    filters = stack.template("EventBus")["Resources"]["EventPipe"]["Properties"]["SourceParameters"]["FilterCriteria"]["Filters"]
    return sum(pipe.admits(stack.client("events"), filters, record) for record in records)
