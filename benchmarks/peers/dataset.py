"""A data set in the ann-benchmarks HDF5 schema, and strict recall against its truth."""

import h5py
import numpy

METRICS = {
    "angular": "cosine",
    "cosine": "cosine",
    "euclidean": "euclidean",
    "dot": "inner_product",
    "ip": "inner_product",
    "inner_product": "inner_product",
}


class Dataset:
    """train [n x d] and test [q x d] as float32; metric as skerry names it."""

    def __init__(self, path):
        with h5py.File(path, "r") as file:
            for name in ("train", "test", "neighbors"):
                if name not in file:
                    raise ValueError(f"there is no `{name}` in it")
            distance = file.attrs.get("distance", "")
            distance = distance.decode() if isinstance(distance, bytes) else str(distance)
            if distance not in METRICS:
                raise ValueError(
                    f"its distance is `{distance}`, and the peers share only {sorted(set(METRICS))}"
                )
            self.metric = METRICS[distance]
            self.train = numpy.ascontiguousarray(file["train"][:], dtype=numpy.float32)
            self.test = numpy.ascontiguousarray(file["test"][:], dtype=numpy.float32)
            self._neighbors = file["neighbors"][:].astype(numpy.int64)

    def _distances(self, query, ids):
        rows, query = self.train[ids].astype(numpy.float64), query.astype(numpy.float64)
        if self.metric == "euclidean":
            return numpy.linalg.norm(rows - query, axis=1)
        products = rows @ query
        if self.metric == "inner_product":
            return -products
        return -products / numpy.linalg.norm(rows, axis=1)

    def truth(self, k):
        """[q x k] ids of the nearest, ties at the edge broken by the smallest id."""
        if self._neighbors.shape[1] < k:
            raise ValueError(f"the truth is {self._neighbors.shape[1]} deep, k = {k} is not")
        rows = []
        for query, ids in zip(self.test, self._neighbors):
            order = numpy.lexsort((ids, self._distances(query, ids)))
            rows.append(ids[order[:k]])
        return numpy.array(rows)


def strict_recall(found, truth):
    """Mean of |found ids in the true k| / k."""
    k = truth.shape[1]
    hits = [len(set(map(int, a[:k])) & set(map(int, b))) for a, b in zip(found, truth)]
    return sum(hits) / (k * len(truth))
