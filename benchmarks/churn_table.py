#!/usr/bin/env python3
"""The table of docs/churn.md, from the results of `skerry run experiments/configs/churn.toml`: a line
for a fresh build of the items, and for each churn the index as it began, in the middle and at the end.

  benchmarks/churn_table.py results/churn [--ef 64]
"""

import argparse
import json
import pathlib
import re
import sys

DEFAULTS = {"repair": "fresh_diskann", "in_links": "symmetric", "connectivity": "none"}
COLUMNS = {
    "round": "round",
    "recall": "recall@{k}",
    "unreachable": "out of reach",
    "degree_mean": "mean degree",
    "in_degree_p99": "in-degree p99",
    "in_degree_max": "max",
    "entry_points": "entry points",
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
    """Repair, in-links and connectivity of a churn."""
    given = dict(re.findall(r"(\w+)\s*=\s*([\w.]+)", via))
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
        "round": "fresh build",
        "recall": record["recall"]["tie"],
        "unreachable": record["graph"]["unreachable_base"],
        "degree_mean": base["links"] / base["items"],
        "in_degree_p99": percentile(base["in_histogram"], 0.99),
        "in_degree_max": len(base["in_histogram"]) - 1,
        "entry_points": "",
        "gone": 0,
        "link_bytes": record["links"]["logical_bytes"],
        "seconds": record["build"]["seconds"],
    }


def churned(record):
    """Some of its rounds."""
    config, churn = record["config"], record["churn"]
    at = churn["searches"].index({"k": config["k"], "ef": config["ef"]})
    rounds = churn["rounds"]
    for number in sorted({0, len(rounds) // 2, len(rounds) - 1}):
        yield {**rounds[number], "recall": rounds[number]["recall"][at]}


def cell(name, value):
    if isinstance(value, float):
        return f"{value:.4f}" if name == "recall" else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else value


def heading(record):
    data, provenance, config = record["dataset"], record["provenance"], record["config"]
    build = ", ".join(f"{name}={config[name]}" for name in ("M", "ef_construction", "store", "codec",
                                                            "seed"))
    rounds = next((f"; {len(churn['rounds']) - 1} rounds that replace {churn['replaced']:,} items, "
                   f"{churn['held_back']:,} held back"
                   for churn in [record.get("churn")] if churn), "")
    return (f"{data['name']}, {data['n']:,} items, {data['queries']} queries, ef = {config['ef']}, "
            f"{build}{rounds}.\n{provenance['cpu']}, {provenance['cores']} cores, commit "
            f"{provenance['commit']}, {provenance['started'][:10]}.")


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
    print(heading(next(record for record in records if "churn" in record)) + "\n")
    titles = [title.format(k=records[0]["config"]["k"]) for title in COLUMNS.values()]
    print("| repair | in_links | connectivity | " + " | ".join(titles) + " |")
    print("|---|---|---|---|" + "---:|" * (len(titles) - 1))
    for record in records:
        rows = churned(record) if "churn" in record else [fresh(record)]
        names = policies(record["config"]["via"]) if "churn" in record else ["-", "-", "-"]
        for row in rows:
            cells = [cell(name, row[name]) for name in COLUMNS]
            print("| " + " | ".join([*names, *cells]) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
