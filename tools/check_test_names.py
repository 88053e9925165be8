#!/usr/bin/env python3
"""Checks that the tests that documents name exist; prints each name that does not and exits with 1.

A name is what stands between backquotes and reads `Suite.Test` (GoogleTest, both parts begin with a
capital) or `test_something` (Python). It is searched for in the text of tests/ and python/tests/.
A family, `Suite.*`, is refused: it would hold as long as one test of it is left.
"""

import argparse
import pathlib
import re
import sys

DOCUMENTS = ("docs/parity.md", "docs/peer-bugs.md")
FOLDERS = ("tests", "python/tests")

QUOTED = re.compile(r"`([^`\n]+)`")
CPP_NAME = re.compile(r"[A-Z]\w*\.[A-Z]\w*")
PYTHON_NAME = re.compile(r"test_\w+")
FAMILY = re.compile(r"[A-Z]\w*\.\w*\*")
CPP_TEST = re.compile(r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP)\(\s*(\w+),\s*(\w+)")
PYTHON_TEST = re.compile(r"^\s*def (test_\w+)\(", re.MULTILINE)


def tests_of(root):
    """The names of all tests below `root`."""
    names = set()
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.suffix == ".cc":
                text = path.read_text(encoding="utf-8")
                names.update(f"{suite}.{test}" for suite, test in CPP_TEST.findall(text))
            elif path.suffix == ".py":
                names.update(PYTHON_TEST.findall(path.read_text(encoding="utf-8")))
    return names


def check_document(text, tests):
    """Yields (line, message) for every name that is wrong; line 0 is the whole document."""
    met = 0
    for number, line in enumerate(text.splitlines(), 1):
        for quoted in QUOTED.findall(line):
            if FAMILY.fullmatch(quoted):
                yield number, f"`{quoted}` is a family; name the test"
            elif CPP_NAME.fullmatch(quoted) or PYTHON_NAME.fullmatch(quoted):
                met += 1
                if quoted not in tests:
                    yield number, f"there is no test `{quoted}`"
    if met == 0:
        yield 0, "the document names no test"


def check_tree(root):
    """All mistakes as `file:line: message`."""
    tests = tests_of(root)
    return [
        f"{name}:{line}: {message}"
        for name in DOCUMENTS
        for line, message in check_document((root / name).read_text(encoding="utf-8"), tests)
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "root",
        nargs="?",
        type=pathlib.Path,
        default=pathlib.Path(__file__).resolve().parent.parent,
        help="the repository (default: the one that this script lies in)",
    )
    mistakes = check_tree(parser.parse_args().root)
    print("\n".join(mistakes), end="\n" if mistakes else "")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
