#!/usr/bin/env python3
"""The table of docs/many-indexes.md: runs namespace_benchmark and prints its lines as Markdown.

  benchmarks/namespace_table.py build [STORE ..] [COUNT ..] [--directory DIR]
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

from machine import heading

COLUMNS = {
    "store": "store",
    "tables": "tables",
    "indexes": "indexes",
    "make_us": "make, us",
    "store_open_ms": "open the store, ms",
    "open_us": "open an index, us",
    "answer_us": "first answer, us",
    "commit_us": "commit an item, us",
    "disk_bytes": "bytes on disk",
}


def cell(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 100 else f"{value:,}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", type=pathlib.Path, help="build directory")
    parser.add_argument("which", nargs="*", help="stores and numbers of indexes; default: all")
    parser.add_argument("--directory", type=pathlib.Path, help="where the stores are made")
    options = parser.parse_args()
    program = options.build / "benchmarks" / "namespace_benchmark"
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        printed = subprocess.run(
            [program, directory, *options.which], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
    rows = [json.loads(line) for line in printed.splitlines()]
    print(heading(), "", sep="\n")
    print("|", " | ".join(COLUMNS.values()), "|")
    print("|---|---|" + "---:|" * (len(COLUMNS) - 2))
    for row in rows:
        print("|", " | ".join(cell(row.get(name)) for name in COLUMNS), "|")


if __name__ == "__main__":
    main()
