#!/usr/bin/env python3
"""Compares skerry's search with those of hnswlib, faiss and hannoy on graphs that they built.

    pip install faiss-cpu hnswlib hannoy h5py numpy
    python3 experiments/graphs/peers_proof.py build/skerry DATASET.hdf5 [FOLDER]

For an angular data set of the ann-benchmarks form. Prints recall@10 by id at equal ef.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import faiss
import h5py
import hannoy
import hnswlib
import numpy as np

K = 10
BEAMS = [16, 32, 64, 128, 256]


def recall(found, truth):
    return np.mean([len(set(f) & set(t)) / K for f, t in zip(found, truth)])


def main():
    skerry, path = sys.argv[1:3]
    folder = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp())
    with h5py.File(path) as file:
        train, test = file["train"][:].astype("f4"), file["test"][:].astype("f4")
        truth = file["neighbors"][:, :K]
    unit = train / np.linalg.norm(train, axis=1, keepdims=True)
    queries = test / np.linalg.norm(test, axis=1, keepdims=True)

    peers = {}
    index = hnswlib.Index("cosine", train.shape[1])
    index.init_index(len(train), M=16, ef_construction=100, random_seed=1)
    index.add_items(train, np.arange(len(train)))
    index.save_index(str(folder / "hnswlib.bin"))
    own = {}
    for ef in BEAMS:
        index.set_ef(ef)
        own[ef] = recall(index.knn_query(test, k=K)[0], truth)
    peers["hnswlib.bin"] = own

    index = faiss.IndexHNSWFlat(train.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    index.add(unit)
    faiss.write_index(index, str(folder / "faiss.index"))
    own = {}
    for ef in BEAMS:
        index.hnsw.efSearch = ef
        own[ef] = recall(index.search(queries, K)[1], truth)
    peers["faiss.index"] = own

    (folder / "hannoy").mkdir()
    database = hannoy.Database(folder / "hannoy", hannoy.Metric.COSINE, env_size=1 << 32)
    with database.writer(train.shape[1], m=16, ef=100) as writer:
        writer.add_items(range(len(train)), train)
    reader = database.reader()
    own = {}
    for ef in BEAMS:
        ids = np.empty((len(test), K), dtype="u4")
        reader.by_array(test, K, ef, out=(ids, np.empty((len(test), K), dtype="f4")))
        own[ef] = recall(ids, truth)
    peers["hannoy"] = own

    print(f"{'graph':<12} {'ef':>4} {'own':>7} {'skerry':>7} {'differ':>7}")
    for name, own in peers.items():
        trace = folder / f"{name}.trace"
        graph = f"hannoy({folder / name})" if name == "hannoy" else str(folder / name)
        run = [skerry, "trace", graph, "--dataset", path, "--metric", "cosine",
               "--ef", str(max(BEAMS)), "-k", str(K), "-o", str(trace)]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
        lines = subprocess.run(
            [skerry, "replay", str(trace), "--ef", ",".join(map(str, BEAMS)), "--json"],
            check=True, capture_output=True, text=True).stdout.splitlines()
        for line in lines:
            point = json.loads(line)
            peer = own[point["ef"]]
            print(f"{name:<12} {point['ef']:>4} {peer:>7.4f} {point['recall']:>7.4f} "
                  f"{point['recall'] - peer:>+7.4f}")


main()
