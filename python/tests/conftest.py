"""What the tests share: stores, data and the truth by brute force."""

from __future__ import annotations

import numpy as np
import pytest

import skerry

DIMENSION = 16


def vectors(count: int, seed: int = 1, dimension: int = DIMENSION) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)


def nearest(metric: str, data: np.ndarray, queries: np.ndarray, k: int):
    """Row numbers and distances of the k nearest rows, by the definition, in float64."""
    a, b = data.astype(np.float64), queries.astype(np.float64)
    if metric == "euclidean":
        all_distances = np.sqrt(((b[:, None, :] - a[None, :, :]) ** 2).sum(axis=2))
    elif metric == "cosine":
        lengths = np.linalg.norm(b, axis=1)[:, None] * np.linalg.norm(a, axis=1)[None, :]
        all_distances = 1 - (b @ a.T) / lengths
    elif metric == "inner_product":
        all_distances = -(b @ a.T)
    else:  # manhattan, and hamming of rows of 0 and 1
        all_distances = np.abs(b[:, None, :] - a[None, :, :]).sum(axis=2)
    order = np.argsort(all_distances, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(all_distances, order, axis=1)


def recall(found: np.ndarray, truth: np.ndarray) -> float:
    return float((found[:, :, None] == truth[:, None, :]).any(axis=2).mean())


@pytest.fixture(params=["memory", "lmdb", "rocksdb"])
def store(request):
    return request.param


@pytest.fixture
def path(store, tmp_path):
    """Where a store of this kind lies."""
    return None if store == "memory" else tmp_path / "index"


@pytest.fixture
def index(store, path):
    """An empty index."""
    made = skerry.Index.create(path, store, metric="euclidean", dimension=DIMENSION)
    yield made
    made.close()
