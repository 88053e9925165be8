#!/usr/bin/env python3
"""What searches must cost, and where the rest goes: `skerry run` counts the distances of a
query, kernel_benchmark times one, and their product stands against the measured time, per view.

Two marks, by the time of a row in batches of 32. `cache`: rows in the first cache, so arithmetic
only, what no layout can go below. `memory`: rows at random places of 512 MiB, each a miss; a set
that fits a cache, or whose rows were fetched ahead, lies below it. Walks by codes count their codes
by the encoding's kernel, and the rows that they rescore by the metric's. The rest of the time is
split as `skerry run` splits it, in a pass of its own that reads the clock within each query, so
that its shares mean more than its sum.

With a report of store_benchmark, views that read the store on each access (`direct`) have the mark
of their gets as well: of lists, as of records of 100 bytes, and of vectors, by their size, in
multi_gets of 32 by the engine's own calls (RocksDB: opened to read and mapped, as `skerry run` has
it). It stands beside the `memory` mark, and the share is that of both together.

A dimension or size between two that were measured takes what lies between their times; outside of
them nothing is told.

  build/benchmarks/kernel_benchmark --benchmark_format=json >kernels.json
  build/skerry run CONFIG.toml -o DIR
  benchmarks/limit.py DIR/results.jsonl kernels.json
  build/benchmarks/store_benchmark --benchmark_filter=multi_get32 --benchmark_format=json \\
      >stores.json
  benchmarks/limit.py DIR/results.jsonl kernels.json --stores stores.json
"""

import argparse
import json
import os
import pathlib
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine

PLACES = ("cache", "memory")
LIST_BYTES = 100  # of a record of links: the smallest that store_benchmark has
PARTS = ("distance", "heap", "store", "decode")
# What makes a view another one, and the value that goes without saying.
DEFAULTS = {"layout": "apart", "encoding": "f32", "traversal": "f32", "codec": "delta",
            "selection": "hnsw", "threads": 1}


def between(times, at):
    """The value at a place of {place: [values]}: the smallest measured there, or on the line
    between its neighbours; None outside of all."""
    times = {place: min(values) for place, values in times.items()}
    below = max((place for place in times if place <= at), default=None)
    above = min((place for place in times if place >= at), default=None)
    if below is None or above is None:
        return None
    if below == above:
        return times[below]
    share = (at - below) / (above - below)
    return times[below] + share * (times[above] - times[below])


class Stores:
    """Nanoseconds of one get of many, from the report of store_benchmark; {} tells nothing."""

    engines = {"lmdb": "lmdb", "rocksdb": "rocksdb-mapped"}

    def __init__(self, report):
        self._times = {}
        for entry in report.get("benchmarks", []):
            engine, call, size = entry["name"].split("/")[:3]
            if call == "multi_get32" and entry.get("run_type", "iteration") == "iteration":
                times = self._times.setdefault(engine, {})
                times.setdefault(int(size), []).append(entry["raw_ns"])

    def microseconds(self, record):
        """Of a query's gets; None where the view keeps what it read, or nothing tells."""
        config, work = record["config"], record["work"]
        if config["view"] != "direct" or config["traversal"] != "f32":
            return None
        times = self._times.get(self.engines.get(config["store"]), {})
        vectors = min(work["distances"], work["gets"])
        one_list = between(times, LIST_BYTES)
        one_vector = between(times, 4 * record["dataset"]["dimension"])
        if one_list is None or one_vector is None:
            return None
        return 1e-3 * (vectors * one_vector + (work["gets"] - vectors) * one_list)


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
        return between(self._times.get((name, place), {}), dimension)


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


def rows(records, kernels, stores):
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
        gets = stores.microseconds(record)
        cells += ["-", "-"] if gets is None or least is None else [
            f"{gets:,.1f}", f"{100 * (gets + least) / measured:.0f} %"]
        found.append(cells + split_of(record))
    return found


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=pathlib.Path, help="results.jsonl of `skerry run`")
    parser.add_argument("kernels", type=pathlib.Path, help="JSON report of kernel_benchmark")
    parser.add_argument("--stores", type=pathlib.Path, help="JSON report of store_benchmark")
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
          "| memory mark us | memory share | gets us | share with gets | "
          + " | ".join(PARTS) + " |")
    print("|---|" + "---:|" * (11 + len(PARTS)))
    ordered = sorted(latest.values(), key=lambda record: (
        record["config"]["store"], record["config"]["view"], record["config"]["traversal"],
        record["config"]["ef"]))
    stores = Stores(read_json(options.stores, json.loads) if options.stores else {})
    for cells in rows(ordered, Kernels(report), stores):
        print("| " + " | ".join(cells) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
