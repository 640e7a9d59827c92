"""Prices and ceilings of a deployment, as tables.

Without arguments it prints the tables. With a Markdown file it looks whether they stand there, between
`<!-- figures: NAME -->` and `<!-- end -->`; with `--write` before the file, it puts them there.
"""

import math
import pathlib
import re
import sys

from expansion import PARAMETERS, SOURCE
from lines import LINE_BYTES
from prices import (FLOOD_RATE, FORWARD_TIMEOUT_MILLISECONDS, INFREQUENT, INSIGHTS_RULES, INSIGHTS_RULE_MONTH,
                    ITEM_BYTES, LOG_LINE_OVERHEAD, MILLION, MILLISECONDS, PARTITION_UNITS, RECEIVER_MILLISECONDS,
                    SECRET_MONTH, WRITE_UNIT, bus, duration, fixed, flood, month, stored)

# Quotas of an account as they are at first: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
ACCOUNT_REQUESTS, ACCOUNT_BURST = 10_000, 5_000
ACCOUNT_CONCURRENCY, NEW_ACCOUNT_CONCURRENCY = 1_000, 10
NEW_TABLE_UNITS, ACCOUNT_TABLE_UNITS = 4_000, 40_000
SECONDS_IN_A_FAULT = 1.7

MONTHS = [(10_000, "10 k"), (1_000_000, "1 M"), (100_000_000, "100 M"), (1_000_000_000, "1 G")]
RATES = [10, 100, 1_000, 10_000]


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join(["---"] + ["---:"] * (len(head) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def dollars(amount):
    return f"{amount:,.2f}"


def besides():
    """What is paid for by those who use it: rows of the price table."""
    def row(name, price):
        return [name, *(dollars(price(count)) for count, _ in MONTHS)]

    return [
        row(f"`ForwardUrl`: a receiver that answers in {RECEIVER_MILLISECONDS} ms",
            lambda count: duration(count, RECEIVER_MILLISECONDS - MILLISECONDS)),
        row(f"`ForwardUrl`: one that does not answer, {FORWARD_TIMEOUT_MILLISECONDS:,} ms each",
            lambda count: duration(count, FORWARD_TIMEOUT_MILLISECONDS - MILLISECONDS)),
        row("`CallbackTokensSecret`: a secret", lambda _: SECRET_MONTH),
        row("`ThrottledKeys`", lambda _: INSIGHTS_RULES * INSIGHTS_RULE_MONTH),
        row("a body of two units, between 1 and 2 KB as an item", lambda count: count * WRITE_UNIT["STANDARD"]),
        row(f"a flood: {FLOOD_RATE:,} refused requests a second for an hour", lambda _: flood()),
    ]


def storage():
    """A month's bill of a table that has grown for so many months, with 100 M callbacks each."""
    count, rows = 100_000_000, []
    for months in (1, 2, 3, 6, 12, 24):
        row = [f"{months}"]
        for table_class in ("STANDARD", INFREQUENT):
            parts = month(count, {"TableClass": table_class})
            written = sum(value for name, value in parts.items() if name.startswith("DynamoDB"))
            kept = months * stored(count, table_class)
            rest = sum(parts.values()) - written + sum(fixed()[0].values())
            row += [dollars(written), dollars(kept), dollars(written + kept + rest)]
        rows.append(row)
    return table(["months kept", *(f"{name}: {what}" for name in ("standard", "infrequent access")
                                   for what in ("writing", "storage", "the whole bill"))], rows)


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
    infrequent = {"TableClass": INFREQUENT}
    rows.append([f"together, with `TableClass={INFREQUENT}`",
                 *(dollars(sum(month(count, infrequent).values()) + sum(every.values())) for count, _ in MONTHS)])
    rows += besides()
    rows.append(["an event bus: pipe and events", *(dollars(bus(count)[0]) for count, _ in MONTHS)])
    rows.append(["an event bus: reads of the stream", *(dollars(bus(count)[1]) for count, _ in MONTHS)])
    rows.append(["for each month that they are kept: table, index, recovery",
                 *(dollars(stored(count, "STANDARD")) for count, _ in MONTHS)])
    rows.append([f"the same, with `TableClass={INFREQUENT}`",
                 *(dollars(stored(count, INFREQUENT)) for count, _ in MONTHS)])
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


FIGURES = {"prices": prices, "a million": a_million, "storage": storage, "ceilings": ceilings, "parameters": parameters}
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
