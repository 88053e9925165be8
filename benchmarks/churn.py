"""Runs churn_benchmark for every repair and way to keep items reachable, and prints the first and the
last round of each as a Markdown table.

    benchmarks/churn.py BUILD_DIR METRIC (FILE | SPEC) [--store lmdb] [--threads 2] [--rounds 20]
                        [--share 0.05] [--limit N] [--json OUT]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

CASES = [
    # repair, in_links, connectivity
    ("rebuild", "symmetric", "none"),
    ("drop", "symmetric", "none"),
    ("reconnect", "symmetric", "none"),
    ("fresh_diskann", "symmetric", "none"),
    ("fresh_diskann", "search", "none"),
    ("fresh_diskann", "reverse", "none"),
    ("tombstone", "symmetric", "none"),
    ("fresh_diskann", "symmetric", "parent"),
    ("fresh_diskann", "reverse", "parent"),
    ("fresh_diskann", "symmetric", "bfs_repair"),
    ("tombstone", "symmetric", "parent"),
    ("rebuild", "symmetric", "parent"),
]

COLUMNS = ["round", "recall", "unreachable", "degree_mean", "in_degree_p99", "in_degree_max",
           "entry_points", "gone", "free", "link_bytes", "seconds"]


def rounds_of(arguments, case):
    """The rounds of one case, as objects."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(pathlib.Path(arguments.build) / "benchmarks/churn_benchmark"),
                   arguments.store, folder + "/store", arguments.metric, arguments.data, *case,
                   str(arguments.threads), str(arguments.rounds), str(arguments.share),
                   str(arguments.limit)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"churn.py: {' '.join(command)} ended with {done.returncode}")
        return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("metric")
    parser.add_argument("data")
    parser.add_argument("--store", default="lmdb")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--json", help="also append all rounds to this file")
    arguments = parser.parse_args()
    print("| repair | in_links | connectivity | " + " | ".join(COLUMNS) + " |")
    print("|---|---|---|" + "---:|" * len(COLUMNS))
    for case in CASES:
        rounds = rounds_of(arguments, case)
        if arguments.json:
            with open(arguments.json, "a", encoding="utf-8") as file:
                file.writelines(json.dumps(each) + "\n" for each in rounds)
        for each in (rounds[0], rounds[-1]):
            cells = [f"{each[column]:,}" if isinstance(each[column], int) else str(each[column])
                     for column in COLUMNS]
            print("| " + " | ".join([*case, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
