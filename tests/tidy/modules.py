"""The uses between Rust modules, from `mod`, `use` and inline paths, without a compiler.

A path counts for the module that defines the item at its end: re-exports are followed, and a re-export alone is not a
use. Tests and comments do not count.
"""

import collections
import posixpath
import re

# Comments, raw strings, strings and characters, but not lifetimes.
NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|\bb?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^\\'])'""", re.DOTALL)
TEST = re.compile(r"#\[cfg\(test\)\]")
MOD = re.compile(r"\bmod (\w+) ?([;{])")
USE = re.compile(r"(\bpub(?: ?\([^)]*\))? )?\buse ([^;]+);")
PATH = re.compile(r"(?<![\w:])\$?(\w+(?:::\w+)+)")


def without_tests(code):
    """The code without its items under `#[cfg(test)]`."""
    while found := TEST.search(code):
        depth, end = 0, len(code)
        for at in range(found.end(), len(code)):
            depth += (code[at] in "([{") - (code[at] in ")]}")
            if depth == 0 and code[at] in ";}":
                end = at + 1
                break
        code = code[:found.start()] + code[end:]
    return code


def leaves(tree):
    """The paths of a use tree with the names they get: `a::{b, c::d as e}` has a::b as b, and a::c::d as e."""
    head, brace, inner = tree.strip().removesuffix("}").partition("{")
    if not brace:
        path, _, alias = head.partition(" as ")
        path = tuple(path.strip().split("::"))
        return [(path, alias.strip() or path[-1])]
    head = tuple(head.strip().removesuffix("::").split("::")) if head.strip() else ()
    parts, depth = [""], 0
    for letter in inner:
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    found = [leaf for part in parts if part.strip() for leaf in leaves(part)]
    # `a::{self}` is `a` itself.
    return [(head if path == ("self",) else head + path, head[-1] if name == "self" else name) for path, name in found]


class Module:
    def __init__(self, file, text):
        self.file = file
        code = without_tests(NOT_CODE.sub(" ", text))
        code = re.sub(r" ?:: ?", "::", re.sub(r"\s+", " ", code))
        declared = MOD.findall(code)
        self.children = [name for name, end in declared if end == ";"]
        self.inline = [name for name, end in declared if end == "{"]
        # For each name of a `use`: its path, and whether it is re-exported.
        self.names = {name: (path, bool(public)) for public, tree in USE.findall(code) for path, name in leaves(tree)}
        code = USE.sub("", code)
        self.words = set(re.findall(r"\w+", code))
        self.paths = {tuple(path.split("::")) for path in PATH.findall(code)}


class Crate:
    """The modules of one crate by their paths. The path of its root is empty."""

    def __init__(self, repository, root):
        self.root, self.modules = root, {}
        self.add(repository, root, ())

    def add(self, repository, file, path):
        module = self.modules[path] = Module(file, repository.text(file))
        folder = posixpath.dirname(file)
        if path and posixpath.basename(file) != "mod.rs":
            folder = posixpath.join(folder, path[-1])
        for name in module.children:
            for child in (f"{folder}/{name}.rs", f"{folder}/{name}/mod.rs"):
                if child in repository.files:
                    self.add(repository, child, (*path, name))

    def file(self, path):
        return self.modules[path].file

    def definition(self, at, path, seen=()):
        """The module that defines the item of a path found in the module `at`, and the item's name.

        The name is None where the path is that of a module. The whole is None for another crate's item.
        """
        if (at, path) in seen:
            return None
        seen, begun = (*seen, (at, path)), False
        while path:
            name, rest = path[0], path[1:]
            if name in ("crate", "self", "super"):
                at, begun = {"crate": (), "self": at, "super": at[:-1]}[name], True
            elif (*at, name) in self.modules and (rest or name not in self.modules[at].names):
                at, begun = (*at, name), True
            elif name in self.modules[at].names:
                return self.definition(at, self.modules[at].names[name][0] + rest, seen)
            else:
                return (at, name) if begun else None
            path = rest
        return at, None

    def uses(self):
        """The pairs of modules of which the first uses the second, with the items it takes."""
        found = collections.defaultdict(set)
        for at, module in self.modules.items():
            taken = {path for name, (path, public) in module.names.items() if not public or name in module.words}
            for path in taken | module.paths:
                defined = self.definition(at, path)
                if defined and defined[1] and defined[0] != at:
                    found[at, defined[0]].add(defined[1])
        return found


def crates(repository):
    roots = [f"{folder}src/{name}.rs" for folder in ("", "callbacks/", "cli/") for name in ("lib", "main")]
    return [Crate(repository, root) for root in roots if root in repository.files]


def shortest_cycle(start, graph):
    ways, seen = collections.deque([(start,)]), set()
    while ways:
        way = ways.popleft()
        for node in sorted(graph[way[-1]] - seen):
            if node == start:
                return way
            seen.add(node)
            ways.append((*way, node))
    return ()


def cycles(uses):
    """Every pair that uses each other; then, for each node in no such pair, the shortest cycle through it."""
    graph = collections.defaultdict(set)
    for one, other in uses:
        graph[one].add(other)
    found = [(one, other) for one, other in sorted(uses) if one < other and (other, one) in uses]
    named = {node for pair in found for node in pair}
    for start in sorted(graph):
        if start not in named and (way := shortest_cycle(start, graph)):
            found.append(way)
            named |= set(way)
    return found


def steps(way):
    return zip(way, way[1:] + way[:1])


def between_siblings(uses):
    """For each parent, the uses between its children. A child includes all modules below it."""
    found = collections.defaultdict(lambda: collections.defaultdict(set))
    for one, other in uses:
        shared = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), None)
        if shared is not None:
            found[one[:shared]][one[:shared + 1], other[:shared + 1]].add((one, other))
    return found


def no_modules_use_each_other(repository):
    for crate in crates(repository):
        uses = crate.uses()

        def report(pairs):
            return ", ".join(f"{crate.file(one)} uses {' and '.join(sorted(uses[one, other]))} of {crate.file(other)}"
                             for one, other in pairs)

        between_files = cycles(uses)
        for way in between_files:
            yield report(steps(way))
        for parent, between in between_siblings(uses).items():
            for way in cycles(between):
                # The cycle may be one of files, which is already reported.
                if set(way) not in [{path[:len(parent) + 1] for path in files} for files in between_files]:
                    yield report(min(between[step]) for step in steps(way))
        for module in crate.modules.values():
            for name in module.inline:
                yield f"{module.file} has the module {name} in braces, which this rule does not read: give it a file"


def libraries_list_their_modules_in_order(repository):
    """The layout in each `lib.rs` lists every module of the first level. Each module uses only those below it."""
    for crate in crates(repository):
        if not crate.root.endswith("lib.rs"):
            continue
        layout = [line for line in repository.text(crate.root).splitlines() if line.startswith("//! - ")]
        listed = [name for line in layout for name in re.findall(r"`(\w+)`\]?:", line)]
        for name in crate.modules[()].children:
            if (count := listed.count(name)) != 1:
                yield f"the layout in {crate.root} has {name} {count} times, not once"
        wrong = {}
        for one, other in sorted(crate.uses()):
            if one and other and set(listed) >= {one[0], other[0]} and listed.index(one[0]) > listed.index(other[0]):
                wrong.setdefault((one[0], other[0]), f"{crate.file(one)} uses {crate.file(other)}")
        for (one, other), example in wrong.items():
            yield f"the layout in {crate.root} has {one} below {other}, but {example}"
