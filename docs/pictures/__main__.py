"""Makes the pictures of docs/: `python3 docs/pictures`. With `--check`, it lists those that are not of this version.

The drawings of the dashboard and of Tencent's console are made anew. With `--local`, the pictures of `make run` are made too:
for these it needs what `make run` needs, and Debian's packages chromium and pngquant. The picture of `doctor` needs a stack:

    chat-events --stack STACK doctor > doctor.txt
    python3 docs/pictures/terminals.py docs/pictures/doctor.svg 108 'chat-events --stack STACK doctor=doctor.txt'
"""

import sys

sys.dont_write_bytecode = True

import console
import dashboard
import local
from svg import FOLDER, mark


def drawings():
    """The contents of the drawings' files."""
    made = {"dashboard.svg": dashboard.drawing(), "console.svg": console.sketch(console.ENGLISH),
            "console.zh-CN.svg": console.sketch(console.CHINESE)}
    return {name: drawing.encode() for name, drawing in made.items()}


def stale():
    """The pictures of another version, and the drawings of another template."""
    made = drawings()
    for path in sorted(path for path in FOLDER.iterdir() if path.suffix in (".svg", ".png")):
        content = path.read_bytes()
        if mark().encode() not in content or made.get(path.name, content) != content:
            yield path.name


def main(arguments):
    if arguments == ["--check"]:
        names = list(stale())
        for name in names:
            print(name)
        return 1 if names else 0
    for name, drawing in drawings().items():
        (FOLDER / name).write_bytes(drawing)
    if arguments == ["--local"]:
        local.make()
    return 0


sys.exit(main(sys.argv[1:]))
