"""Draws terminals, one above the other, from what commands really printed.

    python3 docs/pictures/terminals.py PICTURE.svg COLUMNS 'make run=run.txt' 'make send=send.txt'

Each text file has the output of its command. What stands before its last empty line is left out, and a line is cut at
COLUMNS. A line that reports a fault has another background, which is the picture's, not the terminal's.
"""

import pathlib
import re
import sys

from svg import MONO, box, cells, circle, drawn, text

CELL, LINE, MARGIN, BAR = 7.23, 17, 14, 24
FAULT = re.compile(r"FAIL |[\d:]+  refused|.* 401 ")


def cut(line, columns):
    """The line in the terminal's width."""
    if cells(line) <= columns:
        return line
    while cells(line) > columns - 1:
        line = line[:-1]
    return line + "…"


def terminal(top, width, columns, command, output):
    """The parts of a terminal, and its height."""
    *left_out, output = output.rstrip("\n").split("\n\n")
    lines = ["…"] * bool(left_out) + output.splitlines()
    height = BAR + (len(lines) + 1) * LINE + MARGIN
    parts = [box(0.5, top + 0.5, width - 1, height - 1, "screen", "edge", 8), box(1, top + 1, width - 2, BAR, "bar", rounding=7),
             *(circle(16 + 15 * place, top + BAR / 2, 4.5, "edge") for place in range(3)),
             text(MARGIN, top + BAR + LINE, f"$ {command}", "prompt")]
    for place, line in enumerate(lines, 2):
        y = top + BAR + place * LINE
        if FAULT.match(line):
            parts.append(box(MARGIN / 2, y - 13, width - MARGIN, LINE, "marked", rounding=3))
        parts.append(text(MARGIN, y, cut(line, columns), "output"))
    return parts, height


def picture(columns, outputs):
    """The terminals of these outputs, by command."""
    width = round(columns * CELL + 2 * MARGIN)
    top, parts = 0, []
    for command, output in outputs.items():
        more, height = terminal(top, width, columns, command, output)
        parts += more
        top += height + MARGIN
    return drawn(width, top - MARGIN, " and ".join(outputs), parts, MONO, 12)


def main(path, columns, *sources):
    outputs = {}
    for source in sources:
        command, _, file = source.rpartition("=")
        outputs[command] = pathlib.Path(file).read_text(encoding="utf-8")
    pathlib.Path(path).write_text(picture(int(columns), outputs), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
