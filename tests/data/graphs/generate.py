#!/usr/bin/env python3
"""Writes the graph files beside this script with the real libraries.

    pip install faiss-cpu==1.15.1 hnswlib==0.8.0 numpy scipy
    python3 generate.py

Vectors: 200 of dimension 8, component j of row i is ((i * 37 + j * 101 + i * j * 13) % 251) / 251
in f32, which a test computes, too. Labels of hnswlib are added in descending order, so that labels
and internal numbers differ.
"""
import pathlib

import faiss
import hnswlib
import numpy as np
import scipy.sparse

HERE = pathlib.Path(__file__).parent
i, j = np.meshgrid(np.arange(200), np.arange(8), indexing="ij")
x = (((i * 37 + j * 101 + i * j * 13) % 251).astype(np.float32) / np.float32(251)).astype("f4")

for space, name in (("l2", "l2"), ("cosine", "cosine")):
    index = hnswlib.Index(space, 8)
    index.init_index(300, M=6, ef_construction=40, random_seed=1)
    index.add_items(x[::-1], np.arange(200)[::-1], num_threads=1)
    index.save_index(str(HERE / f"hnswlib-{name}.bin"))

for metric, name in ((faiss.METRIC_L2, "l2"), (faiss.METRIC_INNER_PRODUCT, "ip")):
    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(8, 6, metric)
    index.add(x)
    faiss.write_index(index, str(HERE / f"faiss-{name}.index"))

distances = ((x[:, None, :] - x[None, :, :]) ** 2).sum(2)
np.fill_diagonal(distances, np.inf)
nearest = np.argsort(distances, axis=1, kind="stable")[:, :8]
rows = np.repeat(np.arange(200), 8)
matrix = scipy.sparse.csr_matrix((np.ones(1600, "f4"), (rows, nearest.ravel())), (200, 200))
scipy.sparse.save_npz(HERE / "scipy.npz", matrix)  # deflated
