"""The bundle of a release, packed from files in the place of the built functions."""

import hashlib
import io
import pathlib
import posixpath
import re
import sys
import tempfile
import unittest
import zipfile

from expansion import ROOT
from samtranslator.yaml_helper import yaml_parse

for folder in (".github", "tests/tidy"):
    sys.path.append(str(ROOT / folder))

import bundle
import markdown


def pack(folder, architecture="x86_64", machine=62):
    """A bundle with a false binary for each function. Returns its path."""
    folder = pathlib.Path(folder)
    for name in bundle.binaries():
        (folder / "built" / name).mkdir(parents=True, exist_ok=True)
        (folder / "built" / name / "bootstrap").write_bytes(b"\x7fELF" + bytes(14) + machine.to_bytes(2, "little"))
    bundle.pack(architecture, folder / "dist", folder / "built")
    return folder / "dist" / f"tencent-chat-webhook-{architecture}.zip"


class Bundle(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = pack(self.folder)
        packed = zipfile.ZipFile(self.path)
        self.addCleanup(packed.close)
        self.files = {name: packed.read(name) for name in packed.namelist()}

    def text(self, name):
        return self.files[name].decode()

    def test_templates_name_only_files_of_the_bundle(self):
        template = yaml_parse(self.text("template.yaml"))
        self.assertEqual(template["Parameters"]["Architecture"]["Default"], "x86_64")
        for name in [name for name in self.files if name.endswith(".yaml")]:
            for resource in yaml_parse(self.text(name))["Resources"].values():
                properties = resource.get("Properties", {})
                if resource["Type"] == "AWS::CloudFormation::Stack":
                    self.assertIn(posixpath.normpath(properties["TemplateURL"]), self.files)
                if resource["Type"] == "AWS::Serverless::Function":
                    binary = resource["Metadata"]["BuildProperties"]["Binary"]
                    self.assertEqual(properties["CodeUri"], f"{binary}.zip")
                    with zipfile.ZipFile(io.BytesIO(self.files[f"{binary}.zip"])) as function:
                        self.assertEqual(function.getinfo("bootstrap").external_attr >> 16, 0o755)

    def test_docs_are_in_the_bundle_and_link_each_other(self):
        pages = [name for name in self.files if name.endswith(".md")]
        self.assertIn("docs/operate.md", pages)
        for name in pages:
            for link in markdown.links(self.text(name)):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), link.split("#")[0]))
                # Links into the source code lead nowhere here.
                if not re.match(r"[a-z]+:|#", link) and target.startswith("docs/"):
                    self.assertIn(target, self.files, f"{name}: {link}")
        self.assertIn("[default.global.parameters]", self.text("samconfig.toml"))

    def test_checksum_stands_beside_the_bundle(self):
        line = self.path.with_name(f"{self.path.name}.sha256").read_text()
        self.assertEqual(line, f"{hashlib.sha256(self.path.read_bytes()).hexdigest()}  {self.path.name}\n")
        command = re.search(r"\$ sha256sum --check (\S+)", (ROOT / "docs" / "deploy.md").read_text())[1]
        self.assertEqual(command, "tencent-chat-webhook-arm64.zip.sha256")

    def test_binary_for_another_processor_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "another processor"):
            pack(self.folder, machine=183)
