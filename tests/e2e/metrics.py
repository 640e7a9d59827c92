"""CloudWatch's embedded metric format. The emulator does not read it, so this does, by its specification."""

import datetime

UNITS = {"Count", "Milliseconds", "Bytes", "None"}


def is_text(value, longest):
    return isinstance(value, str) and 1 <= len(value) <= longest


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def faults(line):
    """What of a log line's metrics is not of the format."""
    found = []
    metadata = line.get("_aws", {})
    if not isinstance(metadata.get("Timestamp"), int):
        found.append("Timestamp")
    directives = metadata.get("CloudWatchMetrics")
    if not directives:
        found.append("CloudWatchMetrics")
    for directive in directives or []:
        if not is_text(directive.get("Namespace"), 256):
            found.append("Namespace")
        for dimensions in directive["Dimensions"]:
            if not 1 <= len(dimensions) <= 30:
                found.append("a set of dimensions")
            found += [name for name in dimensions if not is_text(line.get(name), 1024)]
        if not 1 <= len(directive["Metrics"]) <= 100:
            found.append("Metrics")
        for metric in directive["Metrics"]:
            if metric.get("Unit") not in UNITS or not is_number(line.get(metric["Name"])):
                found.append(metric["Name"])
    return found


def publish(cloudwatch, lines):
    """Plays CloudWatch: puts the metrics of the lines."""
    for line in lines:
        at = datetime.datetime.fromtimestamp(line["_aws"]["Timestamp"] / 1000, datetime.timezone.utc)
        for directive in line["_aws"]["CloudWatchMetrics"]:
            data = [
                {
                    "MetricName": metric["Name"],
                    "Unit": metric["Unit"],
                    "Value": line[metric["Name"]],
                    "Timestamp": at,
                    "Dimensions": [{"Name": name, "Value": line[name]} for name in dimensions],
                }
                for dimensions in directive["Dimensions"]
                for metric in directive["Metrics"]
            ]
            cloudwatch.put_metric_data(Namespace=directive["Namespace"], MetricData=data)


def seen_by(cloudwatch, alarm):
    """The sum of what an alarm looks at, in the last hour."""
    now = datetime.datetime.now(datetime.timezone.utc)
    statistics = cloudwatch.get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm["Dimensions"],
        Statistics=["Sum"],
        Period=3600,
        StartTime=now - datetime.timedelta(hours=1),
        EndTime=now + datetime.timedelta(minutes=1),
    )
    return sum(point["Sum"] for point in statistics["Datapoints"])
