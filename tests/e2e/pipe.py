"""The pipe from the table's stream to the event bus. The emulator creates it but sends nothing to a bus. So this module
does it, with the filter, template, source and detail type of the deployed pipe."""

import json


def stream_records(streams, stream_arn):
    """All records of a stream, in the shape for a pipe."""
    for shard in streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                yield json.loads(json.dumps(record, default=lambda moment: moment.timestamp()))
            iterator = page.get("NextShardIterator") if page["Records"] else None


def admits(events, pattern, record):
    """Asks EventBridge whether a pattern matches a record."""
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
    return events.test_event_pattern(EventPattern=pattern, Event=json.dumps(envelope | record))["Result"]


def at_path(record, path):
    """The value at a JSON path like `$.a.b`."""
    value = record
    for name in path.removeprefix("$.").split("."):
        value = value[name]
    return value


def carry(events, pipe, bus, records):
    """Puts the events that the pipe would put. Returns the number of records that the filter leaves out."""
    filters = pipe["SourceParameters"]["FilterCriteria"]["Filters"]
    target = pipe["TargetParameters"]
    to_bus = target["EventBridgeEventBusParameters"]
    left_out = 0
    for record in records:
        if not any(admits(events, each["Pattern"], record) for each in filters):
            left_out += 1
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
    return left_out
