#!/usr/bin/env python3
"""What the interface of stores costs: runs store_benchmark and prints a table, a line for each call:
median nanoseconds by the engine's own calls and through the interface, and their ratio.

A repetition gives a pair of times that were taken by turns (store_benchmark.cc). The ratio is the
median over the repetitions, the spread their smallest and largest. Exit status: 0 when every median
is at most --limit, 1 when one is over it, 2 when the benchmark fails.

  benchmarks/interface_cost.py build/benchmarks/store_benchmark
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("program", help="store_benchmark of a build")
    parser.add_argument("--limit", type=float, default=1.05, help="largest ratio (%(default)s)")
    parser.add_argument("--repetitions", type=int, default=11)
    parser.add_argument("--min-time", type=float, default=0.2, help="seconds of a repetition")
    parser.add_argument("--records", type=int, default=100_000, help="in each store")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="tiny sizes, to see that it works: the ratios mean nothing and none is too large",
    )
    parser.add_argument("--filter", default=".", help="calls by regular expression")
    parser.add_argument(
        "--directory",
        default="/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir(),
        help="where the stores are; best in memory (%(default)s)",
    )
    options = parser.parse_args(arguments)
    if options.quick:
        options.repetitions, options.min_time, options.records = 1, 0.001, 1000
        options.limit = float("inf")
    return options


def measure(options):
    """The program's report, or None when it failed."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        done = subprocess.run(
            [
                options.program,
                f"--records={options.records}",
                f"--directory={options.directory}",
                f"--benchmark_filter={options.filter}",
                f"--benchmark_repetitions={options.repetitions}",
                f"--benchmark_min_time={options.min_time}",
                f"--benchmark_out={report.name}",
                "--benchmark_out_format=json",
            ],
            stdout=subprocess.DEVNULL,
        )
        return json.load(report) if done.returncode == 0 else None


def rows(report):
    """(call, raw ns, interface ns, ratio, smallest, largest), in the order of the report."""
    pairs = {}
    for run in report["benchmarks"]:
        if run["run_type"] == "iteration":
            name = run["name"].split("/manual_time")[0]
            pairs.setdefault(name, []).append((run["raw_ns"], run["interface_ns"]))
    for name, times in pairs.items():
        ratios = [through / raw for raw, through in times]
        yield (
            name,
            statistics.median(raw for raw, _ in times),
            statistics.median(through for _, through in times),
            statistics.median(ratios),
            min(ratios),
            max(ratios),
        )


def main(arguments):
    options = parse(arguments)
    report = measure(options)
    if report is None or not report["benchmarks"]:
        print("store_benchmark failed or found no call of this name", file=sys.stderr)
        return 2
    print("| call | raw ns | through the interface ns | ratio | spread |")
    print("|---|---:|---:|---:|---:|")
    over = []
    for name, raw, through, ratio, least, most in rows(report):
        print(f"| {name} | {raw:.1f} | {through:.1f} | {ratio:.3f} | {least:.3f}..{most:.3f} |")
        if ratio > options.limit:
            over.append(name)
    if over:
        print(f"over {options.limit}: {', '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
