"""Peers whose index lies in a key-value store."""

import numpy

from peer import Peer, bytes_below

GIB = 1 << 30


class Hannoy(Peer):
    """HNSW over LMDB. Its build takes as many threads as RAYON_NUM_THREADS says at the start."""

    label, package = "hannoy (LMDB)", "hannoy"
    builds_once, most_rounds = True, 3
    parameters = f"f32, built once, searched in {most_rounds} rounds"

    def build(self, train):
        import hannoy

        metrics = {"cosine": hannoy.Metric.COSINE, "euclidean": hannoy.Metric.EUCLIDEAN}
        self.refuse_unless(*metrics)
        path = self.folder / "hannoy"
        path.mkdir()
        # Address space only, in whole pages: vectors and links take about twice the vectors' bytes.
        size = (1 + -(-8 * train.nbytes // GIB)) * GIB
        database = hannoy.Database(path, metrics[self.metric], env_size=size)
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


class Cozo(Peer):
    """HNSW over RocksDB, asked in its query language: one script that joins all queries.

    It builds on one thread, in milliseconds an item, so that a large set would take an hour.
    """

    label, package, optional = "cozo (RocksDB)", "cozo-embedded", True
    builds_once, most_rounds = True, 1
    distances = {"cosine": "Cosine", "euclidean": "L2", "inner_product": "IP"}
    parameters = "f32, built on one thread, asked in CozoScript, searched in one round"
    most_items = 30_000
    rows_of_a_put = 10_000

    def build(self, train):
        import cozo_embedded

        if len(train) > self.most_items:
            raise ValueError(f"it takes too long to build more than {self.most_items:,} items")
        n, dimension = train.shape
        self.database = cozo_embedded.CozoDbPy("rocksdb", str(self.folder / "cozo"), "{}")
        self._run(f":create items {{id: Int => v: <F32; {dimension}>}}")
        for start in range(0, n, self.rows_of_a_put):
            rows = [[start + i, row.tolist()]
                    for i, row in enumerate(train[start : start + self.rows_of_a_put])]
            self.database.import_relations({"items": {"headers": ["id", "v"], "rows": rows}})
        self._run(
            f"::hnsw create items:near {{dim: {dimension}, m: {self.m}, dtype: F32, fields: [v], "
            f"distance: {self.distances[self.metric]}, ef_construction: {self.ef_construction}}}"
        )

    def _run(self, script, **values):
        return self.database.run_script(script, values, False)["rows"]

    def search(self, queries, k, ef):
        script = (
            "queries[number, numbers] <- $queries\n"
            "?[number, distance, id] := queries[number, numbers], query = vec(numbers), "
            f"~items:near{{id | query: query, k: {k}, ef: {max(ef, k)}, bind_distance: distance}}"
        )
        answers = self._run(script, queries=[[i, row.tolist()] for i, row in enumerate(queries)])
        found = numpy.full((len(queries), k), -1, dtype=numpy.int64)
        ranks = [0] * len(queries)
        for number, _, identifier in answers:  # rows come by number, then by distance
            found[number, ranks[number]] = identifier
            ranks[number] += 1
        return found

    def save(self):
        return bytes_below(self.folder / "cozo")
