#!/usr/bin/env python3
"""Holds the tree to its include rules; prints each offending line and exits with 1.

1. Layers point one way: base <- {kv, distance, heuristics} <- graph <- {experiments, python}.
   kv, distance and heuristics never include each other.
2. Headers of engines and other libraries that only one place should know are for .cc files.
3. A header of our own is included by its path from src/ ("kv/store.h") or, in experiments, from
   the root ("experiments/plan.h"), never by its bare name.
4. Every header starts its life with #pragma once.
"""

import argparse
import pathlib
import re
import sys

LAYERS = {
    "base": {"base"},
    "kv": {"base", "kv"},
    "distance": {"base", "distance"},
    "heuristics": {"base", "heuristics"},
    "graph": {"base", "kv", "distance", "heuristics", "graph"},
    "experiments": {"base", "kv", "distance", "heuristics", "graph", "experiments"},
    "python": {"base", "kv", "distance", "heuristics", "graph", "python"},
}

ENGINE_HEADER = re.compile(
    r"(lmdb\.h|rocksdb/.*|hwy/.*|roaring/.*|hdf5(/.*|\.h|_hl\.h)|H5.*\.h"
    r"|toml\+\+/.*|toml\.hpp|boost/.*)"
)
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')

FOLDERS = ("src", "experiments", "python", "tests", "benchmarks")


def layer_of(path):
    """The layer that a file (relative to the root) belongs to, or None: tests may include all."""
    parts = path.parts
    layer = parts[1] if parts[0] == "src" and len(parts) > 2 else parts[0]
    return layer if layer in LAYERS else None


def check_include(path, quote, header, root):
    """What is wrong with `path` including `header`, or None."""
    if path.suffix == ".h" and ENGINE_HEADER.fullmatch(header):
        return f"<{header}> belongs in .cc files only"
    if quote == '"' and "/" not in header and (root / path.parent / header).is_file():
        where = path.parent.relative_to("src") if path.parts[0] == "src" else path.parent
        return f'write "{(where / header).as_posix()}" instead of "{header}"'
    layer, included = layer_of(path), header.split("/")[0]
    if layer and "/" in header and included in LAYERS and included not in LAYERS[layer]:
        return f'{layer} may not include {included} ("{header}")'
    return None


def check_file(path, root):
    """Yields (line, message) for every breach in one file."""
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        message = check_include(path, *match.groups(), root) if match else None
        if message:
            yield number, message
    if path.suffix == ".h" and "#pragma once" not in lines:
        yield 1, "a header needs #pragma once"


def check_tree(root):
    """All breaches as `file:line: message`, by file name; hidden folders are not ours."""
    files = sorted(
        path.relative_to(root)
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in (".h", ".cc")
    )
    files = [path for path in files if not any(part.startswith(".") for part in path.parts)]
    return [f"{path}:{line}: {text}" for path in files for line, text in check_file(path, root)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "root",
        nargs="?",
        type=pathlib.Path,
        default=pathlib.Path(__file__).resolve().parent.parent,
        help="the repository (default: the one that this script lies in)",
    )
    breaches = check_tree(parser.parse_args().root)
    print("\n".join(breaches), end="\n" if breaches else "")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
