"""The metric filters of the stack. The emulator creates them but does not count, so this module does."""

import datetime

import filters
from checks import wait_for


def deployed(logs, group):
    """The metric filters of a log group, in the form of the template."""
    pages = logs.get_paginator("describe_metric_filters").paginate(logGroupName=group)
    return [
        {
            "FilterPattern": each["filterPattern"],
            "MetricTransformations": [
                {
                    "MetricNamespace": one["metricNamespace"],
                    "MetricName": one["metricName"],
                    "MetricValue": one["metricValue"],
                    "Dimensions": [{"Key": key, "Value": value} for key, value in one.get("dimensions", {}).items()],
                }
                for one in each["metricTransformations"]
            ],
        }
        for page in pages
        for each in page["metricFilters"]
    ]


def data(metric_filters, lines):
    """Namespace, name, dimensions and value of each metric that filters make of lines."""
    for line in lines:
        for each in metric_filters:
            yield from filters.data(each, line)


def names(metric_filters, lines):
    return {name for _, name, _, _ in data(metric_filters, lines)}


def publish(cloudwatch, metric_filters, lines):
    """Does CloudWatch's work: puts the metrics that filters make of lines."""
    now = datetime.datetime.now(datetime.timezone.utc)
    for namespace, name, dimensions, value in data(metric_filters, lines):
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{
            "MetricName": name,
            "Value": value,
            "Timestamp": now,
            "Dimensions": [{"Name": key, "Value": of} for key, of in dimensions.items()],
        }])


def total(cloudwatch, namespace, name, dimensions, hours=3):
    """The sum of a metric in the last hours, by default more than a run takes."""
    now = datetime.datetime.now(datetime.timezone.utc)
    statistics = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=dimensions,
        Statistics=["Sum"],
        Period=3600,
        StartTime=now - datetime.timedelta(hours=hours),
        EndTime=now + datetime.timedelta(minutes=1),
    )
    return sum(point["Sum"] for point in statistics["Datapoints"])


def look(stack, alarm):
    """The sum of the metric of an alarm, which is named by its logical id."""
    cloudwatch = stack.client("cloudwatch")
    found, = cloudwatch.describe_alarms(AlarmNames=[stack.resources()[alarm]])["MetricAlarms"]
    # An alarm on an expression: the first metric in it.
    metric = found if "MetricName" in found else next(
        each["MetricStat"]["Metric"] for each in found["Metrics"] if "MetricStat" in each)
    return total(cloudwatch, metric["Namespace"], metric["MetricName"], metric["Dimensions"])


def wait_to_see(stack, alarm, enough):
    return wait_for(lambda: look(stack, alarm), lambda found: found >= enough, seconds=40)
