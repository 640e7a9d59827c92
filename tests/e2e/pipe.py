"""The pipe from the table's stream to the event bus. The emulator creates it but sends nothing to a bus. So this module
does it, with the filter, template, source and detail type of the deployed pipe."""

import json

# An open shard never ends, and some of its pages are empty before the records.
MOST_EMPTY_PAGES = 3


def stream_records(streams, stream_arn):
    """All records of a stream, in the shape for a pipe."""
    for shard in streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        empty = 0
        while iterator and empty < MOST_EMPTY_PAGES:
            page = streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                yield json.loads(json.dumps(record, default=lambda moment: moment.timestamp()))
            iterator = page.get("NextShardIterator")
            empty = 0 if page["Records"] else empty + 1


def admits(events, filters, record):
    """Asks EventBridge whether one of a pipe's filters matches a record."""
    envelope = {
        "id": "1",
        "detail-type": "-",
        "source": "-",
        "account": "000000000000",
        "time": "2026-01-01T00:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {},
    }
    # EventBridge takes no event of 400 KB here. The filters do not look at these texts.
    image = record["dynamodb"].get("NewImage", {})
    texts = {name: {"S": "…"} for name in ("Body", "Part") if name in image}
    event = json.dumps(envelope | record | {"dynamodb": record["dynamodb"] | ({"NewImage": image | texts} if image else {})})
    return any(events.test_event_pattern(EventPattern=each["Pattern"], Event=event)["Result"] for each in filters)


def at_path(record, path):
    """The value at a JSON path like `$.a.b`."""
    value = record
    for name in path.removeprefix("$.").split("."):
        value = value[name]
    return value


def carry(events, pipe, bus, records):
    """Puts the events that the pipe would put."""
    target = pipe["TargetParameters"]
    to_bus = target["EventBridgeEventBusParameters"]
    for record in records:
        if not admits(events, pipe["SourceParameters"]["FilterCriteria"]["Filters"], record):
            continue
        path = target["InputTemplate"].removeprefix("<").removesuffix(">")
        entry = {
            "EventBusName": bus,
            "Source": to_bus["Source"],
            "DetailType": at_path(record, to_bus["DetailType"]),
            "Detail": json.dumps(at_path(record, path)),
        }
        answer = events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise RuntimeError(f"the bus did not take {answer['Entries']}")
