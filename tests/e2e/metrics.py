"""The metric filters of the stack. The emulator creates them but does not count, so this module does."""

import datetime

import filters


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


def publish(cloudwatch, metric_filters, lines):
    """Does CloudWatch's work: puts the metrics that filters make of lines. Returns their names."""
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
    """The sum of an alarm's metric in the last hour."""
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
    """The sum of the metric of an alarm, which is named by its logical id."""
    cloudwatch = stack.client("cloudwatch")
    name = stack.resources()[alarm]
    return seen_by(cloudwatch, cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0])
