"""Prints the prices and limits of a deployment as tables.

With a Markdown file, it checks the tables there, between `<!-- figures: NAME -->` and `<!-- end -->`. With `--write`
before the file, it writes them there.
"""

import math
import pathlib
import re
import sys

from expansion import PARAMETERS, SOURCE
from lines import LINE_BYTES
from prices import (FLOOD_RATE, FORWARD_TIMEOUT_MILLISECONDS, INFREQUENT, INSIGHTS_RULES, INSIGHTS_RULE_MONTH,
                    ITEM_BYTES, LOG_LINE_OVERHEAD, MILLION, MILLISECONDS, OUTAGE_RATE, PARTITION_UNITS, RECEIVER_MILLISECONDS,
                    SECRET_MONTH, SHORT_RETENTION_MONTHS, WRITE_UNIT, archive, bus, duration, fixed, fixed_of_archive, flood, in_tokyo,
                    month, outage, receiver, stored)

# Quotas of an account as they are at first: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
ACCOUNT_REQUESTS, ACCOUNT_BURST = 10_000, 5_000
ACCOUNT_CONCURRENCY, NEW_ACCOUNT_CONCURRENCY = 1_000, 10
NEW_TABLE_UNITS, ACCOUNT_TABLE_UNITS = 4_000, 40_000
# The function answers within this time of its invocation.
SECONDS_IN_A_FAULT = 1.5
# Callbacks per second that an instance of the redrive records from its queue. An estimate: the processor limits it.
REDRIVE_RATE = 200

MONTHS = [(10_000, "10 k"), (1_000_000, "1 M"), (100_000_000, "100 M"), (1_000_000_000, "1 G")]
RATES = [10, 100, 1_000, 10_000]


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["---:"] * (len(head) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def dollars(amount):
    return f"{amount:,.2f}"


def besides():
    """Rows of the price table for optional features and special cases."""
    def row(name, price):
        return [name, *(dollars(price(count)) for count, _ in MONTHS)]

    return [
        row(f"`ForwardUrl`: receiver answers in {RECEIVER_MILLISECONDS} ms",
            lambda count: duration(count, RECEIVER_MILLISECONDS - MILLISECONDS)),
        row(f"`ForwardUrl`: receiver does not answer, {FORWARD_TIMEOUT_MILLISECONDS:,} ms each",
            lambda count: duration(count, FORWARD_TIMEOUT_MILLISECONDS - MILLISECONDS)),
        row("`ForwardUrl`: alarms, metrics and queue of `reforward`", lambda _: receiver()),
        row("`CallbackTokensSecret`: one secret", lambda _: SECRET_MONTH),
        row("Contributor Insights, switched on by hand", lambda _: INSIGHTS_RULES * INSIGHTS_RULE_MONTH),
        row("items between 1 and 2 KB: a second write unit each", lambda count: count * WRITE_UNIT["STANDARD"]),
        row(f"flood: {FLOOD_RATE:,} refused requests per second for a day", lambda _: flood()),
    ]


def archived():
    """A month's bill of years of events: all in the table, or the older ones in the archive alone."""
    rows = []
    for count, name in MONTHS[1:3]:
        others = sum(month(count).values()) + sum(fixed()[0].values())
        for months in (12, 24):
            alone, short = months * stored(count, "STANDARD"), SHORT_RETENTION_MONTHS * stored(count, "STANDARD")
            bucket = archive(count, months) + fixed_of_archive()
            rows.append([f"{name}, {months} months", *map(dollars, (alone, others + alone, short, bucket, others + short + bucket))])
    return table(["callbacks a month, kept for", "table: storage", "total bill",
                  f"with the archive: table of {30 * SHORT_RETENTION_MONTHS} days", "archive", "total bill with it"], rows)


def prices():
    whole = [month(count) for count, _ in MONTHS]
    rows = [[name, *(dollars(each[name]) for each in whole)] for name in whole[0]]
    every, (most, _) = fixed()
    for name, amount in every.items():
        rows.append([name, *(dollars(amount) for _ in MONTHS)])
    totals = [sum(each.values()) + sum(every.values()) for each in whole]
    rows.append(["**total**", *(f"**{dollars(each)}**" for each in totals)])
    without = [sum(month(count, {"CommandIndex": "false"}).values()) + sum(every.values()) for count, _ in MONTHS]
    rows.append(["total with `CommandIndex=false`", *map(dollars, without)])
    infrequent = {"TableClass": INFREQUENT}
    rows.append([f"total with `TableClass={INFREQUENT}`",
                 *(dollars(sum(month(count, infrequent).values()) + sum(every.values())) for count, _ in MONTHS)])
    rows += besides()
    rows.append(["event bus: pipe and events", *(dollars(bus(count)[0]) for count, _ in MONTHS)])
    rows.append(["event bus: reads of the stream", *(dollars(bus(count)[1]) for count, _ in MONTHS)])
    rows.append(["storage, for each month kept: table, index, recovery",
                 *(dollars(stored(count, "STANDARD")) for count, _ in MONTHS)])
    rows.append([f"the same, with `TableClass={INFREQUENT}`",
                 *(dollars(stored(count, INFREQUENT)) for count, _ in MONTHS)])
    rows.append(["`Archive`: fixed cost", *(dollars(fixed_of_archive()) for _ in MONTHS)])
    rows.append(["`Archive`: exports, queries and storage, 12 months kept", *(dollars(archive(count, 12)) for count, _ in MONTHS)])
    return table(["US dollars per month, by callbacks per month", *(name for _, name in MONTHS)], rows)


def a_million():
    rows = []
    for name, parameters in (("with the defaults", {}), ("with `CommandIndex=false`", {"CommandIndex": "false"}),
                             ("with `LogLevel=WARN`: successes are not logged", None),
                             ("with both", {"CommandIndex": "false", "quiet": True})):
        quiet = parameters is None or parameters.pop("quiet", False)
        parts = month(MILLION, parameters)
        amount = sum(value for key, value in parts.items() if not (quiet and key.startswith("log of the function")))
        rows.append([f"a million callbacks, {name}", dollars(amount)])
    rows.append(["a million callbacks, in Tokyo (`ap-northeast-1`)", dollars(in_tokyo(month(MILLION)))])
    every, (most, amount) = fixed()
    rows.append(["fixed cost of a month, without failures", dollars(sum(every.values()))])
    rows.append([f"fixed cost of a month, with all {most} custom metrics in use", dollars(
        sum(value for name, value in every.items() if not name.startswith("custom")) + amount)])
    return table(["cost of", "US dollars"], rows)


def units(rate):
    """The table's write units per second for so many callbacks per second."""
    return rate * math.ceil(ITEM_BYTES / 1024)


def instances_in_a_fault(rate):
    """The function's instances for so many callbacks per second, while DynamoDB does not answer."""
    return math.ceil(rate * SECONDS_IN_A_FAULT)


def backlog_hours(rate, concurrency):
    """How long the redrive works on the callbacks of an hour."""
    return rate / (concurrency * REDRIVE_RATE)


def backlog():
    def duration_of(hours):
        minutes = math.ceil(hours * 60)
        return f"{minutes} min" if minutes < 100 else f"{round(hours, 1):g} h"

    counts = [int(PARAMETERS["RedriveConcurrency"]["Default"]), 10, 50]
    rows = [[f"{rate:,}", f"{rate * 3600:,}", *(duration_of(backlog_hours(rate, count)) for count in counts)] for rate in RATES[1:]]
    return table(["callbacks per second", "waiting after an hour", *map(str, counts)], rows)


def outage_of_an_hour():
    parts = outage()
    rows = [[name, dollars(amount)] for name, amount in parts.items()]
    rows.append(["**total**", f"**{dollars(sum(parts.values()))}**"])
    return table([f"an outage of one hour at {OUTAGE_RATE} callbacks per second", "US dollars"], rows)


def marked(value, ceiling):
    return f"**{value:,.0f}**" if value > ceiling else f"{value:,.0f}"


def ceilings():
    default = {name: int(PARAMETERS[name]["Default"]) for name in
               ("RequestsPerSecond", "RequestBurst", "MaxWriteUnits", "IndexShards")}
    rows = [
        (f"requests per second (`RequestsPerSecond`: {default['RequestsPerSecond']:,})", lambda rate: rate,
         default["RequestsPerSecond"]),
        (f"requests per second (account: {ACCOUNT_REQUESTS:,}, burst {ACCOUNT_BURST:,})", lambda rate: rate,
         ACCOUNT_REQUESTS),
        (f"instances, {MILLISECONDS} ms each (account: {ACCOUNT_CONCURRENCY:,})",
         lambda rate: math.ceil(rate * MILLISECONDS / 1000), ACCOUNT_CONCURRENCY),
        (f"instances while DynamoDB does not answer, {SECONDS_IN_A_FAULT} s each (account: {ACCOUNT_CONCURRENCY:,})",
         instances_in_a_fault, ACCOUNT_CONCURRENCY),
        (f"the same (new account: {NEW_ACCOUNT_CONCURRENCY})", instances_in_a_fault, NEW_ACCOUNT_CONCURRENCY),
        (f"table write units per second (`MaxWriteUnits`: {default['MaxWriteUnits']:,})", units, default["MaxWriteUnits"]),
        (f"table write units per second (new table: {NEW_TABLE_UNITS:,})", units, NEW_TABLE_UNITS),
        (f"table write units per second (account: {ACCOUNT_TABLE_UNITS:,} per table)", units, ACCOUNT_TABLE_UNITS),
        (f"callbacks per second of one command ({PARTITION_UNITS:,} × `IndexShards` {default['IndexShards']})",
         lambda rate: rate, PARTITION_UNITS * default["IndexShards"]),
        (f"callbacks per second of one subject (fixed: {PARTITION_UNITS:,})", lambda rate: rate, PARTITION_UNITS),
    ]
    lines = [[name, *(marked(need(rate), ceiling) for rate in RATES)] for name, need, ceiling in rows]
    lines.append(["log of the function, MB per second", *(f"{rate * (LINE_BYTES + LOG_LINE_OVERHEAD) / MILLION:,.3f}"
                                                          for rate in RATES)])
    lines.append(["shards of the stream, at least", *(f"{math.ceil(units(rate) / PARTITION_UNITS)}"
                                                      for rate in RATES)])
    return table(["need, by callbacks per second", *(f"{rate:,}" for rate in RATES)], lines)


def parameters():
    """Every parameter with its default and meaning, in the order of the console's form."""
    rows = []
    for group in SOURCE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        for name in group["Parameters"]:
            each = PARAMETERS[name]
            default = each.get("Default", "required")
            rows.append([f"`{name}`", "none" if default == "" else str(default), each["Description"].strip()])
    return table(["parameter", "default", "meaning"], rows).replace("|---|---:|---:|", "|---|---|---|")


FIGURES = {"backlog": backlog, "outage": outage_of_an_hour, "prices": prices, "a million": a_million,
           "archive": archived, "ceilings": ceilings, "parameters": parameters}
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
