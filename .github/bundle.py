"""Builds the functions for a processor, and packs them with the templates and the docs, so that people without Rust can deploy.

`python3 .github/bundle.py arm64` makes `dist/tencent-chat-webhook-arm64.zip`, and its checksum beside it.
"""

import hashlib
import pathlib
import re
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILT = ROOT / "target" / "lambda"
FLAGS = {"arm64": "--arm64", "x86_64": "--x86-64"}
ELF_MACHINES = {"arm64": 183, "x86_64": 62}
# A function of a template: its binary, and the folder from which SAM would build it.
FUNCTION = re.compile(r"( +Binary: ([\w-]+)\n(?:(?!^  \w).*\n)*? +(?:CodeUri|Code): )\.\n", re.MULTILINE)
DEFAULT = "  Architecture:\n    Type: String\n    Default: "


def templates(architecture):
    """The template and its nested templates by name, with the built functions, and the processor as the default."""
    texts = {"template.yaml": (ROOT / "template.yaml").read_text()}
    for name in re.findall(r"TemplateURL: \./(.*)", texts["template.yaml"]):
        texts[name] = (ROOT / name).read_text()
    if texts["template.yaml"].count(f"{DEFAULT}arm64\n") != 1:
        raise SystemExit("template.yaml has another parameter Architecture than this script")
    texts["template.yaml"] = texts["template.yaml"].replace(f"{DEFAULT}arm64\n", f"{DEFAULT}{architecture}\n")
    texts = {name: FUNCTION.sub(r"\1\2.zip\n", text) for name, text in texts.items()}
    if any(re.search(r"Code(Uri)?: \.\n", text) for text in texts.values()):
        raise SystemExit("a template has a function that this script does not understand")
    return texts


def binaries():
    """The binaries of all functions."""
    return [name for text in templates("arm64").values() for name in re.findall(r"Code(?:Uri)?: (.*)\.zip\n", text)]


def packed(name, built, architecture):
    """The zip of a function's binary."""
    bootstrap = (built / name / "bootstrap").read_bytes()
    if int.from_bytes(bootstrap[18:20], "little") != ELF_MACHINES[architecture]:
        raise SystemExit(f"{name} was built for another processor than {architecture}")
    inner = built / f"{name}.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as function:
        # Lambda must be able to execute the file.
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        function.writestr(entry, bootstrap)
    return inner


def pack(architecture, dist, built=BUILT):
    """Packs the bundle, and writes its checksum beside it."""
    dist.mkdir(exist_ok=True)
    path = dist / f"tencent-chat-webhook-{architecture}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in templates(architecture).items():
            bundle.writestr(name, text)
        for name in binaries():
            bundle.write(packed(name, built, architecture), f"{name}.zip")
        bundle.write(ROOT / "docs" / "samconfig.example.toml", "samconfig.toml")
        docs = (each for each in (ROOT / "docs").rglob("*") if each.suffix in (".md", ".png", ".sql", ".svg", ".toml"))
        for each in (*docs, *(ROOT / name for name in ("README.md", "LICENSE-MIT", "LICENSE-APACHE", ".github/SECURITY.md"))):
            bundle.write(each, each.relative_to(ROOT))
    checksum(path)


def checksum(path):
    """Writes the SHA-256 of a file beside it, as `sha256sum --check` reads it."""
    path.with_name(f"{path.name}.sha256").write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


def built(text, key, names):
    """A template whose functions are these archives."""
    parts = text.split(f"{key}: .\n")
    if len(parts) != len(names) + 1:
        raise SystemExit("a template has other functions than this script")
    return parts[0] + "".join(f"{key}: {name}.zip\n{rest}" for name, rest in zip(names, parts[1:]))


def main(architecture):
    command = ["cargo", "lambda", "build", "--release", "--locked", FLAGS[architecture]]
    for name in binaries():
        command += ["--bin", name]
    subprocess.run(command, cwd=ROOT, check=True)
    pack(architecture, ROOT / "dist")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in FLAGS:
        raise SystemExit(f"usage: bundle.py {'|'.join(FLAGS)}")
    main(sys.argv[1])
