"""What all drawn pictures share: texts, boxes, colours for a light and for a dark page, and the file with its version.

It needs only Python's standard library.
"""

import pathlib
import re
import unicodedata
from xml.sax.saxutils import escape

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
SANS = ("system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', "
        "'Noto Sans CJK SC', sans-serif")
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

# Each colour on a light page, and on a dark one.
COLOURS = {
    "paper": ("#ffffff", "#0d1117"),
    "panel": ("#f6f8fa", "#161b22"),
    "ink": ("#1f2328", "#e6edf3"),
    "grey": ("#59636e", "#9198a1"),
    "edge": ("#c8ced6", "#3d444d"),
    "blue": ("#0969da", "#1f6feb"),
    "on-blue": ("#ffffff", "#ffffff"),
    "screen": ("#1d2330", "#161b22"),
    "bar": ("#2b3346", "#21262d"),
    "output": ("#d8dee9", "#d8dee9"),
    "prompt": ("#8fbf7f", "#8fbf7f"),
    "marked": ("#4a3426", "#4a3426"),
}


def version():
    return re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]


def mark():
    """The text in each picture's file that `tests/tidy` compares with the version."""
    return f"tencent-chat-webhook {version()}"


def cells(words):
    """The width of a text in a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def number(value):
    return f"{value:.1f}".removesuffix(".0")


def text(x, y, words, colour="ink", size=None, bold=False, anchor=None):
    more = f' font-size="{size}"' if size else ""
    more += ' font-weight="600"' if bold else ""
    more += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y)}" class="{colour}"{more} xml:space="preserve">{escape(words)}</text>'


def box(x, y, width, height, colour="paper", edge=None, rounding=6, dashed=False):
    more = f' class="{colour} {edge}-edge"' if edge else f' class="{colour}"'
    more += ' stroke-dasharray="5 4"' if dashed else ""
    return (f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" rx="{rounding}"{more}/>')


def circle(x, y, radius, colour, edge=None):
    edge = f" {edge}-edge" if edge else ""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{radius}" class="{colour}{edge}"/>'


def style(parts):
    """The rules for the colours that the parts use."""
    used = set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', "".join(parts)))))

    def rules(side):
        for name, sides in COLOURS.items():
            if name in used:
                yield f".{name}{{fill:{sides[side]}}}"
            if f"{name}-edge" in used:
                yield f".{name}-edge{{stroke:{sides[side]}}}"

    return f"<style>{''.join(rules(0))}@media (prefers-color-scheme:dark){{{''.join(rules(1))}}}</style>"


def drawn(width, height, title, parts, font=SANS, size=14):
    """The text of the file."""
    size = f'viewBox="0 0 {number(width)} {number(height)}" font-family="{font}" font-size="{size}"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}" role="img" {size}>',
        f"<title>{escape(title)}</title>", f"<desc>{mark()}</desc>", style(parts), *parts, "</svg>\n"])
