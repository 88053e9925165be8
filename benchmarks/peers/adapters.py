"""The peers behind one small interface, so that one loop measures all of them.

build(train)              returns nothing; everything that the library needs to be ready to search
search(queries, k, ef)    ids [q x k], in one batch call of the library, on one thread
save(folder)              the bytes of the index on disk
distances_per_query       of the last search, where the library counts them
"""

import pathlib

import numpy


class Peer:
    distances_per_query = None

    def __init__(self, metric, m, ef_construction, threads, folder):
        self.metric, self.m, self.ef_construction = metric, m, ef_construction
        self.threads, self.folder = threads, pathlib.Path(folder)


class Faiss(Peer):
    """HNSWFlat. Cosine is the inner product of unit vectors; normalising them is timed."""

    label, package = "faiss HNSWFlat", "faiss-cpu"

    def build(self, train):
        import faiss

        self.faiss = faiss
        euclidean = self.metric == "euclidean"
        measure = faiss.METRIC_L2 if euclidean else faiss.METRIC_INNER_PRODUCT
        faiss.omp_set_num_threads(self.threads)
        self.index = faiss.IndexHNSWFlat(train.shape[1], self.m, measure)
        self.index.hnsw.efConstruction = self.ef_construction
        self.index.add(self._unit(train))

    def _unit(self, rows):
        if self.metric != "cosine":
            return rows
        rows = rows.copy()
        self.faiss.normalize_L2(rows)
        return rows

    def search(self, queries, k, ef):
        self.faiss.omp_set_num_threads(1)
        self.faiss.cvar.hnsw_stats.reset()
        self.index.hnsw.efSearch = max(ef, k)
        ids = self.index.search(self._unit(queries), k)[1]
        self.distances_per_query = self.faiss.cvar.hnsw_stats.ndis / len(queries)
        return ids

    def save(self):
        path = self.folder / "faiss"
        self.faiss.write_index(self.index, str(path))
        return path.stat().st_size


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

    def build(self, train):
        import usearch.index

        self.index = usearch.index.Index(
            ndim=train.shape[1],
            metric=self.metrics[self.metric],
            dtype="f32",
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


class Hannoy(Peer):
    """HNSW over LMDB. Its build takes as many threads as RAYON_NUM_THREADS says at the start."""

    label, package = "hannoy (LMDB)", "hannoy"
    builds_once = True  # it takes eight times as long as the others

    def build(self, train):
        import hannoy

        metrics = {"cosine": hannoy.Metric.COSINE, "euclidean": hannoy.Metric.EUCLIDEAN}
        if self.metric not in metrics:
            raise ValueError(f"hannoy has no {self.metric}")
        path = self.folder / "hannoy"
        path.mkdir()
        # Address space only: vectors and links take about twice the vectors' bytes.
        database = hannoy.Database(
            path, metrics[self.metric], env_size=(1 << 30) + 8 * train.nbytes
        )
        with database.writer(train.shape[1], m=self.m, ef=self.ef_construction) as writer:
            writer.add_items(range(len(train)), train)
        self.reader = database.reader()

    def search(self, queries, k, ef):
        ids = numpy.empty((len(queries), k), dtype=numpy.uint32)
        distances = numpy.empty((len(queries), k), dtype=numpy.float32)
        self.reader.by_array(queries, k, max(ef, k), out=(ids, distances))
        return ids

    def save(self):
        return (self.folder / "hannoy" / "data.mdb").stat().st_size


PEERS = {"faiss": Faiss, "hnswlib": Hnswlib, "usearch": Usearch, "hannoy": Hannoy}
