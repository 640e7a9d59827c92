"""What a run costs at most, from the list prices of tests/template/prices.py."""

import math

from prices import (
    ALARM_METRIC_MONTH, DASHBOARD_MONTH, EXPORT_GB, EXPORT_LEAST_GB, GB, HTTP_API, LAMBDA_GB_SECOND, LAMBDA_REQUEST, LOG_GB,
    METRIC_MONTH, QUEUE_REQUEST, SECRET_MONTH, WRITE_UNIT,
)

HOURS, MONTH_HOURS = 6, 720
# Generous: a run sends some thousand callbacks, of some KB in the mean, and polls its queues.
CALLBACKS, KILOBYTES, QUEUE_REQUESTS = 20_000, 4, 100_000
ALARMS, METRICS, DASHBOARDS, SECRETS = 120, 40, 1, 6
# Athena reads at least 10 MB for each of some statements; a restore is charged by the GB.
QUERIES_AND_RESTORE = 0.05


def most():
    """In US dollars, by part."""
    share = HOURS / MONTH_HOURS
    seconds = CALLBACKS * 0.2
    return {
        "callbacks": CALLBACKS * (HTTP_API[0][1] + LAMBDA_REQUEST + 2 * KILOBYTES * WRITE_UNIT["STANDARD"])
        + seconds * 0.25 * LAMBDA_GB_SECOND["x86_64"] + CALLBACKS * KILOBYTES * 1000 / GB * LOG_GB["STANDARD"],
        "queues": QUEUE_REQUESTS * QUEUE_REQUEST,
        "alarms, metrics, dashboard and secrets": share * (
            ALARMS * ALARM_METRIC_MONTH + METRICS * METRIC_MONTH + DASHBOARDS * DASHBOARD_MONTH + SECRETS * SECRET_MONTH),
        "export, queries, restore": EXPORT_GB * EXPORT_LEAST_GB + QUERIES_AND_RESTORE,
    }


def told(place):
    if not place.is_charged:
        return "nothing"
    return f"less than {math.ceil(sum(most().values()))} US dollar by list prices, without the free tier"
