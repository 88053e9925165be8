#!/usr/bin/env python3
"""The table of docs/churn.md, from the results of `skerry run experiments/configs/churn.toml`: for each
selection rule a line for a fresh build of the items, and for each churn the index as it began, in the
middle and at the end. Means over seeds; recall with its smallest and largest.

  benchmarks/churn_table.py results/churn [--ef 64]
"""

import argparse
import json
import pathlib
import re
import sys

DEFAULTS = {"repair": "fresh_diskann", "in_links": "symmetric"}
COLUMNS = {
    "recall": "recall@{k}",
    "unreachable": "out of reach",
    "degree_mean": "mean degree",
    "in_degree_p99": "in-degree p99",
    "in_degree_max": "max",
    "gone": "gone",
    "link_bytes": "link bytes",
    "seconds": "seconds a round",
}


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", type=pathlib.Path, help="of the results")
    parser.add_argument("--ef", type=int, default=64)
    return parser.parse_args(arguments)


def policies(via):
    """Repair and in-links of a churn."""
    inner = via.partition("(")[2].rpartition(")")[0]
    given = dict(re.findall(r"(\w+)\s*=\s*(\w+(?:\([^()]*\))?)", inner))
    return [given.get(name, value) for name, value in DEFAULTS.items()]


def percentile(histogram, share):
    """The smallest degree that so large a share of the items does not exceed."""
    items, seen = sum(histogram), 0
    for degree, count in enumerate(histogram):
        seen += count
        if seen >= share * items:
            return degree
    return 0


def fresh(record):
    """A round of an index that was built at once."""
    base = record["graph"]["degrees"][0]
    return {
        "recall": record["recall"]["tie"],
        "unreachable": record["graph"]["unreachable_base"],
        "degree_mean": base["links"] / base["items"],
        "in_degree_p99": percentile(base["in_histogram"], 0.99),
        "in_degree_max": len(base["in_histogram"]) - 1,
        "gone": 0,
        "link_bytes": record["links"]["logical_bytes"],
        "seconds": record["build"]["seconds"],
    }


def rounds_of(record):
    """What the table shows of a record, by what its first column says."""
    if "churn" not in record:
        return {"fresh build": fresh(record)}
    config, churn = record["config"], record["churn"]
    at = churn["searches"].index({"k": config["k"], "ef": config["ef"]})
    rounds = churn["rounds"]
    shown = sorted({0, len(rounds) // 2, len(rounds) - 1})
    return {str(number): {**rounds[number], "recall": rounds[number]["recall"][at]}
            for number in shown}


def cell(name, values):
    """The mean over seeds; of recall also the least and the most."""
    mean = sum(values) / len(values)
    if name == "recall":
        spread = f" ({min(values):.4f} .. {max(values):.4f})" if len(values) > 1 else ""
        return f"{mean:.4f}{spread}"
    if name in ("degree_mean", "seconds"):
        return f"{mean:.2f}"
    return f"{mean:,.0f}" if mean >= 100 or mean == int(mean) else f"{mean:.1f}"


def heading(records):
    """Two lines: what was measured, where."""
    record = next(record for record in records if "churn" in record)
    data, provenance, config = record["dataset"], record["provenance"], record["config"]
    churn = record["churn"]
    build = ", ".join(f"{name}={config[name]}"
                      for name in ("M", "ef_construction", "store", "codec", "build_threads"))
    seeds = ", ".join(map(str, sorted({record["config"]["seed"] for record in records})))
    return (f"{data['name']}, {data['n']:,} items, {data['queries']} queries, ef={config['ef']}, "
            f"{build}; means over seeds {seeds}; {len(churn['rounds']) - 1} rounds that replace "
            f"{churn['replaced']:,} items, {churn['held_back']:,} held back.\n"
            f"{provenance['cpu']}, {provenance['cores']} cores, commit {provenance['commit']}, "
            f"{provenance['started'][:10]}.")


def main(arguments):
    options = parse(arguments)
    lines = (options.directory / "results.jsonl").read_text(encoding="utf-8").splitlines()
    records = {}
    for record in map(json.loads, lines):
        if record["config"]["ef"] == options.ef:
            records[record["point"]] = record  # of several the last
    records = list(records.values())
    if not any("churn" in record for record in records):
        print(f"churn_table.py: no churn at ef = {options.ef} in {options.directory}",
              file=sys.stderr)
        return 1
    print(heading(records) + "\n")
    titles = [title.format(k=records[0]["config"]["k"]) for title in COLUMNS.values()]
    print("| selection | connectivity | repair | in_links | round | " + " | ".join(titles) + " |")
    print("|---|---|---|---|---|" + "---:|" * len(titles))
    indexes = {}  # of all seeds
    for record in records:
        key = tuple(record["config"][name] for name in ("selection", "connectivity", "via"))
        indexes.setdefault(key, []).append(record)
    for (selection, connectivity, via), same in indexes.items():
        names = policies(via) if "churn" in same[0] else ["-", "-"]
        seeds = [rounds_of(record) for record in same]
        for label in seeds[0]:
            cells = [cell(name, [rounds[label][name] for rounds in seeds]) for name in COLUMNS]
            print("| " + " | ".join([selection, connectivity, *names, label, *cells]) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
