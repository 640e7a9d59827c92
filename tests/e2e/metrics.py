"""The metric filters of the stack. The emulator makes them but counts nothing, so this does what they say."""

import datetime

import filters


def deployed(logs, group):
    """The metric filters of a log group, as the template has them."""
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


def publish(cloudwatch, metric_filters, lines):
    """Plays CloudWatch: puts the metrics that filters make of lines, and gives their names."""
    now, names = datetime.datetime.now(datetime.timezone.utc), set()
    for line in lines:
        for each in metric_filters:
            for namespace, name, dimensions, value in filters.data(each, line):
                names.add(name)
                cloudwatch.put_metric_data(Namespace=namespace, MetricData=[{
                    "MetricName": name,
                    "Value": value,
                    "Timestamp": now,
                    "Dimensions": [{"Name": key, "Value": of} for key, of in dimensions.items()],
                }])
    return names


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


def look(stack, alarm):
    """What an alarm of the stack sees, by its logical id."""
    cloudwatch = stack.client("cloudwatch")
    name = stack.resources()[alarm]
    return seen_by(cloudwatch, cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0])
