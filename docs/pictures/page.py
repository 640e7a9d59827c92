"""Makes a PNG of a conversation's page, with Debian's packages chromium and pngquant. The page's explanations are left out."""

import pathlib
import struct
import subprocess
import tempfile
import zlib

from svg import mark

WIDTH, HEIGHT, SCALE = 860, 1060, 1.4
CHROMIUM = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--force-device-scale-factor={SCALE}", f"--window-size={WIDTH},{HEIGHT}"]


def marked(png):
    """The PNG with the version as its description."""
    content = b"tEXtDescription\0" + mark().encode()
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    # After the signature and the first chunk, which has the size.
    return png[:33] + chunk + png[33:]


def picture(page, png):
    with tempfile.TemporaryDirectory() as folder:
        shot, short = pathlib.Path(folder) / "shot.png", pathlib.Path(folder) / "short.html"
        text = page.read_text(encoding="utf-8")
        short.write_text(text.replace("</style>", ".about p { display: none; }</style>"), encoding="utf-8")
        subprocess.run([*CHROMIUM, f"--user-data-dir={folder}/profile", f"--screenshot={shot}", short.as_uri()], check=True,
                       stderr=subprocess.DEVNULL)
        small = subprocess.run(["pngquant", "--strip", "--speed", "1", "16", "-"], stdin=shot.open("rb"), check=True,
                               capture_output=True).stdout
    png.write_bytes(marked(small))
