#!/usr/bin/env python3
"""Reads an export as ann-benchmarks does and draws its conclusions from it.

usage: annb_reader_test.py SKERRY

What is read, and how, follows ann_benchmarks/results.py (load_all_results) and
ann_benchmarks/plotting/metrics.py (recall by distances with an absolute tolerance of 1e-3, queries
per second from best_search_time, percentiles of times). Exits with 77, skipped, without h5py.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

QUERIES, K, N = 20, 5, 1000
ROW = numpy.dtype(
    [("query", "<u4"), ("hits", "<u2"), ("hits_tie", "<u2"), ("returned", "<u2"), ("pad", "<u2")]
    + [("distances", "<u4"), ("hops", "<u4"), ("gets", "<u4"), ("bytes", "<u8")]
    + [("latency_ns", "<u4", (3,))]
)


def write_results(folder, true_distances):
    """One point that misses the last neighbour of the first query."""
    record = {
        "schema": 1,
        "point": "p1",
        "config": {"metric": "euclidean", "M": 8, "ef_construction": 50, "store": "lmdb"}
        | {"view": "direct", "k": K, "ef": 16, "threads": 1, "repetitions": 3},
        "recall": {"strict": 1 - 1 / (QUERIES * K)},
        "qps": {"median": 900, "min": 800, "max": 1000},
        "work": {"distances": 123.5},
        "build": {"seconds": 2.5},
        "disk_bytes": 2048,
        "dataset": {"name": "mini-4-euclidean.hdf5", "n": N, "dimension": 4, "hash": "0"},
    }
    (folder / "results.jsonl").write_text(json.dumps(record, separators=(",", ":")) + "\n")
    ids = numpy.arange(QUERIES * K, dtype="<u4").reshape(QUERIES, K)
    found = true_distances.astype("<f4")
    ids[0, -1] = 0xFFFFFFFF
    found[0, -1] = 0
    for name in ("queries", "neighbours"):
        (folder / name).mkdir()
    numpy.save(folder / "neighbours/p1.ids.npy", ids)
    numpy.save(folder / "neighbours/p1.distances.npy", found)
    rows = numpy.zeros(QUERIES, ROW)
    rows["latency_ns"] = [1_000_000, 3_000_000, 2_000_000]
    numpy.save(folder / "queries/p1.npy", rows)


def recall_by_distance(true_distances, run_distances):
    limits = true_distances[:, K - 1] + 1e-3
    pairs = zip(run_distances, limits)
    return numpy.mean([numpy.sum(run[:K] <= limit) / K for run, limit in pairs])


def main():
    program = sys.argv[1]
    true_distances = numpy.sort(numpy.random.default_rng(1).random((QUERIES, K)), axis=1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_results(folder, true_distances)
        subprocess.run([program, "export", name, "--annb", str(folder / "out")], check=True)
        place = folder / "out/results/mini-4-euclidean" / str(K)
        files = [path for path in place.rglob("*") if path.is_file()]
        assert len(files) == 1 and files[0].suffix == ".hdf5", files
        with h5py.File(files[0], "r+") as run:
            properties = dict(run.attrs)
            assert not (False != properties["batch_mode"])
            assert properties["algo"] == "skerry-lmdb-direct"
            assert properties["name"].startswith("skerry-lmdb-direct(")
            assert properties["dataset"] == "mini-4-euclidean"
            assert properties["distance"] == "euclidean"
            assert properties["count"] == K and properties["candidates"] == K - 1 / QUERIES
            assert 1 / properties["best_search_time"] == 1000
            assert properties["build_time"] == 2.5 and properties["index_size"] == 2
            assert properties["dist_comps"] / (properties["run_count"] * QUERIES) == 123.5
            assert run["neighbors"].dtype == numpy.int32 and run["neighbors"][0, -1] == -1
            assert numpy.isclose(numpy.percentile(run["times"], 50) * 1000, 2)
            recall = recall_by_distance(true_distances, run["distances"])
            assert numpy.isclose(recall, 1 - 1 / (QUERIES * K)), recall
            run.create_group("metrics")  # plot.py keeps what it computed in the file
    print("ann-benchmarks would read this export")


if __name__ == "__main__":
    main()
