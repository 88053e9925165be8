"""What the tests of the measuring programs and scripts share. They run at tiny sizes: each ends well
and prints the rows and fields that the pages which quote it need. Times mean nothing there, and none
is looked at."""

import json
import os
import pathlib
import re
import subprocess
import sys

BUILD = pathlib.Path(os.environ["SKERRY_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["SKERRY_SOURCE_DIR"])
DATA = "clustered(n=1000, d=8, clusters=20)"
STORES = ["memory"] + [
    store for store in ("lmdb", "rocksdb") if store in os.environ["SKERRY_STORES"].split(",")
]


def run(*command):
    """What the command prints; it must end with 0."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def program(name, *arguments):
    return run(BUILD / "benchmarks" / name, *arguments)


def script(name, *arguments):
    return run(sys.executable, "-B", SOURCE / "benchmarks" / name, *arguments)


def google_benchmark(name, *arguments):
    """The entries of the JSON report of a program of Google Benchmark, by name."""
    report = json.loads(program(name, *arguments, "--benchmark_min_time=0.0001",
                                "--benchmark_format=json"))
    return {entry["name"]: entry for entry in report["benchmarks"]}


def tables(markdown):
    """The Markdown tables of a text, each a list of rows by column."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", markdown, flags=re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
                for line in block.splitlines()]
        if any(len(row) != len(rows[0]) for row in rows):
            raise AssertionError(f"rows of different lengths:\n{block}")
        found.append([dict(zip(rows[0], row)) for row in rows[2:]])
    return found
