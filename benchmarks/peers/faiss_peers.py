"""faiss: its graph over f32 rows, over rows with early abandon, and over codes of 8 bits.

Cosine is the inner product of unit vectors (Panorama: their L2, which orders alike). Normalising
is timed, in builds and in searches.
"""

from peer import OVERSAMPLE, Peer

PANORAMA_LEVELS = 8  # parts of a row after each of which a candidate may be abandoned


class Faiss(Peer):
    label, package = "faiss HNSWFlat", "faiss-cpu"

    def build(self, train):
        import faiss

        self.faiss = faiss
        faiss.omp_set_num_threads(self.threads)
        self.index, self.graph = self.empty(train.shape[1])
        self.graph.hnsw.efConstruction = self.ef_construction
        rows = self._unit(train)
        self.index.train(rows)
        self.index.add(rows)

    def measure(self):
        euclidean = self.metric == "euclidean"
        return self.faiss.METRIC_L2 if euclidean else self.faiss.METRIC_INNER_PRODUCT

    def empty(self, dimension):
        """(the index that answers, the index in it that has the graph)."""
        index = self.faiss.IndexHNSWFlat(dimension, self.m, self.measure())
        return index, index

    def _unit(self, rows):
        if self.metric != "cosine":
            return rows
        rows = rows.copy()
        self.faiss.normalize_L2(rows)
        return rows

    def search(self, queries, k, ef):
        self.faiss.omp_set_num_threads(1)
        self.faiss.cvar.hnsw_stats.reset()
        self.graph.hnsw.efSearch = self.beam(k, ef)
        ids = self.index.search(self._unit(queries), k)[1]
        self.distances_per_query = self.faiss.cvar.hnsw_stats.ndis / len(queries)
        return ids

    def beam(self, k, ef):
        return max(ef, k)

    def save(self):
        path = self.folder / "faiss"
        self.faiss.write_index(self.index, str(path))
        return path.stat().st_size


class Panorama(Faiss):
    """HNSWFlatPanorama behind a rotation that gathers the variance in the first components."""

    label, package, optional = "faiss HNSWFlatPanorama", "faiss-cpu", True
    parameters = f"f32, PCA rotation to all dimensions, {PANORAMA_LEVELS} levels"

    def empty(self, dimension):
        if not hasattr(self.faiss, "IndexHNSWFlatPanorama"):
            raise ValueError("this build of faiss has no IndexHNSWFlatPanorama")
        self.refuse_unless("cosine", "euclidean")
        graph = self.faiss.IndexHNSWFlatPanorama(dimension, self.m, PANORAMA_LEVELS)
        rotation = self.faiss.PCAMatrix(dimension, dimension)
        return self.faiss.IndexPreTransform(rotation, graph), graph


class FaissSq8(Faiss):
    label, package, optional = "faiss HNSWSQ8 + refine", "faiss-cpu", True
    parameters = f"8-bit codes of each component's range, the best {OVERSAMPLE} k rescored by f32"

    def empty(self, dimension):
        quantizer = self.faiss.ScalarQuantizer.QT_8bit
        graph = self.faiss.IndexHNSWSQ(dimension, quantizer, self.m, self.measure())
        index = self.faiss.IndexRefineFlat(graph)
        index.k_factor = OVERSAMPLE
        return index, graph

    def beam(self, k, ef):
        return max(ef, OVERSAMPLE * k)
