"""Draws terminals, one above the other, as an SVG, from what commands really printed.

    python3 docs/pictures/terminals.py PICTURE.svg 'make run=run.txt' 'make send=send.txt'

Each text file has the output of its command, for example from `make run | tee run.txt`. It needs only Python's standard
library.
"""

import pathlib
import sys
import unicodedata
from xml.sax.saxutils import escape

COLUMNS, LINES = 104, 18
CELL, LINE, MARGIN, BAR = 7.2, 17, 14, 30
BACKGROUND, HEAD, TEXT, PROMPT = "#1d2330", "#2b3346", "#d8dee9", "#8fbf7f"
# The colour of a line that has one of these words.
MARKS = {"refused": "#e0a070", " 401 ": "#e0a070", "FAIL": "#e0a070"}


def cells(line):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def cut(line):
    """The line in the terminal's width."""
    if cells(line) <= COLUMNS:
        return line
    while cells(line) > COLUMNS - 1:
        line = line[:-1]
    return line + "…"


def text(x, y, line, colour):
    return f'<text x="{x}" y="{y}" fill="{colour}" xml:space="preserve">{escape(line)}</text>'


def terminal(top, command, output):
    """The parts of a terminal, and its height."""
    output = output[:LINES]
    inner, height = COLUMNS * CELL + 2 * MARGIN, BAR + (len(output) + 1) * LINE + MARGIN
    parts = [
        f'<rect x="0" y="{top}" width="{inner}" height="{height}" rx="8" fill="{BACKGROUND}"/>',
        f'<rect x="0" y="{top}" width="{inner}" height="{BAR}" rx="8" fill="{HEAD}"/>',
        *(f'<circle cx="{18 + 16 * number}" cy="{top + BAR / 2}" r="5" fill="{TEXT}" opacity="0.5"/>' for number in range(3)),
        text(MARGIN, top + BAR + LINE, f"$ {command}", PROMPT),
    ]
    for number, line in enumerate(output, 2):
        colour = next((colour for word, colour in MARKS.items() if word in line), TEXT)
        parts.append(text(MARGIN, top + BAR + number * LINE, cut(line), colour))
    return parts, height


def main(picture, *sources):
    top, drawn = 0, []
    for source in sources:
        command, _, file = source.partition("=")
        parts, height = terminal(top, command, pathlib.Path(file).read_text(encoding="utf-8").splitlines())
        drawn += parts
        top += height + MARGIN
    width, height = COLUMNS * CELL + 2 * MARGIN, top - MARGIN
    font = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
    label = escape(" and ".join(source.partition("=")[0] for source in sources))
    pathlib.Path(picture).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{label}" font-family="{font}" font-size="12">\n' + "\n".join(drawn) + "\n</svg>\n",
        encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
