"""What a release says: its version, and the example of `doctor` in the docs."""

import re
import subprocess
import tomllib
import unittest

from expansion import LEAST, ROOT, SOURCE, Expansion


def page(name):
    return (ROOT / "docs" / name).read_text()


def code(name):
    return (ROOT / name).read_text()


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

    def test_gate_builds_with_the_oldest_rust_that_is_claimed(self):
        claimed = {tomllib.loads(code("Cargo.toml"))["package"]["rust-version"]}
        for name in ("callbacks/Cargo.toml", "cli/Cargo.toml", "local/Cargo.toml"):
            self.assertEqual({tomllib.loads(code(name))["package"]["rust-version"]}, claimed, name)
        pages = [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / ".github/CONTRIBUTING.md"]
        named = {each for file in pages for each in re.findall(r"Rust (\d+\.\d+\.\d+)", file.read_text())}
        self.assertEqual(named, claimed)
        gate = code(".github/workflows/ci.yml")
        reads = re.search(r"version=\$\((.+)\)$", gate, re.MULTILINE)[1]
        self.assertEqual({subprocess.check_output(reads, shell=True, cwd=ROOT, text=True).strip()}, claimed)
        self.assertEqual(re.findall("rustup (?:toolchain install|default) (\\S+)", gate), ['"$version"'] * 2)
