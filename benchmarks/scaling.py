#!/usr/bin/env python3
"""What searches and builds cost against the number of items: runs `skerry run` for each size and
law of data, and prints Markdown: a line for each size, and the exponents of the growth.

A search's cost is taken at ef = 64, where recall falls as n grows, and at recall 0.95, where ef
grows: both the microseconds of a query and its distance computations, which no clock blurs. The
point at a recall lies between two values of ef (peers/curves.py) and is left empty where they do
not enclose it. A build's cost is seconds and distances an item.

The growth is the exponent b of cost = a n^b, the least-squares line through the logarithms; the
interval is that of 2,000 bootstrap resamples of each size's rounds, so it holds the noise of this
machine, not other data. Counts of distances are the same in every round: theirs has no width.

What is measured goes to a file as JSON Lines. (data, size, round) that are there are not measured
again, so a stopped run goes on where it was; the tables are made from the file.

  benchmarks/scaling.py build -o scaling.jsonl
  benchmarks/scaling.py build -o scaling.jsonl --data 'low_rank(n={n}, d=128, rank=16)'
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "peers")]
import curves
import machine
from update_scaling import append, exponent, known

RECALL, EF = 0.95, 64
DATA = [
    "clustered(n={n}, d=32, clusters=1000, spread=0.1, queries=1000)",
    "low_rank(n={n}, d=128, rank=16, queries=1000)",
]
# What is told of a measurement, with its title.
COLUMNS = {
    "us_at_ef": f"us at ef {EF}",
    "distances_at_ef": f"distances at ef {EF}",
    "us_at_recall": f"us at recall {RECALL}",
    "distances_at_recall": f"distances at recall {RECALL}",
    "build_seconds": "build s",
    "build_distances": "build distances an item",
}


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("build", type=pathlib.Path, help="build directory")
    add("-o", "--output", required=True, type=pathlib.Path, help="JSON Lines, appended to")
    add("--data", action="append", help="a spec with {n}; repeatable (default: a law with "
        "clusters, a law of low rank)")
    add("--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000, 1_000_000])
    add("--rounds", type=int, default=3, help="builds and searches of each size (default: 3)")
    add("--metric", default="euclidean")
    add("--store", default="memory")
    add("--view", default="frozen")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="for `skerry run`")
    add("--M", type=int, default=16)
    add("--ef-construction", type=int, default=100)
    add("--threads", type=int, default=2, help="of builds; searches take one (default: 2)")
    add("--ef", nargs="+", type=int,
        default=[10, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024])
    add("--quick", action="store_true",
        help="tiny sizes, to see that it works; means nothing else")
    options = parser.parse_args(arguments)
    options.data = options.data or DATA
    if any("{n}" not in data for data in options.data):
        parser.error("--data takes specs with {n}")
    if options.quick:
        options.sizes, options.rounds = [200, 400, 800], 2
        options.data = [data.replace("queries=1000", "queries=20") for data in options.data]
    options.ef = sorted({EF, *options.ef})
    return options


def settings_of(options, data, size, number):
    """What makes two measurements the same one."""
    names = ("metric", "store", "view", "set", "M", "ef_construction", "threads", "ef")
    return {"data": data, "n": size, "round": number,
            **{name: getattr(options, name) for name in names}}


def config_text(settings):
    text = {name: json.dumps(settings[name]) for name in ("metric", "store", "view")}
    spec = json.dumps(settings["data"].replace("{n}", str(settings["n"])))
    return f"""name = "scaling"
[dataset]
spec = {spec}
[build]
store = {text["store"]}
metric = {text["metric"]}
M = {settings["M"]}
ef_construction = {settings["ef_construction"]}
threads = {settings["threads"]}
[search]
view = {text["view"]}
ef = {json.dumps(settings["ef"])}
"""


def measure(options, settings):
    """The records of one `skerry run`, cut down to what the tables need."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "scaling.toml").write_text(config_text(settings), encoding="utf-8")
        command = [str(options.build / "skerry"), "run", str(folder / "scaling.toml"), "-o",
                   str(folder / "results"), "--no-cache", "--no-noise", "--quiet"]
        command += [word for setting in settings["set"] for word in ("--set", setting)]
        if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            sys.exit(f"scaling.py: {' '.join(command)} failed")
        lines = (folder / "results/results.jsonl").read_text(encoding="utf-8").splitlines()
    records = sorted(map(json.loads, lines), key=lambda record: record["config"]["ef"])
    return {
        "points": [{"ef": record["config"]["ef"], "recall": record["recall"]["strict"],
                    "us": 1e6 / record["qps"]["median"],
                    "distances": record["work"]["distances"] + record["work"]["code_distances"]}
                   for record in records],
        "build": {key: records[0]["build"][key] for key in ("seconds", "distances")},
    }


def costs(result, size):
    """The COLUMNS of one measurement; None where there is nothing to interpolate between."""
    points = result["points"]
    fixed = next(point for point in points if point["ef"] == EF)

    def at_recall(field):
        return curves.value_at([(point["recall"], point[field]) for point in points], RECALL)

    return {
        "us_at_ef": fixed["us"],
        "distances_at_ef": fixed["distances"],
        "us_at_recall": at_recall("us"),
        "distances_at_recall": at_recall("distances"),
        "build_seconds": result["build"]["seconds"],
        "build_distances": result["build"]["distances"] / size,
        "recall_at_ef": fixed["recall"],
    }


def amount(values):
    """The median of the rounds."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    value = statistics.median(values)
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def print_costs(measured):
    print(f"| data | n | recall at ef {EF} | " + " | ".join(COLUMNS.values()) + " |")
    print("|---|---:|" + "---:|" * (len(COLUMNS) + 1))
    for (data, size), rounds in measured.items():
        recall = statistics.median(each["recall_at_ef"] for each in rounds)
        cells = [data.split("(")[0], f"{size:,}", f"{recall:.4f}"]
        cells += [amount([each[name] for each in rounds]) for name in COLUMNS]
        print("| " + " | ".join(cells) + " |")


def growth(sizes, samples):
    """n^b (low .. high) over the sizes that have a value in every round."""
    known_sizes = [(size, each) for size, each in zip(sizes, samples) if None not in each]
    if len(known_sizes) < 2:
        return "-"
    value, low, high = exponent(*zip(*known_sizes))
    note = "" if len(known_sizes) == len(sizes) else f", {len(known_sizes)} sizes"
    return f"n^{value:.3f} ({low:.3f} .. {high:.3f}){note}"


def print_growth(measured, laws):
    print("\n| cost | " + " | ".join(f"{data.split('(')[0]} grows as" for data in laws) + " |")
    print("|---|" + "---:|" * len(laws))
    for name, title in COLUMNS.items():
        cells = []
        for data in laws:
            sizes = [size for (of, size) in measured if of == data]
            cells.append(growth(
                sizes, [[each[name] for each in measured[data, size]] for size in sizes]))
        print(f"| {title} | " + " | ".join(cells) + " |")


def main(arguments):
    options = parse(arguments)
    before = known(options.output)
    measured = {(data, size): [] for data in options.data for size in options.sizes}
    for number in range(options.rounds):
        for size in options.sizes:  # the small ones of all laws first: they tell soon
            for data in options.data:
                settings = settings_of(options, data, size, number)
                result = next((each["result"] for each in before
                               if each.get("settings") == settings), None)
                if result is None:
                    print(f"scaling.py: round {number + 1}: {data}, n = {size:,}", file=sys.stderr)
                    result = measure(options, settings)
                    append(options.output, {"settings": settings, "result": result})
                measured[data, size].append(costs(result, size))
    print(machine.heading() + "\n")
    for data in options.data:
        print(f"- `{data}`, {options.metric}")
    print(f"- {options.store}, {options.view}, M = {options.M}, ef_construction = "
          f"{options.ef_construction}, {options.threads} threads build, one searches, "
          f"{options.rounds} rounds\n")
    print_costs(measured)
    if len(options.sizes) > 1:
        print_growth(measured, options.data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
