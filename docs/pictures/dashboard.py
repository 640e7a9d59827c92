"""Draws the dashboard of template.yaml: where each widget is, its title, its kind, and the names of its curves."""

import json
import re

from svg import ROOT, box, cells, drawn, text

TITLE = "The dashboard: a drawing made from template.yaml, not a screenshot"
WIDTH, HEIGHT, GAP, HEAD, MARGIN = 404, 96, 10, 36, 12
TITLE_CELLS, CURVES_CELLS = 47, 56
# A widget in CloudWatch's grid.
ACROSS, DOWN = 12, 6
KINDS = {"timeSeries": "curves", "table": "table"}


def widgets(template):
    """Each widget, with the parameter that it needs, or None."""
    body = template[template.index("DashboardBody:"):template.index("\nOutputs:")]
    for found in re.finditer(r'\{ "type": "(?:metric|log)"', body):
        conditions = re.findall(r"- Has(\w+)\n", body[:found.start()])
        yield json.JSONDecoder().raw_decode(body, found.start())[0], conditions[-1] if conditions else None


def curves(metrics):
    """The name of each curve. `...` repeats the beginning of the metric before it, and `.` repeats one of its entries."""
    before = []
    for metric in metrics:
        options = metric[-1] if isinstance(metric[-1], dict) else {}
        names = metric[:-1] if options else metric
        if names[0] == "...":
            names = before[:len(before) - len(names) + 1] + names[1:]
        names = [old if new == "." else new for new, old in zip(names, [*before, *names[len(before):]])]
        before = names
        yield options.get("label") or name(names, options.get("stat", ""))


def name(names, statistic):
    if "outcome" in names:
        return names[-1]
    index = names[-1] if "GlobalSecondaryIndexName" in names else ""
    percentile = statistic if re.match(r"p\d", statistic) else ""
    return " ".join(filter(None, [names[1], index, percentile]))


def contents(properties):
    """The names of the curves, or what a table counts."""
    if "query" in properties:
        return [re.search(r"stats count\(\*\) as ([^|]*?) \|", properties["query"])[1]]
    limits = properties.get("annotations", {}).get("horizontal", [])
    return [*curves(properties["metrics"]), *(f"line at {limit['value']:,}: {limit['label']}" for limit in limits)]


def lines(words, separator, width):
    """The words in lines of at most so many cells."""
    result = words[:1]
    for word in words[1:]:
        line = result[-1] + separator + word
        result[-1:] = [line] if cells(line) <= width else [result[-1] + separator.rstrip(), word]
    return result


def drawn_widget(widget, needed):
    properties = widget["properties"]
    x = GAP / 2 + widget["x"] / ACROSS * (WIDTH + GAP)
    y = HEAD + widget["y"] / DOWN * (HEIGHT + GAP)
    yield box(x, y, WIDTH, HEIGHT, "panel", "edge", dashed=bool(needed))
    y += 6
    for line in lines(properties["title"].split(), " ", TITLE_CELLS):
        y += 16
        yield text(x + MARGIN, y, line, size=13, bold=True)
    kind = KINDS[properties["view"]] + (f", only with {needed}" if needed else "")
    y += 17
    yield text(x + MARGIN, y, kind, "grey", 11)
    for line in lines(contents(properties), " · ", CURVES_CELLS):
        y += 16
        yield text(x + MARGIN, y, line, size=12)


def drawing():
    """The text of the file."""
    found = list(widgets((ROOT / "template.yaml").read_text(encoding="utf-8")))
    rows = max(widget["y"] for widget, _ in found) // DOWN + 1
    parts = [text(GAP / 2, 22, TITLE, "grey", 13)]
    for widget, needed in found:
        parts += drawn_widget(widget, needed)
    return drawn(2 * (WIDTH + GAP), HEAD + rows * (HEIGHT + GAP), TITLE, parts)
