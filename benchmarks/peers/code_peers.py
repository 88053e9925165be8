"""Peers that walk by small codes of the vectors."""

import json

import numpy

from memory_peers import Usearch
from peer import Peer, bytes_below


class UsearchI8(Usearch):
    """Without the exact rows: what it finds is not rescored, and its recall may end below 0.99.

    Under cosine it makes the codes. It would bring every row to length 1 for the other metrics as
    well, which changes their order, so there the codes are made here: one scale for all components,
    and under L2 the middle of their range as zero.
    """

    label, package, optional = "usearch i8", "usearch", True
    parameters = "8-bit rows, one scale for the set, not rescored"
    dtype = "i8"

    def build(self, train):
        low, high = float(train.min()), float(train.max())
        self.middle = (low + high) / 2 if self.metric == "euclidean" else 0.0
        reach = max(abs(low - self.middle), abs(high - self.middle))
        self.scale = 127 / reach if reach > 0 else 0.0
        super().build(self._codes(train))

    def _codes(self, rows):
        if self.metric == "cosine":
            return rows
        codes = numpy.rint((rows - numpy.float32(self.middle)) * numpy.float32(self.scale))
        return numpy.clip(codes, -127, 127).astype(numpy.int8)

    def search(self, queries, k, ef):
        return super().search(self._codes(queries), k, ef)


class Vsag(Peer):
    """HGraph. Its searches take one query at a time: a Python call for each is part of its time."""

    label, package, optional = "VSAG HGraph sq8 + f32", "pyvsag", True
    metrics = {"cosine": "cosine", "euclidean": "l2", "inner_product": "ip"}
    parameters = "8-bit codes rescored by f32, degree 2 M; one Python call for each query"

    def build(self, train):
        import pyvsag

        pyvsag.set_logger_off()
        self.index = pyvsag.Index("hgraph", json.dumps({
            "dtype": "float32",
            "metric_type": self.metrics[self.metric],
            "dim": train.shape[1],
            "index_param": {
                "base_quantization_type": "sq8",
                "use_reorder": True,
                "precise_quantization_type": "fp32",
                "max_degree": 2 * self.m,
                "ef_construction": self.ef_construction,
                "build_thread_count": self.threads,
            },
        }))
        ids = numpy.arange(len(train), dtype=numpy.int64)
        self.index.build(
            vectors=train.ravel(), ids=ids, num_elements=len(train), dim=train.shape[1]
        )

    def search(self, queries, k, ef):
        parameters = json.dumps({"hgraph": {"ef_search": max(ef, k)}})
        found = numpy.full((len(queries), k), -1, dtype=numpy.int64)
        for row, query in zip(found, queries):
            ids = self.index.knn_search(vector=query, k=k, parameters=parameters)[0]
            row[: len(ids)] = ids
        return found

    def save(self):
        path = self.folder / "vsag"
        self.index.save(str(path))
        return bytes_below(path)


class Rabitq(Peer):
    """SymphonyQG: codes of one bit beside each node's links, exact rows of the nodes visited."""

    label, package, optional = "RaBitQLib SymphonyQG", "rabitqlib", True
    metrics = {"euclidean": "l2", "inner_product": "ip"}
    parameters = "1-bit codes inline, degree 2 M, rescored by f32; cosine: unit vectors, L2"

    def build(self, train):
        import rabitqlib

        metric = self.metrics.get(self.metric, "l2")
        self.index = rabitqlib.SymqgIndex(train.shape[1], 2 * self.m, metric)
        self.index.build(self._unit(train), self.ef_construction, self.threads)

    def _unit(self, rows):
        if self.metric != "cosine":
            return rows
        lengths = numpy.linalg.norm(rows, axis=1, keepdims=True)
        return rows / numpy.maximum(lengths, numpy.float32(1e-30))

    def search(self, queries, k, ef):
        return self.index.search_batch(self._unit(queries), k, max(ef, k), 1)[0]

    def save(self):
        path = self.folder / "symqg"
        self.index.save(str(path))
        return bytes_below(path)
