"""Compares the docs with the code: figures and versions."""

import re
import tomllib
import unittest

from expansion import LEAST, ROOT, SOURCE, Expansion


def page(name):
    return (ROOT / "docs" / name).read_text()


def code(name):
    return (ROOT / name).read_text()


def millis(text):
    return [int(number) for number in re.findall(r"from_millis\((\d+)\)", text)]


class TimeLimits(unittest.TestCase):
    def setUp(self):
        deadline = code("src/deadline.rs").split("#[cfg(test)]")[0]
        self.constants = {name: millis(value) for name, value in re.findall(r"const (\w+): \w+ =\s*(.*?);\n", deadline, re.DOTALL)}
        section = page("reference.md").split("\n### Time limits\n")[1].split("\n### ")[0]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| ")]
        self.rows = {row[0]: [int(float(number) * 1000 + 0.5) for number in re.findall(r"([\d.]+) s", " ".join(row[1:]))]
                     for row in rows}
        self.section = section

    def test_table_has_the_deadlines_of_the_code(self):
        constants, rows = self.constants, self.rows
        (least,), (of_write,) = constants["AT_LEAST"], constants["WRITE_AT_LEAST"]
        self.assertEqual(rows["the write, with its retries"], [*constants["WRITE"], least])
        self.assertEqual(rows["your receiver's answer"], [*constants["FORWARD"], least])
        decision = rows["your decision in `src/decisions.rs`"]
        self.assertEqual(decision, [*constants["DECISION"], constants["WRITE"][1] - of_write, max(least - of_write, 0)])

    def test_attempts_have_the_times_of_the_client(self):
        client = code("src/store/client.rs")
        for name in ("ATTEMPT_TIMEOUT", "MAX_BACKOFF"):
            (time,) = millis(re.search(rf"const {name}: .*", client)[0])
            self.assertIn(f" {time / 1000:g} s.", self.section, name)

    def test_decision_has_the_time_of_the_code(self):
        (time,) = self.constants["DECISION"]
        for text in (page("extending.md"), code("src/decisions.rs")):
            self.assertIn(f" {time / 1000:g} s", text)


class Program(unittest.TestCase):
    def test_doctor_counts_the_alarms_of_a_default_stack(self):
        alarms = [each for each in Expansion(LEAST).resources.values()
                  if each["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")]
        self.assertEqual(re.findall(r"none of (\d+) is in ALARM", page("chat-events.md")), [str(len(alarms))])


class Version(unittest.TestCase):
    def test_version_is_the_same_everywhere(self):
        package = tomllib.loads(code("Cargo.toml"))["package"]
        version, of_rust = package["version"], package["rust-version"]
        for name in ("callbacks/Cargo.toml", "cli/Cargo.toml"):
            self.assertEqual(tomllib.loads(code(name))["package"]["version"], version, name)
        # `chat-events doctor` prints the output.
        self.assertEqual(SOURCE["Outputs"]["Version"]["Value"], version)
        self.assertEqual(re.search(r"^## \[(.+?)\]", page("changelog.md"), re.MULTILINE)[1], version)
        for name in ("../README.md", "README.zh-CN.md", "README.ja.md"):
            named = {*re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])", page(name))}
            self.assertEqual(named, {version, of_rust}, name)
