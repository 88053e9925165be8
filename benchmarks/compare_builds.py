#!/usr/bin/env python3
"""Is a build of the repository faster than another? Runs the same work with both by turns, and says
faster, slower or no difference, with the ratio of costs (after / before) and its interval.

The work is a config of `skerry run` (time a query at every search point, seconds of every build) or
a program of Google Benchmark (time of every entry). A round runs both builds, in an order that is
drawn. The verdict is that of a randomisation test over the rounds (paired.py) at --level; p-values
of single rows are adjusted (Holm), so that among many rows none is different by chance; the row
`all` is the mean over rows of log(after / before). Give the same build twice to see the noise.

  benchmarks/compare_builds.py before/build after/build --config experiments/configs/quickstart.toml
  benchmarks/compare_builds.py before/build after/build --benchmark kernel_benchmark --filter /128/

Exit status: 0, or 1 when --fail-on-slower is given and any verdict is `slower`.
"""

import argparse
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine
import paired

SEARCH_KEYS = {"k", "ef", "view", "traversal", "oversample", "termination", "threads",
               "repetitions", "cache", "memory_limit"}


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("before", type=pathlib.Path, help="build directory")
    add("after", type=pathlib.Path, help="build directory")
    work = parser.add_mutually_exclusive_group(required=True)
    work.add_argument("--config", type=pathlib.Path, help="of `skerry run`")
    work.add_argument("--benchmark", help="a program in benchmarks/ of the build directories")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="with --config; repeatable")
    add("--what", choices=("search", "build", "both"), default="both",
        help="with --config: search takes graphs from the cache (default: both)")
    add("--filter", default=".", help="with --benchmark: entries by regular expression")
    add("--min-time", type=float, default=0.2, help="with --benchmark: seconds of an entry")
    add("--time", choices=("cpu", "real"), default="cpu",
        help="with --benchmark: time of the processor, or by the wall and of programs that take "
             "their own (default: cpu)")
    add("--rounds", type=int, default=10, help="(default: 10)")
    add("--level", type=float, default=0.05, help="of the tests and intervals (default: 0.05)")
    add("--seed", type=int, default=1, help="of the order within rounds")
    add("--fail-on-slower", action="store_true")
    options = parser.parse_args(arguments)
    if not 0 < options.level < 1:
        parser.error("--level lies between 0 and 1")
    least = paired.least_rounds(options.level)
    if options.rounds < least:
        parser.error(f"{options.rounds} rounds cannot show a difference at level "
                     f"{options.level:g}: take {least} or more")
    for build in (options.before, options.after):
        program = program_of(options, build)
        if not program.is_file():
            parser.error(f"there is no {program}")
    return options


def program_of(options, build):
    return build / "benchmarks" / options.benchmark if options.benchmark else build / "skerry"


def call(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or ["no message"]
        sys.exit(f"compare_builds.py: {command[0]} ended with {done.returncode}: {words[-1]}")
    return done.stdout


def run_benchmark(options, build):
    """({entry: time}, {}) of one run."""
    report = json.loads(call([program_of(options, build), f"--benchmark_filter={options.filter}",
                              f"--benchmark_min_time={options.min_time}",
                              "--benchmark_format=json"]))
    return {entry["name"]: entry[f"{options.time}_time"] for entry in report["benchmarks"]}, {}


def run_config(options, build):
    """({row: seconds}, {row: what must not change}) of one run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program_of(options, build), "run", options.config, "-o", folder, "--no-noise",
                   "--quiet"]
        command += [word for setting in options.set for word in ("--set", setting)]
        command += [] if options.what == "search" else ["--no-cache"]
        call(command)
        lines = (pathlib.Path(folder) / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return costs_of([json.loads(line) for line in lines], options.what)


def costs_of(records, what):
    """Seconds a query of each point, and of each build; rows are named by what differs in them."""
    varied = {key for record in records for key in record["config"]
              if len({json.dumps(each["config"].get(key)) for each in records}) > 1}
    costs, same = {}, {}
    for record in records:
        config = record["config"]

        def name(keys):
            return " ".join(f"{key}={config[key]}" for key in sorted(keys) if key in config)

        if what != "build":
            row = f"search {name(varied)}".strip()
            costs[row] = 1 / record["qps"]["median"]
            same[row] = [record["graph_digest"], record["recall"]["strict"]]
        if what != "search":
            row = f"build {name(varied - SEARCH_KEYS)}".strip()
            costs[row] = record["build"]["seconds"]
            same[row] = record["graph_digest"]
    return costs, same


def measure(options):
    """([(costs before, costs after)] by round, rows whose graphs or recall are not the same)."""
    run = run_benchmark if options.benchmark else run_config
    draw = random.Random(options.seed)
    rounds, changed = [], set()
    for number in range(options.rounds):
        order = [("before", options.before), ("after", options.after)]
        if draw.random() < 0.5:
            order.reverse()
        costs, same = {}, {}
        for side, build in order:
            print(f"compare_builds.py: round {number + 1}: {side}", file=sys.stderr)
            costs[side], same[side] = run(options, build)
        rounds.append((costs["before"], costs["after"]))
        changed |= {row for row in same["before"]
                    if row in same["after"] and same["before"][row] != same["after"][row]}
    return rounds, changed


def compare(rounds, level):
    """[(row, ratio, low, high, p, verdict)], the last one of all rows together."""
    rows = [row for row in rounds[0][0] if all(row in side for pair in rounds for side in pair)]
    logs = {row: [math.log(after[row] / before[row]) for before, after in rounds] for row in rows}
    if not logs:
        return []
    adjusted = paired.holm([paired.p_value(each) for each in logs.values()])
    found = [line(row, each, p, level) for (row, each), p in zip(logs.items(), adjusted)]
    means = [sum(each) / len(each) for each in zip(*logs.values())]
    return found + [line("all", means, paired.p_value(means), level)]


def line(row, differences, p, level):
    ratio = math.exp(sum(differences) / len(differences))
    low, high = map(math.exp, paired.interval(differences, level))
    return row, ratio, low, high, p, paired.verdict(ratio, p, level)


def main(arguments):
    options = parse(arguments)
    rounds, changed = measure(options)
    found = compare(rounds, options.level)
    if not found:
        sys.exit("compare_builds.py: the builds have no row in common")
    print(machine.heading() + "\n")
    print(f"{options.rounds} rounds; {1 - options.level:.0%} intervals of single rows.\n")
    print("| | after / before | interval | p | verdict |\n|---|---:|---:|---:|---|")
    for row, ratio, low, high, p, word in found:
        print(f"| {row} | {ratio:.3f} | {low:.3f} .. {high:.3f} | {p:.3g} | {word} |")
    if changed:
        print(f"\nGraph or recall changed: {'; '.join(sorted(changed))}.")
    elif not options.benchmark:
        print("\nGraphs and recall are the same.")
    slower = any(word == "slower" for *_, word in found)
    return 1 if options.fail_on_slower and slower else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
