"""The repository: the files that git tracks or would track, and their texts."""

import fnmatch
import functools
import pathlib
import subprocess


class Repository:
    def __init__(self, root):
        self.root = pathlib.Path(root)

    @classmethod
    def of_this_file(cls):
        return cls(pathlib.Path(__file__).resolve().parents[2])

    @functools.cached_property
    def files(self):
        """Names of files that git tracks, and of new files that it does not ignore."""
        listed = subprocess.run(
            ["git", "-C", str(self.root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            check=True, capture_output=True, text=True).stdout
        return sorted(name for name in set(listed.split("\0")) if name and (self.root / name).is_file())

    def matching(self, *patterns):
        return [name for name in self.files if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]

    def text(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def texts(self, *patterns):
        return {name: self.text(name) for name in self.matching(*patterns)}

    def git(self, *arguments, text):
        """Runs git in the repository with a text. Returns its error, or nothing."""
        result = subprocess.run(["git", "-C", str(self.root), *arguments], input=text, capture_output=True, text=True)
        return None if result.returncode == 0 else result.stderr.strip()
