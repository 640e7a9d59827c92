"""Builds chat-events for this machine, runs it in an empty folder, and packs it.

`python3 .github/binary.py` makes `dist/chat-events-linux-x86_64.tar.gz`, or the file for another system or processor,
and its checksum beside it.
On Linux it needs `cargo zigbuild`, which links against glibc 2.17: the binary starts with any newer glibc too.
"""

import io
import pathlib
import platform
import subprocess
import tarfile
import tempfile

from bundle import checksum

ROOT = pathlib.Path(__file__).resolve().parents[1]
SYSTEMS = {"Linux": "linux", "Darwin": "macos"}
PROCESSORS = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
GLIBC = "2.17"


def build(system):
    """Builds the program, and returns its path."""
    command = ["cargo", "build"]
    folder = ROOT / "target" / "release"
    if system == "linux":
        triple = f"{platform.machine()}-unknown-linux-gnu"
        command = ["cargo", "zigbuild", "--target", f"{triple}.{GLIBC}"]
        folder = ROOT / "target" / triple / "release"
    command += ["--release", "--locked", "--package", "chat-events"]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder / "chat-events"


def start(program):
    """Runs the program in a folder without other files, and returns its version."""
    with tempfile.TemporaryDirectory() as folder:
        alone = pathlib.Path(folder) / "chat-events"
        alone.write_bytes(program.read_bytes())
        alone.chmod(0o755)
        ran = [subprocess.run([alone, word], cwd=folder, env={}, check=True, capture_output=True, text=True).stdout
               for word in ("commands", "--version")]
    if "Group.CallbackAfterCreateGroup" not in ran[0]:
        raise SystemExit(f"chat-events commands printed:\n{ran[0]}")
    return ran[1].split()[1]


def main():
    system, processor = SYSTEMS[platform.system()], PROCESSORS[platform.machine()]
    program = build(system)
    version = start(program)
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    packed = dist / f"chat-events-{system}-{processor}.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        for path, mode in ((program, 0o755), (ROOT / "LICENSE-MIT", 0o644), (ROOT / "LICENSE-APACHE", 0o644)):
            entry = tarfile.TarInfo(path.name)
            entry.size, entry.mode = path.stat().st_size, mode
            archive.addfile(entry, io.BytesIO(path.read_bytes()))
    checksum(packed)
    print(f"{packed.relative_to(ROOT)}: chat-events {version}, {packed.stat().st_size / 1e6:.1f} MB")


main()
