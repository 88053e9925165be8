#!/usr/bin/env python3
"""What an update costs against the number of items: runs update_benchmark for each store and size,
and prints Markdown: a line for each store, operation and size, and how cost grows with n.

The growth is the exponent b of cost = a n^b: the least-squares line through the logarithms of the
sizes and of the mean costs. Its 95 % interval comes from 2,000 bootstrap resamples of the updates of
each size (percentiles), so it tells what other updates could have given, not other data.

What is measured goes to a file as JSON Lines. (store, size) pairs that are whole there are not
measured again, so a stopped run goes on where it was; the tables are made from the file.

  benchmarks/update_scaling.py build -o updates.jsonl
  benchmarks/update_scaling.py build -o updates.jsonl --sync
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine

OPERATIONS = ("insert", "replace", "delete")
RESAMPLES = 2000


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", help="build directory")
    parser.add_argument("-o", "--output", required=True, help="JSON Lines, appended to")
    parser.add_argument("--stores", nargs="+", default=["memory", "lmdb", "rocksdb"])
    parser.add_argument(
        "--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000, 1_000_000]
    )
    parser.add_argument(
        "--data", default="clustered(n={n}, d=32, clusters=1000, spread=0.05, queries=1)",
        help="a spec with {n} (%(default)s)",
    )
    parser.add_argument("--metric", default="euclidean")
    parser.add_argument("--operations", type=int, default=300, help="of each kind (%(default)s)")
    parser.add_argument("--batch", type=int, default=1, help="updates of a commit (%(default)s)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--directory", default=None, help="where the stores are; on a disk, to count what it gets"
    )
    parser.add_argument(
        "--sync",
        action="store_true",
        help="instead the rate of synced commits of 100 updates, at 100,000 items of 384 dimensions",
    )
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes, to see that it works; means nothing else"
    )
    options = parser.parse_args(arguments)
    if options.sync:
        options.sizes, options.operations, options.batch = [100_000], 2_000, 100
        options.data = "clustered(n={n}, d=384, clusters=1000, spread=0.05, queries=1)"
    if options.quick:
        options.sizes, options.operations = [200, 400], 20
        options.batch = min(options.batch, 10)
    return options


def settings_of(options, store, size):
    """What makes two measurements the same one."""
    return {
        "store": store,
        "n": size,
        "data": options.data,
        "metric": options.metric,
        "operations": options.operations,
        "batch": options.batch,
        "threads": options.threads,
    }


def known(path):
    """The measurements in the file: settings and lines. A line that a kill cut short ends them."""
    found = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except json.JSONDecodeError:
                program = os.path.basename(sys.argv[0])
                print(f"{program}: {path}: skipped a broken line", file=sys.stderr)
    return found


def measure(options, settings):
    """The lines of update_benchmark, by operation."""
    size = settings["n"]
    with tempfile.TemporaryDirectory(dir=options.directory) as folder:
        command = [
            str(pathlib.Path(options.build) / "benchmarks/update_benchmark"),
            settings["store"],
            folder + "/store",
            options.metric,
            options.data.replace("{n}", str(size + options.operations)),
            str(size),
            str(options.threads),
            str(options.batch),
            str(options.operations),
            "fresh_diskann",
            "symmetric",
            "power",
        ]
        if not options.sync:  # where time is the question, the engine counts nothing
            command.append("counters")
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"update_scaling.py: {' '.join(command)} ended with {done.returncode}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["operation"]: line for line in lines}


def append(path, record):
    """One line in one write, after the end of a line that a kill cut short."""
    with open(path, "ab+") as file:
        if file.tell() > 0:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(record).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def slopes(sizes, costs):
    """Of the line through each row of costs, one cost for each size."""
    return numpy.polyfit(numpy.log(sizes), numpy.log(costs).T, 1)[0]


def exponent(sizes, samples, seed=1):
    """(b, low, high) of cost = a n^b; `samples` are the costs of each size's commits."""
    random = numpy.random.default_rng(seed)
    samples = [numpy.asarray(each, dtype=float) for each in samples]
    drawn = [random.choice(each, (RESAMPLES, len(each))).mean(axis=1) for each in samples]
    low, high = numpy.percentile(slopes(sizes, numpy.column_stack(drawn)), [2.5, 97.5])
    return slopes(sizes, numpy.array([[each.mean() for each in samples]]))[0], low, high


def amount(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def print_costs(measured):
    print("| store | operation | n | in-degree p99 | max | records | lists | bytes "
          "| bytes to files | operations/s |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for operation in OPERATIONS:
        for (store, size), lines in measured.items():
            built, cost = lines["build"], lines[operation]
            cells = [store, operation, f"{size:,}", f"{built['in_degree_p99']:,}",
                     f"{built['in_degree_max']:,}"]
            cells += [amount(cost[field]) for field in
                      ("records", "lists", "bytes", "written_bytes", "per_second")]
            print("| " + " | ".join(cells) + " |")


def print_growth(measured, stores):
    print("\n| store | operation | records grow as | bytes grow as | bytes to files grow as |")
    print("|---|---|---|---|---|")
    for operation in OPERATIONS:
        for store in stores:
            sizes = [size for (of, size) in measured if of == store]
            cells = []
            for field in ("commit_records", "commit_bytes", "commit_written_bytes"):
                samples = [measured[store, size][operation][field] for size in sizes]
                if not all(any(each) for each in samples):
                    cells.append("-")  # a store in memory, or a system that does not tell
                    continue
                value, low, high = exponent(sizes, samples)
                cells.append(f"n^{value:.3f} ({low:.3f} .. {high:.3f})")
            print(f"| {store} | {operation} | " + " | ".join(cells) + " |")


def main(arguments):
    options = parse(arguments)
    path = pathlib.Path(options.output)
    before = known(path)
    measured = {}
    for size in options.sizes:  # the small ones of all stores first: they tell soon
        for store in options.stores:
            settings = settings_of(options, store, size)
            lines = next((each["lines"] for each in before if each["settings"] == settings), None)
            if lines is None:
                print(f"update_scaling.py: {store}, n = {size:,}", file=sys.stderr)
                lines = measure(options, settings)
                append(path, {"settings": settings, "lines": lines})
            measured[store, size] = lines
    print(machine.heading() + "\n")
    print_costs(dict(sorted(measured.items(), key=lambda each: options.stores.index(each[0][0]))))
    if len(options.sizes) > 1:
        print_growth(measured, options.stores)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
