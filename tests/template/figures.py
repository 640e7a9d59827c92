"""Prices and ceilings of a deployment, worked out from the template's own values.

Without arguments it prints the tables. With a Markdown file it looks whether they stand there, between
`<!-- figures: NAME -->` and `<!-- end -->`; with `--write` before the file, it puts them there.
"""

import math
import pathlib
import re
import sys

from expansion import LEAST, PARAMETERS, SOURCE, Expansion
from lines import LINE_BYTES

# List prices of us-east-1 in US dollars, without the free tier, as of 2026-11-21 from secondary sources.
MILLION, GB = 1e6, 1e9
HTTP_API = [(300 * MILLION, 1.00 / MILLION), (math.inf, 0.90 / MILLION)]
HTTP_API_INCREMENT = 512 * 1024
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND = {"arm64": 0.0000133334, "x86_64": 0.0000166667}
WRITE_UNIT = 0.625 / MILLION
TABLE_GB_MONTH, RECOVERY_GB_MONTH = 0.25, 0.20
LOG_GB = {"STANDARD": 0.50, "INFREQUENT_ACCESS": 0.25}
LOG_GB_MONTH, LOG_COMPRESSION = 0.03, 0.15
METRIC_MONTH, ALARM_METRIC_MONTH, COMPOSITE_MONTH, DASHBOARD_MONTH = 0.30, 0.10, 0.50, 3.00
QUEUE_REQUEST = 0.40 / MILLION
PIPE_REQUEST, EVENT, EVENT_INCREMENT = 0.40 / MILLION, 1.00 / MILLION, 64 * 1024
STREAM_READ, STREAM_READS_A_SECOND = 0.20 / MILLION, 4

# What is taken for granted. The time is assumed, not measured; the sizes are those of `events/`, rounded up.
MILLISECONDS = 10
REPEATS = 0.02
ITEM_BYTES, INDEX_ENTRY_BYTES, ITEM_OVERHEAD = 830, 420, 100
LOG_LINE_OVERHEAD = 26
MONTH_SECONDS = 30 * 86_400
# Lambda polls a queue by long polls, also while it is empty: how many at a time is assumed.
POLLERS, POLL_SECONDS = 5, 20

# Quotas of an account as they are at first: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
ACCOUNT_REQUESTS, ACCOUNT_BURST = 10_000, 5_000
ACCOUNT_CONCURRENCY, NEW_ACCOUNT_CONCURRENCY = 1_000, 10
NEW_TABLE_UNITS, ACCOUNT_TABLE_UNITS, PARTITION_UNITS = 4_000, 40_000, 1_000
SECONDS_IN_A_FAULT = 1.7

MONTHS = [(10_000, "10 k"), (1_000_000, "1 M"), (100_000_000, "100 M"), (1_000_000_000, "1 G")]
RATES = [10, 100, 1_000, 10_000]


def tiered(count, tiers):
    total, below = 0.0, 0
    for upto, price in tiers:
        total += max(0, min(count, upto) - below) * price
        below = upto
    return total


def api_log_line(expansion):
    """A line of the API's log with values as long as they get."""
    longest = {"requestId": "c8Qb02hGtjMEJpg=", "identity.sourceIp": "198.51.100.200", "status": "200",
               "responseLatency": "12", "integrationLatency": "10", "integrationErrorMessage": "-"}
    line = expansion.properties("ApiStage")["AccessLogSettings"]["Format"]
    return re.sub(r"\$context\.([\w.]*\w)", lambda name: longest[name[1]], line)


def month(count, parameters=None):
    """What a month of callbacks of the size of `events/` costs: rows of name and dollars."""
    expansion = Expansion(LEAST | (parameters or {}))
    function, table = expansion.properties("Function"), expansion.properties("EventsTable")
    unique = count * (1 - REPEATS)
    units = math.ceil(ITEM_BYTES / 1024)
    line, api_line = LINE_BYTES + LOG_LINE_OVERHEAD, len(api_log_line(expansion)) + LOG_LINE_OVERHEAD
    api_class = expansion.properties("ApiLog")["LogGroupClass"]
    indexed = len(table.get("GlobalSecondaryIndexes", []))
    kept = int(expansion.parameters["LogRetentionDays"]) / 30
    gb_seconds = count * MILLISECONDS / 1000 * int(function["MemorySize"]) / 1024
    return {
        "HTTP API": tiered(count, HTTP_API),
        "Lambda, requests": count * LAMBDA_REQUEST,
        f"Lambda, {MILLISECONDS} ms each": gb_seconds * LAMBDA_GB_SECOND[function["Architectures"][0]],
        "DynamoDB, table": count * units * WRITE_UNIT,
        "DynamoDB, index": unique * indexed * math.ceil(INDEX_ENTRY_BYTES / 1024) * WRITE_UNIT,
        f"log of the function, {line} bytes each": count * line / GB * LOG_GB["STANDARD"],
        f"log of the API, {api_line} bytes each": count * api_line / GB * LOG_GB[api_class],
        f"both kept for {kept * 30:.0f} days": count * (line + api_line) / GB * kept * LOG_COMPRESSION * LOG_GB_MONTH,
    }


def fixed():
    """What each month costs besides."""
    expansion = Expansion(LEAST)
    alarm_metrics = 0
    for alarm in expansion.of_type("AWS::CloudWatch::Alarm").values():
        parts = [part for part in alarm["Properties"].get("Metrics", []) if "MetricStat" in part]
        alarm_metrics += len(parts) or 1
    filters = [each["Properties"] for each in expansion.of_type("AWS::Logs::MetricFilter").values()]
    outcomes = {"outcome": 3}
    most = sum(math.prod(outcomes.get(part["Key"], 1) for part in one.get("Dimensions", []))
               for each in filters for one in each["MetricTransformations"])
    quiet = sum("recorded" in each["FilterPattern"] for each in filters)
    composites = len(expansion.of_type("AWS::CloudWatch::CompositeAlarm"))
    polls = len(expansion.of_type("AWS::Lambda::EventSourceMapping")) * POLLERS * MONTH_SECONDS // POLL_SECONDS
    return {
        f"{alarm_metrics} metrics looked at by alarms": alarm_metrics * ALARM_METRIC_MONTH,
        f"{composites} alarm on other alarms": composites * COMPOSITE_MONTH,
        f"the redrive's queue, {polls:,} polls": polls * QUEUE_REQUEST,
        f"custom metrics: {quiet} while all is well": quiet * METRIC_MONTH,
        "the dashboard": DASHBOARD_MONTH * len(expansion.of_type("AWS::CloudWatch::Dashboard")),
    }, (most, most * METRIC_MONTH)


def bus(count):
    """A pipe to an event bus: requests, events, and the reads of as many shards as the rate needs."""
    unique = count * (1 - REPEATS)
    shards = max(1, math.ceil(count / MONTH_SECONDS / PARTITION_UNITS))
    detail = math.ceil(2 * ITEM_BYTES / EVENT_INCREMENT)
    return (unique * detail * (PIPE_REQUEST + EVENT), shards * STREAM_READS_A_SECOND * MONTH_SECONDS * STREAM_READ)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["---:"] * (len(head) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def dollars(amount):
    return f"{amount:,.2f}"


def prices():
    whole = [month(count) for count, _ in MONTHS]
    rows = [[name, *(dollars(each[name]) for each in whole)] for name in whole[0]]
    every, (most, _) = fixed()
    for name, amount in every.items():
        rows.append([name, *(dollars(amount) for _ in MONTHS)])
    totals = [sum(each.values()) + sum(every.values()) for each in whole]
    rows.append(["**together**", *(f"**{dollars(each)}**" for each in totals)])
    without = [sum(month(count, {"CommandIndex": "false"}).values()) + sum(every.values()) for count, _ in MONTHS]
    rows.append(["together, with `CommandIndex=false`", *map(dollars, without)])
    rows.append(["an event bus: pipe and events", *(dollars(bus(count)[0]) for count, _ in MONTHS)])
    rows.append(["an event bus: reads of the stream", *(dollars(bus(count)[1]) for count, _ in MONTHS)])
    stored = (ITEM_BYTES + INDEX_ENTRY_BYTES + 2 * ITEM_OVERHEAD) / GB * TABLE_GB_MONTH
    stored += (ITEM_BYTES + ITEM_OVERHEAD) / GB * RECOVERY_GB_MONTH
    rows.append(["for each month that they are kept: table, index, recovery",
                 *(dollars(count * (1 - REPEATS) * stored) for count, _ in MONTHS)])
    return table(["US dollars a month", *(name for _, name in MONTHS)], rows)


def a_million():
    rows = []
    for name, parameters in (("as it is", {}), ("`CommandIndex=false`", {"CommandIndex": "false"}),
                             ("`LogLevel=WARN`, no line of what went well", None),
                             ("both", {"CommandIndex": "false", "quiet": True})):
        quiet = parameters is None or parameters.pop("quiet", False)
        parts = month(MILLION, parameters)
        amount = sum(value for key, value in parts.items() if not (quiet and key.startswith("log of the function")))
        rows.append([name, dollars(amount)])
    every, (most, amount) = fixed()
    rows.append(["each month besides, while all is well", dollars(sum(every.values()))])
    rows.append([f"if all {most} custom metrics were in use", dollars(
        sum(value for name, value in every.items() if not name.startswith("custom")) + amount)])
    return table(["US dollars", "a million callbacks"], rows)


def marked(value, ceiling):
    return f"**{value:,.0f}**" if value > ceiling else f"{value:,.0f}"


def ceilings():
    default = {name: int(PARAMETERS[name]["Default"]) for name in
               ("RequestsPerSecond", "RequestBurst", "MaxWriteUnits", "IndexShards")}
    units = math.ceil(ITEM_BYTES / 1024)
    rows = [
        (f"requests: `RequestsPerSecond` {default['RequestsPerSecond']:,}", lambda rate: rate,
         default["RequestsPerSecond"]),
        (f"requests: the account's {ACCOUNT_REQUESTS:,}, burst {ACCOUNT_BURST:,}", lambda rate: rate,
         ACCOUNT_REQUESTS),
        (f"instances at {MILLISECONDS} ms: the account's {ACCOUNT_CONCURRENCY:,}",
         lambda rate: math.ceil(rate * MILLISECONDS / 1000), ACCOUNT_CONCURRENCY),
        (f"instances while DynamoDB is silent, {SECONDS_IN_A_FAULT} s each: the account's {ACCOUNT_CONCURRENCY:,}",
         lambda rate: math.ceil(rate * SECONDS_IN_A_FAULT), ACCOUNT_CONCURRENCY),
        (f"the same: a new account's {NEW_ACCOUNT_CONCURRENCY}",
         lambda rate: math.ceil(rate * SECONDS_IN_A_FAULT), NEW_ACCOUNT_CONCURRENCY),
        (f"write units of the table: `MaxWriteUnits` {default['MaxWriteUnits']:,}", lambda rate: rate * units,
         default["MaxWriteUnits"]),
        (f"write units of the table: a new table's {NEW_TABLE_UNITS:,}", lambda rate: rate * units, NEW_TABLE_UNITS),
        (f"write units of the table: the account's {ACCOUNT_TABLE_UNITS:,} a table", lambda rate: rate * units,
         ACCOUNT_TABLE_UNITS),
        (f"callbacks of one command a day: {PARTITION_UNITS:,} × `IndexShards` {default['IndexShards']}",
         lambda rate: rate, PARTITION_UNITS * default["IndexShards"]),
        (f"callbacks of one subject: {PARTITION_UNITS:,}, by no setting", lambda rate: rate, PARTITION_UNITS),
    ]
    lines = [[name, *(marked(need(rate), ceiling) for rate in RATES)] for name, need, ceiling in rows]
    lines.append(["log of the function, MB a second", *(f"{rate * (LINE_BYTES + LOG_LINE_OVERHEAD) / MILLION:,.3f}"
                                                       for rate in RATES)])
    lines.append(["shards of the stream, at the least", *(f"{math.ceil(rate * units / PARTITION_UNITS)}"
                                                         for rate in RATES)])
    return table(["callbacks a second", *(f"{rate:,}" for rate in RATES)], lines)


def parameters():
    """Every parameter with its default, in the order of the form."""
    rows = []
    for group in SOURCE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        for name in group["Parameters"]:
            each = PARAMETERS[name]
            default = each.get("Default", "required")
            rows.append([f"`{name}`", "none" if default == "" else str(default), each["Description"].strip()])
    return table(["parameter", "default", ""], rows).replace("|---|---:|---:|", "|---|---|---|")


FIGURES = {"prices": prices, "a million": a_million, "ceilings": ceilings, "parameters": parameters}
PLACE = re.compile(r"(<!-- figures: ([\w ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def filled(text):
    return PLACE.sub(lambda place: f"{place[1]}\n{FIGURES[place[2]]()}\n\n{place[4]}", text)


def main(arguments):
    if not arguments:
        for name, make in FIGURES.items():
            print(f"{name}\n\n{make()}\n")
        return 0
    write, path = arguments[0] == "--write", pathlib.Path(arguments[-1])
    text = path.read_text()
    if set(FIGURES) != {place[1] for place in PLACE.findall(text)}:
        print(f"{path} does not have each table once: {sorted(FIGURES)}")
        return 1
    if write:
        path.write_text(filled(text))
    elif filled(text) != text:
        print(f"{path} has other figures than the template; write them with: tests/template/figures.py --write {path}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
