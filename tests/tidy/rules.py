"""The rules. Each takes the repository and yields its breaches, one line each. A report begins with the rule's name."""

import pathlib
import posixpath
import re
import subprocess
import sys
import tempfile
import urllib.parse

import markdown
from translations import TRANSLATIONS, translations_follow, translations_keep_their_language

MOST_LINES = 300
MOST_README_LINES = 200
READMES = ("README.md", *TRANSLATIONS["README.md"].values())
CHANGELOG = "docs/changelog.md"
REFERENCE, OPERATE, AWS = "docs/reference.md", "docs/operate.md", "docs/aws.md"
EXTENDING = "docs/extending.md"
DECISIONS = "src/decisions.rs"

# The entries of the root, each with the reader or tool that needs it there.
ROOT = {
    "Cargo.lock": "cargo",
    "Cargo.toml": "cargo; SAM and cargo-lambda build from its folder",
    "LICENSE-APACHE": "GitHub, and the bundle of a release",
    "LICENSE-MIT": "GitHub, and the bundle of a release",
    "Makefile": "make",
    "README.md": "GitHub",
    "archive.yaml": "the SAM CLI: TemplateURL in template.yaml",
    "benches": "cargo bench",
    "bus.yaml": "the SAM CLI: TemplateURL in template.yaml",
    "receiver.yaml": "the SAM CLI: TemplateURL in template.yaml",
    "callbacks": "the workspace: the protocol's library",
    "cli": "the workspace: the command line",
    "docs": "a reader",
    "events": "a reader: the sample callbacks",
    "examples": "cargo run --example",
    "fuzz": "cargo fuzz",
    "local": "the workspace: what runs on your machine",
    "src": "cargo",
    "template.yaml": "the SAM CLI",
    "tests": "cargo test",
    ".cargo": "cargo; cargo-deny finds its deny.toml there",
    ".cargolambdaignore": "cargo lambda watch",
    ".ci": "the gate",
    ".clippy.toml": "clippy, for each package below it",
    ".editorconfig": "editors, for each file below it",
    ".github": "GitHub",
    ".gitignore": "git",
    ".rustfmt.toml": "rustfmt, for each file below it",
}


def docs(repository):
    """All pages except the changelog."""
    return "\n".join(text for name, text in repository.texts("*.md").items() if name != CHANGELOG)


def root_is_small(repository):
    for name in dict.fromkeys(name.partition("/")[0] for name in repository.files):
        if name not in ROOT:
            yield f"{name} stands at the root, where no tool looks for it"


def source_files_are_short(repository):
    for name, text in repository.texts("*.rs", "*.py").items():
        lines = len(text.splitlines())
        if lines > MOST_LINES:
            yield f"{name} has {lines} lines, more than {MOST_LINES}"


def modules_stand_where_they_are_named(repository):
    for name, text in repository.texts("*.rs").items():
        for number, line in enumerate(text.splitlines(), 1):
            if re.match(r"\s*#!?\[path\b", line):
                yield f"{name}:{number} says #[path]"


def readmes_are_short(repository):
    for name in READMES:
        lines = len(repository.text(name).splitlines())
        if lines > MOST_README_LINES:
            yield f"{name} has {lines} lines, more than {MOST_README_LINES}"


def commands_are_in_the_docs(repository):
    text = docs(repository)
    for target in re.findall(r"^([a-z0-9-]+):.*?## ", repository.text("Makefile"), re.MULTILINE):
        if not re.search(rf"\bmake (?:[a-z0-9-]+ )*{target}\b(?!-)", text):
            yield f"make {target} is in no *.md"


def settings_are_in_the_reference(repository):
    reference = repository.text(REFERENCE)
    sources = "".join(repository.texts("src/settings.rs", "src/settings/*.rs").values())
    for name in dict.fromkeys(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', sources)):
        if f"`{name}`" not in reference:
            yield f"{name} is not in {REFERENCE}"


def section(template, name):
    """The names and texts of a section's entries."""
    body = re.search(rf"^{name}:\n(.*?)(?=^\S|\Z)", template, re.DOTALL | re.MULTILINE)[1]
    return re.findall(r"^  (\w+):\n((?:(?:    .*)?\n)*)", body, re.MULTILINE)


def parameters_are_in_the_docs(repository):
    text = repository.text(AWS)
    for name, _ in section(repository.text("template.yaml"), "Parameters"):
        if f"| `{name}` |" not in text:
            yield f"{name} has no row in {AWS}"


def alarms_have_a_section(repository):
    operate = repository.text(OPERATE)
    titles = {title for level, title in markdown.headings(operate) if level == 3}
    templates = repository.texts("*.yaml").items()
    alarms = [name for file, text in templates if "/" not in file for name, body in section(text, "Resources")
              if re.search(r"Type: AWS::CloudWatch::(Composite)?Alarm\b", body)]
    for name in alarms:
        if name not in titles:
            yield f"{name} has no section in {OPERATE}"


def samples_are_listed(repository):
    reference = repository.text(REFERENCE)
    for name in repository.matching("events/*"):
        if f"`{posixpath.basename(name)}`" not in reference:
            yield f"{name} is not in {REFERENCE}"


def links_lead_somewhere(repository):
    texts = repository.texts("*.md")
    for name, text in texts.items():
        for link in markdown.links(text):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = markdown.target(name, path)
            if not (repository.root / target).exists():
                yield f"{name}: {link} is not there"
            elif anchor and urllib.parse.unquote(anchor) not in markdown.anchors(texts.get(target, "")):
                yield f"{name}: {target} has no #{anchor}"


def bold_is_bold(repository):
    for name, text in repository.texts("*.md").items():
        for paragraph in markdown.lost_bold(text):
            yield f"{name} has ** that GitHub shows as such: {paragraph[:100]}"


def diffs_apply(repository):
    for number, (language, block) in enumerate(markdown.blocks(repository.text(EXTENDING)), 1):
        if language == "diff" and (complaint := repository.git("apply", "--check", "--unidiff-zero", "-", text=block)):
            yield f"{EXTENDING}, block {number}: {complaint.splitlines()[0]}"


def example_decisions_are_tested(repository):
    tested = set(repository.texts("tests/it/extending/*.rs").values())
    for number, (language, block) in enumerate(markdown.blocks(repository.text(EXTENDING)), 1):
        if language == "diff" and f"a/{DECISIONS}" in block:
            with tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / DECISIONS
                file.parent.mkdir()
                file.write_text(repository.text(DECISIONS), encoding="utf-8")
                subprocess.run(["git", "apply", "-"], cwd=folder, input=block, capture_output=True, text=True)
                if file.read_text(encoding="utf-8") not in tested:
                    yield f"{EXTENDING}, block {number}: no file of tests/it/extending is its result"


def nothing_is_pending(repository):
    word = "OUTPUT-" + "PENDING"
    for name, text in repository.texts("*.md", ".github/*").items():
        for number, line in enumerate(text.splitlines(), 1):
            if word in line:
                yield f"{name}:{number} says {word}"


def pictures_are_of_this_version(repository):
    command = [sys.executable, "-B", "docs/pictures", "--check"]
    checked = subprocess.run(command, cwd=repository.root, capture_output=True, text=True)
    for name in checked.stdout.splitlines():
        yield f"docs/pictures/{name} is of another version or template: python3 docs/pictures"
    yield from checked.stderr.splitlines()[-1:]


RULES = (
    root_is_small,
    source_files_are_short,
    modules_stand_where_they_are_named,
    readmes_are_short,
    commands_are_in_the_docs,
    settings_are_in_the_reference,
    parameters_are_in_the_docs,
    alarms_have_a_section,
    samples_are_listed,
    links_lead_somewhere,
    translations_follow,
    translations_keep_their_language,
    bold_is_bold,
    diffs_apply,
    example_decisions_are_tested,
    nothing_is_pending,
    pictures_are_of_this_version,
)
