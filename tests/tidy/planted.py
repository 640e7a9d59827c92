"""Breaks each rule in a copy of the repository. Only the broken rule must report it."""

import pathlib
import shutil
import subprocess
import tempfile

from repository import Repository
from rules import READMES, RULES


def replace(name, old, new, count=1):
    def plant(root):
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, count), encoding="utf-8")
    return plant


def append(name, text):
    def plant(root):
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(text)
    return plant


def write(name, text):
    def plant(root):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return plant


def both(*plants):
    def plant(root):
        for each in plants:
            each(root)
    return plant


def alarm(kind):
    text = f"  MoonAlarm:\n    Type: AWS::CloudWatch::{kind}\n    Properties:\n      AlarmDescription: It is full.\n"
    return replace("template.yaml", "\nOutputs:\n", f"\n{text}\nOutputs:\n")


def in_each_readme(text):
    return both(*(append(name, text) for name in READMES))


# The rule, the planted breach, and a part of the expected report.
BREACHES = [
    ("root_is_small", write("NOTES.txt", "Later.\n"), "NOTES.txt stands at the root"),
    ("source_files_are_short", write("src/long.rs", "//! Long.\n" * 301), "src/long.rs has 301 lines"),
    ("modules_stand_where_they_are_named", append("src/time.rs", '#[path = "other.rs"]\nmod other;\n'), "says #[path]"),
    ("readmes_are_short", in_each_readme("\n" * 201), "docs/README.ja.md has"),
    ("commands_are_in_the_docs", append("Makefile", "\nsecret: ## do something\n"), "make secret is in no *.md"),
    ("settings_are_in_the_reference", append("src/settings.rs", '// "NEW_SETTING"\n'), "NEW_SETTING is not in"),
    ("parameters_are_in_the_docs", replace("template.yaml", "\nParameters:\n", "\nParameters:\n  Fancy:\n    Type: String\n"),
     "Fancy has no row"),
    ("alarms_have_a_section", alarm("Alarm"), "MoonAlarm has no section"),
    ("alarms_have_a_section", alarm("CompositeAlarm"), "MoonAlarm has no section"),
    ("samples_are_listed", write("events/new-sample.json", "{}\n"), "events/new-sample.json is not in"),
    ("links_lead_somewhere", append("docs/security.md", "\nSee [there](nowhere.md).\n"), "nowhere.md is not there"),
    ("links_lead_somewhere", append("docs/security.md", "\nSee [there](aws.md#nowhere).\n"), "docs/aws.md has no #nowhere"),
    ("translations_follow", replace("docs/README.ja.md", "$ make run", "$ make walk"),
     "docs/README.ja.md has other blocks of code"),
    ("translations_follow", append("docs/README.zh-CN.md", "\n## More\n"), "docs/README.zh-CN.md has other headings"),
    ("translations_follow", append("docs/README.zh-CN.md", "\n[here](../LICENSE-MIT)\n"),
     "docs/README.zh-CN.md has other relative links"),
    ("translations_follow", append("docs/README.ja.md", "\n[there](https://example.com)\n"),
     "docs/README.ja.md has other outside links"),
    ("translations_follow", replace("docs/zh-CN/deploy.md", "sam build\n", "sam bake\n"),
     "docs/zh-CN/deploy.md has other blocks of code"),
    # The link leads to a section, but to another one than in the original.
    ("translations_follow", replace("docs/ja/deploy.md", "](#更新)", "](#削除)"), "docs/ja/deploy.md has other relative links"),
    ("translations_follow", replace("docs/troubleshooting.md", "`rustup update`", "`rustup upgrade`"),
     "docs/ja/troubleshooting.md lacks `rustup upgrade`"),
    # Only a part of this page is translated.
    ("translations_follow", replace("docs/zh-CN/operate.md", "STACK=tencent", "STACK=other"),
     "docs/zh-CN/operate.md has other blocks of code"),
    ("translations_follow", replace("docs/operate.md", "`duplicate`", "`repeat`"), "docs/zh-CN/operate.md lacks `repeat`"),
    ("translations_keep_their_language", replace("docs/zh-CN/operate.md", "](#哪个警报)", "](../operate.md#which-alarm-went-off)"),
     "docs/zh-CN/operate.md links to docs/operate.md rather than docs/zh-CN/operate.md"),
    ("translations_keep_their_language", replace("docs/ja/troubleshooting.md", "](deploy.md#削除)", "](../deploy.md#tear-down)"),
     "docs/ja/troubleshooting.md links to docs/deploy.md rather than docs/ja/deploy.md"),
    ("translations_keep_their_language", replace("docs/zh-CN/deploy.md", "[English](../deploy.md)", "[English](../ja/deploy.md)"),
     "docs/zh-CN/deploy.md does not begin with links to docs/deploy.md and docs/ja/deploy.md"),
    ("bold_is_bold", append("docs/ja/deploy.md", "\n**認証（Authentication）**をオン\n"), "docs/ja/deploy.md has ** that"),
    ("diffs_apply", replace("src/reactions.rs", "_event", "_it"), "docs/extending.md, block"),
    ("example_decisions_are_tested", replace("tests/it/extending/word_list.rs", '"casino"', '"poker"'),
     "docs/extending.md, block 1: no file"),
    ("nothing_is_pending", append("docs/security.md", "\nOUTPUT-" + "PENDING\n"), "docs/security.md:"),
    ("pictures_are_of_this_version", write("docs/pictures/old.svg", "<svg><desc>tencent-chat-webhook 0.1.0</desc></svg>\n"),
     "docs/pictures/old.svg is of another version"),
    ("pictures_are_of_this_version", replace("template.yaml", '"title": "By command"', '"title": "Commands"'),
     "docs/pictures/dashboard.svg is of another version or template"),
]


def breaches_of(root):
    repository = Repository(root)
    return {(rule.__name__, fault) for rule in RULES for fault in rule(repository)}


def main(repository):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "copy"
        for name in repository.files:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository.root / name, root / name)
        git = ["git", "-C", str(root), "-c", "user.name=tidy", "-c", "user.email=tidy@localhost"]
        for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "As it is"]):
            subprocess.run([*git, *arguments], check=True)
        before = breaches_of(root)
        for rule, plant, said in BREACHES:
            plant(root)
            reported = breaches_of(root) - before
            well = {name for name, _ in reported} == {rule} and any(said in fault for _, fault in reported)
            failed += not well
            print("  ok  " if well else "  NOT ", f"{rule}: " + "; ".join(sorted(fault for _, fault in reported)))
            for arguments in (["reset", "--quiet", "--hard"], ["clean", "--quiet", "--force", "-d"]):
                subprocess.run([*git, *arguments], check=True)
    untried = {rule.__name__ for rule in RULES} - {rule for rule, _, _ in BREACHES}
    print(f"{len(BREACHES) - failed} breaches found, {failed} not; rules without one: {sorted(untried) or 'none'}")
    return 1 if failed or untried else 0
