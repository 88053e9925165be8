#!/usr/bin/env python3
"""What searches must cost, and where the rest goes: `skerry run` counts the distances of a
query, kernel_benchmark times one, and their product stands against the measured time, per view.

Two marks, by the time of a row in batches of 32. `cache`: rows in the first cache, so arithmetic
only, what no layout can go below. `memory`: rows at random places of 512 MiB, each a miss; a set
that fits a cache, or whose rows were fetched ahead, lies below it. Walks by codes count their codes
by the encoding's kernel, and the rows that they rescore by the metric's. The rest of the time is
split as `skerry run` splits it, in a pass of its own that reads the clock within each query, so
that its shares mean more than its sum.

A dimension between two of kernel_benchmark's takes what lies between their times; outside of them
nothing is told.

  build/benchmarks/kernel_benchmark --benchmark_format=json >kernels.json
  build/skerry run CONFIG.toml -o DIR
  benchmarks/limit.py DIR/results.jsonl kernels.json
"""

import argparse
import json
import os
import pathlib
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine

PLACES = ("cache", "memory")
PARTS = ("distance", "heap", "store", "decode")
# What makes a view another one, and the value that goes without saying.
DEFAULTS = {"layout": "apart", "encoding": "f32", "traversal": "f32", "codec": "delta",
            "selection": "hnsw", "threads": 1}


class Kernels:
    """Seconds of one row, from the report of kernel_benchmark."""

    def __init__(self, report):
        self._times = {}
        for entry in report["benchmarks"]:
            if entry.get("run_type", "iteration") != "iteration" or "row" not in entry:
                continue
            name, dimension, kind, place = entry["name"].split("/")[:4]
            if kind == "batch":
                times = self._times.setdefault((name, place), {})
                times.setdefault(int(dimension), []).append(entry["row"])

    def seconds(self, name, dimension, place):
        """Of a metric's or an encoding's kernel; None where the report does not tell."""
        times = {at: min(each) for at, each in self._times.get((name, place), {}).items()}
        below = max((at for at in times if at <= dimension), default=None)
        above = min((at for at in times if at >= dimension), default=None)
        if below is None or above is None:
            return None
        if below == above:
            return times[below]
        share = (dimension - below) / (above - below)
        return times[below] + share * (times[above] - times[below])


def mark(record, kernels, place):
    """Microseconds that the distances of a query take by themselves; None where nothing tells."""
    config, work = record["config"], record["work"]
    dimension = record["dataset"]["dimension"]
    total = 0.0
    for count, name in ((work["distances"], config["metric"]),
                        (work.get("code_distances", 0), config["traversal"])):
        if count:
            seconds = kernels.seconds(name, dimension, place)
            if seconds is None:
                return None
            total += count * seconds * 1e6
    return total


def name_of(record):
    """Store and view, and what else is not as it is by default."""
    config = record["config"]
    words = [f"{key}={config[key]}" for key, value in DEFAULTS.items()
             if config.get(key, value) != value]
    return " ".join([f"{config['store']}+{config['view']}", *words])


def split_of(record):
    """Each part's share of the split time, in percent; `-` where the record has none."""
    split = record.get("time_split_us") or {}
    total = sum(split.get(part, 0) for part in PARTS)
    return [f"{100 * split.get(part, 0) / total:.0f} %" if total else "-" for part in PARTS]


def rows(records, kernels):
    found = []
    for record in records:
        work = record["work"]
        measured = 1e6 / record["qps"]["median"] * record["config"]["threads"]
        cells = [name_of(record), str(record["config"]["ef"]),
                 f"{record['recall']['strict']:.4f}", f"{work['distances']:,.0f}",
                 f"{work.get('code_distances', 0):,.0f}", f"{measured:,.1f}"]
        for place in PLACES:
            least = mark(record, kernels, place)
            cells += ["-", "-"] if least is None else [f"{least:,.1f}",
                                                       f"{100 * least / measured:.0f} %"]
        found.append(cells + split_of(record))
    return found


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=pathlib.Path, help="results.jsonl of `skerry run`")
    parser.add_argument("kernels", type=pathlib.Path, help="JSON report of kernel_benchmark")
    parser.add_argument("--ef", type=int, nargs="+", help="only these (default: all)")
    return parser.parse_args(arguments)


def read_json(path, parse_text):
    try:
        return parse_text(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"limit.py: {path}: {error}")


def main(arguments):
    options = parse(arguments)
    records = read_json(options.results, lambda text: list(map(json.loads, text.splitlines())))
    report = read_json(options.kernels, json.loads)
    targets = {record["provenance"]["kernel_target"] for record in records}
    if targets - {report["context"].get("kernel_target")}:
        sys.exit(f"limit.py: the searches ran kernels for {', '.join(sorted(targets))}, the "
                 f"benchmark those for {report['context'].get('kernel_target')}: measure both "
                 f"on one machine")
    latest = {record["point"]: record for record in records
              if (options.ef is None or record["config"]["ef"] in options.ef)}
    print(machine.heading() + "\n")
    print("| view | ef | recall | distances | of codes | measured us | cache mark us | cache share "
          "| memory mark us | memory share | " + " | ".join(PARTS) + " |")
    print("|---|" + "---:|" * (9 + len(PARTS)))
    ordered = sorted(latest.values(), key=lambda record: (
        record["config"]["store"], record["config"]["view"], record["config"]["traversal"],
        record["config"]["ef"]))
    for cells in rows(ordered, Kernels(report)):
        print("| " + " | ".join(cells) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
