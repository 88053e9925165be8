#!/usr/bin/env python3
"""How long it takes from nothing to the first answer: makes indexes in LMDB of a few sizes, then
times a process that opens one and answers one query, and a process that only tells its version. The
difference, pair by pair, is what opening and answering cost; it must not grow with n as a scan of
the index would make it. The files are in memory (the operating system's cache).

  benchmarks/open_time.py build
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import machine

RANK = 16  # of the vectors, so that the graphs of large sets are built in a short time
ROWS_AT_ONCE = 100_000


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("build", type=pathlib.Path, help="build directory")
    add("--sizes", nargs="+", type=int, default=[1_000, 1_000_000])
    add("--dimension", type=int, default=128)
    add("--pairs", type=int, default=31, help="of processes, for each size (default: 31)")
    add("--threads", type=int, default=2, help="of the builds (default: 2)")
    add("--layout", default="apart", help="of the indexes (default: apart)")
    add("--order", default="insertion", help="of the indexes (default: insertion)")
    add("--directory", default=None, help="where the indexes are")
    add("--quick", action="store_true", help="tiny sizes, to see that it works")
    options = parser.parse_args(arguments)
    if options.quick:
        options.sizes, options.pairs, options.dimension = [100, 400], 3, 8
    return options


def write_vectors(path, count, dimension):
    """Gaussian vectors in a random subspace."""
    draw = numpy.random.default_rng(1)
    basis = draw.standard_normal((RANK, dimension), dtype=numpy.float32)
    rows = numpy.lib.format.open_memmap(path, mode="w+", dtype=numpy.float32,
                                        shape=(count, dimension))
    for start in range(0, count, ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        part[:] = draw.standard_normal((len(part), RANK), dtype=numpy.float32) @ basis
    rows.flush()


def milliseconds(command):
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    taken = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"open_time.py: {' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return 1e3 * taken


def measure(options, folder, size):
    """[(milliseconds to the answer, those of a process that does nothing)]."""
    skerry = str(options.build / "skerry")
    vectors, query, index = (str(folder / name) for name in ("vectors.npy", "query.npy", "index"))
    write_vectors(vectors, size, options.dimension)
    numpy.save(query, numpy.load(vectors, mmap_mode="r")[size // 2 : size // 2 + 1])
    milliseconds([skerry, "index", "create", index, "--store", "lmdb", "--metric", "euclidean",
                  "--layout", options.layout, "--order", options.order, "--vectors", vectors,
                  "--threads", str(options.threads)])
    answer = [skerry, "index", "search", index, "--queries", query, "-k", "10"]
    milliseconds(answer)  # brings what it reads into memory
    return [(milliseconds(answer), milliseconds([skerry, "--version"]))
            for _ in range(options.pairs)]


def main(arguments):
    options = parse(arguments)
    print(machine.heading() + "\n")
    print("| n | process ms | to the answer ms | difference ms | spread |")
    print("|---:|---:|---:|---:|---:|")
    for size in options.sizes:
        with tempfile.TemporaryDirectory(dir=options.directory) as folder:
            times = measure(options, pathlib.Path(folder), size)
        answers, empty = zip(*times)
        differences = [answer - nothing for answer, nothing in times]
        print(f"| {size:,} | {statistics.median(empty):.2f} | {statistics.median(answers):.2f} "
              f"| {statistics.median(differences):.2f} "
              f"| {min(differences):.2f}..{max(differences):.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
