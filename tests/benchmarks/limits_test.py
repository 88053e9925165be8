"""Searches against the time of their kernels and gets alone."""

import sys
import unittest

from tests.benchmarks.support import SOURCE


class Limits(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import limit
        cls.limit = limit

    def record(self, **work):
        return {"config": {"metric": "euclidean", "traversal": "i8"},
                "dataset": {"dimension": 128}, "work": {"distances": 30, **work}}

    def test_codes_count_by_their_kernel_and_rows_by_the_metrics(self):
        kernels = self.limit.Kernels({"benchmarks": [
            {"name": "euclidean/128/batch/cache", "row": 4e-9},
            {"name": "euclidean/128/pair/cache", "row": 9e-9},
            {"name": "i8/128/batch/cache", "row": 2e-9}]})
        self.assertAlmostEqual(
            self.limit.mark(self.record(code_distances=500), kernels, "cache"), 0.12 + 1)
        self.assertIsNone(self.limit.mark(self.record(code_distances=500), kernels, "memory"))

    def test_gets_of_lists_and_of_vectors_count_by_their_sizes(self):
        stores = self.limit.Stores({"benchmarks": [
            {"name": f"{engine}/multi_get32/{size}/manual_time", "raw_ns": ns}
            for engine, size, ns in (("lmdb", 100, 200), ("lmdb", 1124, 1224),
                                     ("rocksdb", 100, 1))]})
        record = self.record(gets=40)
        record["config"].update(store="lmdb", view="direct", traversal="f32")
        self.assertAlmostEqual(stores.microseconds(record), 30 * 0.612 + 10 * 0.2)
        for other in ({"view": "memo"}, {"store": "rocksdb"}, {"traversal": "i8"}):
            changed = {**record, "config": {**record["config"], **other}}
            self.assertIsNone(stores.microseconds(changed), other)

    def test_a_dimension_outside_of_those_measured_is_not_told(self):
        kernels = self.limit.Kernels({"benchmarks": [
            {"name": f"euclidean/{d}/batch/cache", "row": d * 1e-9} for d in (96, 128)]})
        self.assertAlmostEqual(kernels.seconds("euclidean", 100, "cache"), 100e-9)
        self.assertIsNone(kernels.seconds("euclidean", 95, "cache"))
        self.assertIsNone(kernels.seconds("euclidean", 129, "cache"))
