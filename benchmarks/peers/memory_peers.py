"""Peers that keep a graph and f32 rows in memory."""

import numpy

from peer import Peer, bytes_below


class Hnswlib(Peer):
    label, package = "hnswlib", "hnswlib"
    spaces = {"cosine": "cosine", "euclidean": "l2", "inner_product": "ip"}

    def build(self, train):
        import hnswlib

        self.index = hnswlib.Index(space=self.spaces[self.metric], dim=train.shape[1])
        self.index.init_index(
            max_elements=len(train), M=self.m, ef_construction=self.ef_construction
        )
        self.index.add_items(train, num_threads=self.threads)

    def search(self, queries, k, ef):
        self.index.set_ef(max(ef, k))
        return self.index.knn_query(queries, k=k, num_threads=1)[0]

    def save(self):
        path = self.folder / "hnswlib"
        self.index.save_index(str(path))
        return path.stat().st_size


class Usearch(Peer):
    label, package = "usearch f32", "usearch"
    metrics = {"cosine": "cos", "euclidean": "l2sq", "inner_product": "ip"}
    dtype = "f32"

    def build(self, train):
        import usearch.index

        self.index = usearch.index.Index(
            ndim=train.shape[1],
            metric=self.metrics[self.metric],
            dtype=self.dtype,
            connectivity=self.m,
            expansion_add=self.ef_construction,
        )
        self.index.add(numpy.arange(len(train)), train, threads=self.threads)

    def search(self, queries, k, ef):
        self.index.expansion_search = max(ef, k)
        return self.index.search(queries, k, threads=1).keys

    def save(self):
        path = self.folder / "usearch"
        self.index.save(str(path))
        return path.stat().st_size


class Svs(Peer):
    """Vamana: one level, out-degree 2 M as the others have at level 0; ef is its window."""

    label, package, optional = "SVS Vamana", "scalable-vs", True
    parameters = "f32, degree 2 M, window ef_construction, alpha 1.2 (L2) or 0.95"

    def build(self, train):
        import svs

        distances = {
            "cosine": svs.Cosine, "euclidean": svs.L2, "inner_product": svs.MIP,
        }
        parameters = svs.VamanaBuildParameters(
            alpha=1.2 if self.metric == "euclidean" else 0.95,
            graph_max_degree=2 * self.m,
            window_size=self.ef_construction,
        )
        self.index = svs.Vamana.build(
            parameters, train, distances[self.metric], num_threads=self.threads
        )

    def search(self, queries, k, ef):
        self.index.num_threads = 1
        self.index.search_window_size = max(ef, k)
        return self.index.search(queries, k)[0]

    def save(self):
        path = self.folder / "svs"
        path.mkdir(exist_ok=True)
        self.index.save(*[str(path / part) for part in ("config", "graph", "data")])
        return bytes_below(path)
