"""What the functions logged. A log group is named by its output."""

import json


def log_events(stack, log="FunctionLogName"):
    """All events of a log group."""
    pages = stack.client("logs").get_paginator("filter_log_events").paginate(logGroupName=stack.outputs()[log])
    return [event for page in pages for event in page["events"]]


def log_lines(stack, log="FunctionLogName"):
    """All messages of a log group."""
    return [event["message"] for event in log_events(stack, log)]


def outcomes(stack, log="FunctionLogName"):
    """The lines with an outcome."""
    lines = [json.loads(line) for line in log_lines(stack, log) if line.startswith("{")]
    return [line for line in lines if "outcome" in line]
