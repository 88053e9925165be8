"""The program `skerry` and this package make and read the same indexes."""

import json
import os
import subprocess

import numpy as np
import pytest
import scipy.sparse
from conftest import vectors

import skerry

PROGRAM = os.environ.get("SKERRY_PROGRAM")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="SKERRY_PROGRAM names no program")


def run(tmp_path, *command):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return subprocess.run([PROGRAM, *map(str, command)], check=True, capture_output=True, text=True,
                          env=environment, cwd=tmp_path).stdout  # fmt: skip


@pytest.mark.parametrize("metric, selection, seed", [
    ("euclidean", "hnsw", 1), ("cosine", "robust_prune(alpha=1.1)", 9)])  # fmt: skip
def test_the_same_data_and_options_have_the_same_digest(tmp_path, metric, selection, seed):
    data = vectors(3000, dimension=24)
    np.save(tmp_path / "data.npy", data)
    np.save(tmp_path / "queries.npy", vectors(10, seed=2, dimension=24))
    (tmp_path / "config.toml").write_text(
        f"""
name = "digest"
[dataset]
path = "data.npy"
queries = "queries.npy"
[build]
metric = "{metric}"
M = 12
ef_construction = 80
selection = "{selection}"
seed = {seed}
store = "lmdb"
[search]
ef = 32
repetitions = 1
"""
    )
    run(tmp_path, "run", "config.toml", "-o", "results")
    (line,) = (tmp_path / "results" / "results.jsonl").read_text().splitlines()
    with skerry.Index.create(
        tmp_path / "index", metric=metric, dimension=24, M=12, ef_construction=80,
        selection=selection, seed=seed,
    ) as index:  # fmt: skip
        index.add(np.arange(3000), data)
        index.build(threads=2)
        assert index.digest == json.loads(line)["graph_digest"]


@pytest.mark.parametrize("store", ["lmdb", "rocksdb"])
def test_the_graph_is_what_the_program_exports(tmp_path, store):
    with skerry.Index.create(
        tmp_path / "index", store, metric="euclidean", dimension=16, order="bfs"
    ) as index:
        index.add(np.arange(2000), vectors(2000))
        index.build()
        top = index.stats()["top_level"]
        levels = [index.graph(level) for level in range(top + 1)]
    assert top >= 1 and levels[1][0].nnz > 0
    run(tmp_path, "graph", "export", tmp_path / "index", "-o", tmp_path / "graph.npz")
    arrays = np.load(tmp_path / "graph.npz")
    base = scipy.sparse.load_npz(tmp_path / "graph.npz")
    for level, (matrix, ids) in enumerate(levels):
        assert ids.tolist() == list(range(2000))
        if level == 0:
            expected = base
        else:
            nodes = arrays[f"nodes_{level}"]
            counts = np.zeros(2000, int)
            counts[nodes] = np.diff(arrays[f"indptr_{level}"])
            targets = arrays[f"indices_{level}"]
            expected = scipy.sparse.csr_matrix(
                (np.ones(len(targets)), targets, np.r_[0, np.cumsum(counts)]), shape=(2000, 2000)
            )
        assert (matrix != expected).nnz == 0
