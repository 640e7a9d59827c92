"""The part of Markdown that the rules need, as GitHub renders it."""

import posixpath
import re
import unicodedata

BLOCK = re.compile(r"^( *)(`{3,})([^\n`]*)\n(.*?)^\1\2`*[ ]*$", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SPAN = re.compile(r"(`+)(?!`)((?:.|\n(?!\n))+?)(?<!`)\1(?!`)")
HEADING = re.compile(r"^(#{1,6}) +(.+?)(?: +#+)?$", re.MULTILINE)
LINK = re.compile(r"!?\[(?:[^][]|\[[^][]*\])*\]\(<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?(?: \"[^\"]*\")?\)")


def blocks(text):
    """Language and content of each block of code."""
    return [(block[3].strip(), re.sub(rf"^{block[1]}", "", block[4], flags=re.MULTILINE)) for block in BLOCK.finditer(text)]


def prose(text):
    return COMMENT.sub("", BLOCK.sub("", text))


def headings(text):
    """Level and text of each heading."""
    return [(len(heading[1]), heading[2]) for heading in HEADING.finditer(prose(text))]


def part(text, titles):
    """The sections with these headings, each up to the next heading."""
    hidden = BLOCK.sub(lambda block: re.sub("[^\n]", " ", block[0]), text)
    starts = [(heading.start(), heading[2]) for heading in HEADING.finditer(hidden)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return "".join(text[start:end] for (start, title), end in zip(starts, ends) if title in titles)


def anchors(text):
    """The anchors of all headings, in order: lower case, without punctuation."""
    found = []
    for _, heading in headings(text):
        heading = LINK.sub(lambda link: link[0][link[0].index("[") + 1:link[0].rindex("](")], heading)
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = 0
        while (anchor := f"{slug}-{count}" if count else slug) in found:
            count += 1
        found.append(anchor)
    return found


def links(text):
    """The target of each link."""
    return [link[1] for link in LINK.finditer(SPAN.sub(lambda span: "`" * len(span[0]), prose(text)))]


def target(name, path):
    """The target of a page's relative link, as a path from the root."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name


def spans(text):
    """The code spans in the prose, each on one line."""
    return [" ".join(span[2].split()) for span in SPAN.finditer(prose(text))]


def lost_bold(text):
    """The lines with `**` that stays as it is: it opens only before a word, and closes only after one.

    A mark of punctuation counts as a word if a space or another mark is on its other side. Chinese and Japanese have no
    such space, so that `**A（B）**C` is not bold.
    """
    for paragraph in re.split(r"\n\s*\n|\n(?= *(?:[-|]|\d+\.) )", SPAN.sub(lambda span: "`" * len(span[0]), prose(text))):
        for number, mark in enumerate(re.finditer(r"\*\*", paragraph)):
            before, after = paragraph[:mark.start()][-1:] or " ", paragraph[mark.end():][:1] or " "
            inner, outer = (before, after) if number % 2 else (after, before)
            if inner.isspace() or is_punctuation(inner) and not (outer.isspace() or is_punctuation(outer)):
                yield " ".join(paragraph.split())


def is_punctuation(letter):
    return unicodedata.category(letter)[0] in "PS"
