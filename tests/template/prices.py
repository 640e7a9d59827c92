"""The costs of a deployment, from the template's values and AWS's list prices."""

import json
import math
import re

from expansion import LEAST, Expansion
from lines import CALLBACK, LINE_BYTES, REFUSED, UNFORWARDED

# List prices of us-east-1 in US dollars, without the free tier, as of 2026-11-21 from secondary sources.
MILLION, GB = 1e6, 1e9
HTTP_API = [(300 * MILLION, 1.00 / MILLION), (math.inf, 0.90 / MILLION)]
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND = {"arm64": 0.0000133334, "x86_64": 0.0000166667}
READ_UNIT = 0.125 / MILLION
WRITE_UNIT = {"STANDARD": 0.625 / MILLION, "STANDARD_INFREQUENT_ACCESS": 0.78 / MILLION}
TABLE_GB_MONTH = {"STANDARD": 0.25, "STANDARD_INFREQUENT_ACCESS": 0.10}
RECOVERY_GB_MONTH = 0.20
LOG_GB = {"STANDARD": 0.50, "INFREQUENT_ACCESS": 0.25}
LOG_GB_MONTH, LOG_COMPRESSION = 0.03, 0.15
METRIC_MONTH, ALARM_METRIC_MONTH, COMPOSITE_MONTH, DASHBOARD_MONTH = 0.30, 0.10, 0.50, 3.00
QUEUE_REQUEST = 0.40 / MILLION
PIPE_REQUEST, EVENT, EVENT_INCREMENT = 0.40 / MILLION, 1.00 / MILLION, 64 * 1024
STREAM_READ, STREAM_READS_A_SECOND = 0.20 / MILLION, 4
# Of a partition of the table. It limits a shard of the stream, too.
PARTITION_UNITS = 1_000
# Of the archive: an export by the items' size, Athena by the bytes read, a transition of the state machine. S3's price is
# that of Intelligent-Tiering for an object that nobody reads: until 1 month, until 3 months, and from then on.
EXPORT_GB, EXPORT_LEAST_GB, ATHENA_GB, TRANSITION = 0.10, 0.01, 5.00 / 1000, 0.025 / 1000
ARCHIVE_GB_MONTH = [(1, 0.023), (3, 0.0125), (math.inf, 0.004)]
SECRET_MONTH, INSIGHTS_RULE_MONTH, INSIGHTS_RULES = 0.40, 0.50, 2

# Assumptions. The time is not measured. The sizes are those of `events/`, rounded up.
MILLISECONDS = 10
REPEATS = 0.02
ITEM_BYTES, INDEX_ENTRY_BYTES, ITEM_OVERHEAD = 830, 420, 100
LOG_LINE_OVERHEAD = 26
# A line of an export, compressed, rounded up (tests/archive). An event has two: when it is recorded, and when it expires.
EXPORTED_BYTES, EXPORTED_LINES = 250, 2
# Of a day, with the exports of 90 days to look through (tests/machine).
TRANSITIONS_A_DAY = 160
# With the archive, how long the table keeps events.
SHORT_RETENTION_MONTHS = 3
MONTH_SECONDS = 30 * 86_400
# Lambda reads a queue with long polls, even if it is empty. The number of pollers is assumed.
POLLERS, POLL_SECONDS = 5, 20
# A receiver that answers, and one that does not. Lambda bills the time of waiting.
RECEIVER_MILLISECONDS, FORWARD_TIMEOUT_MILLISECONDS = 100, 1500
# An outage of the receiver. A batch of the log and the instances of a try are assumed.
OUTAGE_RATE, OUTAGE_SECONDS, BATCH_ENTRIES, CONSUMERS, TRY_SECONDS, PARALLEL = 100, 3_600, 20, 2, 5, 10
FLOOD_RATE, FLOOD_SECONDS, REFUSAL_MILLISECONDS = 1_000, 86_400, 2

# Tokyo's prices over those above: 1.29 for a million requests, 0.715 for a million write units, 0.76 and 0.38 for a GB of
# logs, 0.033 for a month of a GB.
TOKYO = {"HTTP API": 1.29, "DynamoDB": 0.715 / 0.625, "log of the function": 0.76 / 0.50, "log of the API": 0.38 / 0.25,
         "both logs": 0.033 / 0.03}

INFREQUENT = "STANDARD_INFREQUENT_ACCESS"


def tiered(count, tiers):
    """The price of a count, by tiers: each has its end, and the price of one in it."""
    total, below = 0.0, 0
    for upto, price in tiers:
        total += max(0, min(count, upto) - below) * price
        below = upto
    return total


def api_log_line(expansion):
    """A line of the API's log with the longest values."""
    longest = {"requestId": "c8Qb02hGtjMEJpg=", "identity.sourceIp": "198.51.100.200", "status": "200",
               "responseLatency": "12", "integrationLatency": "10", "integrationErrorMessage": "-"}
    line = expansion.properties("ApiStage")["AccessLogSettings"]["Format"]
    return re.sub(r"\$context\.([\w.]*\w)", lambda name: longest[name[1]], line)


def duration(count, milliseconds):
    """Lambda's price for the duration of invocations."""
    function = Expansion(LEAST).properties("Function")
    gb_seconds = count * milliseconds / 1000 * int(function["MemorySize"]) / 1024
    return gb_seconds * LAMBDA_GB_SECOND[function["Architectures"][0]]


def stored(count, table_class):
    """The price to store a month's callbacks for a month: table, index, recovery."""
    table = (ITEM_BYTES + INDEX_ENTRY_BYTES + 2 * ITEM_OVERHEAD) / GB * TABLE_GB_MONTH[table_class]
    recovery = (ITEM_BYTES + ITEM_OVERHEAD) / GB * RECOVERY_GB_MONTH
    return count * (1 - REPEATS) * (table + recovery)


def outage():
    """The costs of an outage of the receiver besides the normal ones, in dollars by name."""
    count = OUTAGE_RATE * OUTAGE_SECONDS
    entry = len(json.dumps(UNFORWARDED, separators=(",", ":"))) - len(json.dumps(CALLBACK, separators=(",", ":")))
    batches = count // BATCH_ENTRIES
    tries = CONSUMERS * OUTAGE_SECONDS // TRY_SECONDS
    reads = count + tries * PARALLEL
    units = math.ceil(ITEM_BYTES / 4096)
    waiting = duration(tries, TRY_SECONDS * 1000) + duration(count / PARALLEL, RECEIVER_MILLISECONDS)
    return {
        f"the function waits {FORWARD_TIMEOUT_MILLISECONDS:,} ms for each callback":
            duration(count, FORWARD_TIMEOUT_MILLISECONDS - MILLISECONDS),
        f"log entries, {entry} bytes each": count * entry / GB * LOG_GB["STANDARD"],
        f"`reforward`: {batches:,} batches from the log, and {tries:,} tries of {TRY_SECONDS} s":
            (batches + tries) * LAMBDA_REQUEST + waiting,
        f"DynamoDB: {reads:,} reads": reads * units * READ_UNIT,
        "the queue: sent, received, deleted": 3 * batches * QUEUE_REQUEST,
    }


def flood():
    """The price of a day of refused requests."""
    count = FLOOD_RATE * FLOOD_SECONDS
    line = len(json.dumps(REFUSED, separators=(",", ":"))) + LOG_LINE_OVERHEAD
    api = Expansion(LEAST)
    api_line = len(api_log_line(api)) + LOG_LINE_OVERHEAD
    logs = line * LOG_GB["STANDARD"] + api_line * LOG_GB[api.properties("ApiLog")["LogGroupClass"]]
    return tiered(count, HTTP_API) + count * LAMBDA_REQUEST + duration(count, REFUSAL_MILLISECONDS) + count * logs / GB


def month(count, parameters=None):
    """The costs of a month of callbacks with the sizes of `events/`, in dollars by name."""
    expansion = Expansion(LEAST | (parameters or {}))
    table = expansion.properties("EventsTable")
    unique = count * (1 - REPEATS)
    units = math.ceil(ITEM_BYTES / 1024)
    line, api_line = LINE_BYTES + LOG_LINE_OVERHEAD, len(api_log_line(expansion)) + LOG_LINE_OVERHEAD
    api_class = expansion.properties("ApiLog")["LogGroupClass"]
    indexed = len(table.get("GlobalSecondaryIndexes", []))
    kept = int(expansion.parameters["LogRetentionDays"]) / 30
    write_unit = WRITE_UNIT[table["TableClass"]]
    return {
        "HTTP API": tiered(count, HTTP_API),
        "Lambda, requests": count * LAMBDA_REQUEST,
        f"Lambda, {MILLISECONDS} ms each": duration(count, MILLISECONDS),
        "DynamoDB, table": count * units * write_unit,
        "DynamoDB, index": unique * indexed * math.ceil(INDEX_ENTRY_BYTES / 1024) * write_unit,
        f"log of the function, {line} bytes each": count * line / GB * LOG_GB["STANDARD"],
        f"log of the API, {api_line} bytes each": count * api_line / GB * LOG_GB[api_class],
        f"both logs, kept for {kept * 30:.0f} days": count * (line + api_line) / GB * kept * LOG_COMPRESSION * LOG_GB_MONTH,
    }


def in_tokyo(amounts):
    """The sum of a month's costs, with Tokyo's prices."""
    return sum(amount * next((factor for begin, factor in TOKYO.items() if name.startswith(begin)), 1)
               for name, amount in amounts.items())


def alarm_metrics(expansion):
    """The number of metrics that the alarms watch."""
    alarms = expansion.of_type("AWS::CloudWatch::Alarm").values()
    return sum(len([part for part in alarm["Properties"].get("Metrics", []) if "MetricStat" in part]) or 1 for alarm in alarms)


def polls(expansion):
    """The receives of the queues in a month."""
    return len(expansion.of_type("AWS::Lambda::EventSourceMapping")) * POLLERS * MONTH_SECONDS // POLL_SECONDS


def receiver():
    """The fixed costs of a receiver in a month: alarms and the polls of its queue. A metric without failures costs nothing."""
    with_one, without = Expansion(LEAST | {"ForwardUrl": "https://receiver.example/"}), Expansion(LEAST)
    return ((alarm_metrics(with_one) - alarm_metrics(without)) * ALARM_METRIC_MONTH
            + (polls(with_one) - polls(without)) * QUEUE_REQUEST)


def fixed():
    """The fixed costs of a month."""
    expansion = Expansion(LEAST)
    watched, receives = alarm_metrics(expansion), polls(expansion)
    filters = [each["Properties"] for each in expansion.of_type("AWS::Logs::MetricFilter").values()]
    outcomes = {"outcome": 3}
    most = sum(math.prod(outcomes.get(part["Key"], 1) for part in one.get("Dimensions", []))
               for each in filters for one in each["MetricTransformations"])
    quiet = sum("recorded" in each["FilterPattern"] for each in filters)
    composites = len(expansion.of_type("AWS::CloudWatch::CompositeAlarm"))
    return {
        f"alarms: {watched} metrics": watched * ALARM_METRIC_MONTH,
        f"alarms: {composites} composite alarm": composites * COMPOSITE_MONTH,
        f"the redrive's queue, {receives:,} polls": receives * QUEUE_REQUEST,
        f"custom metrics: {quiet} without failures": quiet * METRIC_MONTH,
        "the dashboard": DASHBOARD_MONTH * len(expansion.of_type("AWS::CloudWatch::Dashboard")),
    }, (most, most * METRIC_MONTH)


def bus(count):
    """The costs of a pipe to an event bus: requests and events, and the reads of the shards for this rate."""
    unique = count * (1 - REPEATS)
    shards = max(1, math.ceil(count / MONTH_SECONDS / PARTITION_UNITS))
    detail = math.ceil(2 * ITEM_BYTES / EVENT_INCREMENT)
    return (unique * detail * (PIPE_REQUEST + EVENT), shards * STREAM_READS_A_SECOND * MONTH_SECONDS * STREAM_READ)


def archive(count, months):
    """The costs of a month of the archive that has kept events for so many months, beside its fixed costs."""
    written = count * (1 - REPEATS) * EXPORTED_LINES
    monthly_gb = written * EXPORTED_BYTES / GB
    kept = monthly_gb * tiered(months, ARCHIVE_GB_MONTH)
    return written * (ITEM_BYTES + ITEM_OVERHEAD) / GB * EXPORT_GB + monthly_gb * ATHENA_GB + kept


def fixed_of_archive():
    """The fixed costs of the archive in a month: alarm, transitions, and the least that an export costs."""
    alarm = Expansion(LEAST | {"Archive": "true"}).properties("ArchiveAlarm")
    metrics = sum("MetricStat" in each for each in alarm["Metrics"])
    return metrics * ALARM_METRIC_MONTH + 30 * (TRANSITIONS_A_DAY * TRANSITION + EXPORT_LEAST_GB * EXPORT_GB)
