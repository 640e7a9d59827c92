"""The translated pages, and the rules that hold them to their originals."""

import collections
import itertools
import posixpath
import re
import urllib.parse

import markdown

LANGUAGES = ("zh-CN", "ja")
# The pages that are translated into each of these languages.
TRANSLATED = ("README.md", "docs/chat-events.md", "docs/deploy.md", "docs/forwarding.md", "docs/operate.md",
              "docs/troubleshooting.md")
# Of these pages, only the sections with these headings are translated.
PARTS = {"docs/operate.md": ("Operate", "First aid", "Which alarm went off", "Alarms", "CallbacksLostAlarm", "RedriveDeadLettersAlarm",
                             "SignatureRefusalsAlarm")}


def translation(page, language):
    return f"docs/README.{language}.md" if page == "README.md" else page.replace("docs/", f"docs/{language}/")


TRANSLATIONS = {page: {language: translation(page, language) for language in LANGUAGES} for page in TRANSLATED}
# The picture with words, which the Chinese page has in Chinese.
PICTURES = {"docs/pictures/console.svg": {"zh-CN": "docs/pictures/console.zh-CN.svg"}}
ORIGINALS = {name: original for original, names in (TRANSLATIONS | PICTURES).items() for name in names.values()}


def relative_links(name, text):
    """The target and anchor of each link within the repository."""
    for link in markdown.links(text):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            yield markdown.target(name, path), urllib.parse.unquote(anchor)


def translated(repository, name):
    """The text of a page, or of those of its sections that are translated."""
    text = repository.text(name)
    return markdown.part(text, PARTS[name]) if name in PARTS else text


def is_of_one_language(name):
    """Whether a page in a language's folder is no translation."""
    return posixpath.dirname(name) in {f"docs/{language}" for language in LANGUAGES} and name not in ORIGINALS


def comparable(repository, name):
    """The parts that a translation and its original must share."""
    def section(target, anchor):
        # The anchor of a heading is translated, but its position among the headings stays.
        anchors = markdown.anchors(translated(repository, target)) if target in {*TRANSLATIONS, *ORIGINALS} else []
        return ORIGINALS.get(target, target), anchors.index(anchor) + 1 if anchor in anchors else anchor

    text = translated(repository, name)
    links = [link for link in relative_links(name, text) if not is_of_one_language(link[0])]
    return {
        "blocks of code": [block for block in markdown.blocks(text) if block[0] != "mermaid"],
        "pictures": sum(language == "mermaid" for language, _ in markdown.blocks(text)),
        "headings": ["#" * level for level, _ in markdown.headings(text)],
        "relative links": sorted(map(str, itertools.starmap(section, links))),
        # External pages may exist in the translation's language, so only their number is compared.
        "outside links": sum(bool(re.match(r"[a-z]+:", link)) for link in markdown.links(text)),
    }


def translations_follow(repository):
    for original, names in TRANSLATIONS.items():
        of_original = comparable(repository, original)
        for name in names.values():
            for what, found in comparable(repository, name).items():
                if found != of_original[what]:
                    yield f"{name} has other {what} than {original}{difference(of_original[what], found)}"
            spans = (set(markdown.spans(translated(repository, page))) for page in (original, name))
            for code in sorted(set.difference(*spans)):
                yield f"{name} lacks `{code}`, which {original} has"


def translations_keep_their_language(repository):
    """A page's first links lead to its translations. All other links lead to pages in its language if they exist."""
    def in_language(language, target, anchor):
        page = ORIGINALS.get(target, target)
        if target in PARTS and anchor and anchor not in markdown.anchors(translated(repository, page)):
            return page
        return {"en": page, **(TRANSLATIONS | PICTURES).get(page, {})}.get(language, target)

    for original, names in TRANSLATIONS.items():
        siblings = {"en": original, **names}
        for language, name in siblings.items():
            links = list(relative_links(name, repository.text(name)))
            others = [sibling for sibling in siblings.values() if sibling != name]
            if [target for target, _ in links[:len(others)]] != others:
                yield f"{name} does not begin with links to {' and '.join(others)}"
            for target, anchor in links[len(others):]:
                own = in_language(language, target, anchor)
                if target != own:
                    yield f"{name} links to {target} rather than {own}"


def difference(one, other):
    """The first entry that only one of two lists has."""
    if not isinstance(one, list):
        return f": {other} rather than {one}"
    only = collections.Counter(map(str, one)), collections.Counter(map(str, other))
    first = next(iter((only[0] - only[1]) + (only[1] - only[0])), None)
    return f": {first}"[:200] if first else ": in another order"
