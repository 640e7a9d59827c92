"""Builds the functions for a processor, and packs them with the template, so that people without Rust can deploy.

`python3 .github/bundle.py arm64` makes `dist/tencent-chat-webhook-arm64.zip`.
"""

import pathlib
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
# The functions of the template in their order, and that of the receiver's nested template, each a binary.
BINARIES = ("tencent-chat-webhook", "redrive", "reforward")
FLAGS = {"arm64": "--arm64", "x86_64": "--x86-64"}
ELF_MACHINES = {"arm64": 183, "x86_64": 62}


def template(architecture):
    """The template that names the built functions, with their processor as its default."""
    text = (ROOT / "template.yaml").read_text()
    text = built(text, "CodeUri", BINARIES[:2])
    default = "  Architecture:\n    Type: String\n    Default: "
    if text.count(f"{default}arm64\n") != 1:
        raise SystemExit("template.yaml has another parameter Architecture than this script")
    return text.replace(f"{default}arm64\n", f"{default}{architecture}\n")


def built(text, key, names):
    """A template whose functions are these archives."""
    parts = text.split(f"{key}: .\n")
    if len(parts) != len(names) + 1:
        raise SystemExit("a template has other functions than this script")
    return parts[0] + "".join(f"{key}: {name}.zip\n{rest}" for name, rest in zip(names, parts[1:]))


def main(architecture):
    command = ["cargo", "lambda", "build", "--release", "--locked", FLAGS[architecture]]
    for name in BINARIES:
        command += ["--bin", name]
    subprocess.run(command, cwd=ROOT, check=True)
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    with zipfile.ZipFile(dist / f"tencent-chat-webhook-{architecture}.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("template.yaml", template(architecture))
        bundle.writestr("receiver.yaml", built((ROOT / "receiver.yaml").read_text(), "Code", BINARIES[2:]))
        for name in ("bus.yaml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"):
            bundle.write(ROOT / name, name)
        bundle.write(ROOT / "docs" / "changelog.md", "CHANGELOG.md")
        bundle.write(ROOT / "docs" / "samconfig.example.toml", "samconfig.toml")
        for name in BINARIES:
            bootstrap = (ROOT / "target" / "lambda" / name / "bootstrap").read_bytes()
            if int.from_bytes(bootstrap[18:20], "little") != ELF_MACHINES[architecture]:
                raise SystemExit(f"{name} was built for another processor than {architecture}")
            inner = ROOT / "target" / "lambda" / f"{name}.zip"
            with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as function:
                # Lambda must be able to execute the file.
                entry = zipfile.ZipInfo("bootstrap")
                entry.external_attr = 0o755 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                function.writestr(entry, bootstrap)
            bundle.write(inner, f"{name}.zip")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in FLAGS:
        raise SystemExit(f"usage: bundle.py {'|'.join(FLAGS)}")
    main(sys.argv[1])
