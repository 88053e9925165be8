"""Filters, queries by item, and many indexes in one store."""

import json
import tempfile
import unittest

from tests.benchmarks.support import BUILD, DATA, STORES, program, script, tables


class Queries(unittest.TestCase):

    def test_filter_benchmark_fills_its_table(self):
        rows, = tables(program("filter_benchmark", DATA, "euclidean", 2))
        self.assertEqual(len(rows), 4 * 3 * 4)  # shares, correlations, ways
        for row in rows:
            self.assertLessEqual(0, float(row["recall"]), row)
            self.assertLessEqual(float(row["recall"]), 1, row)
            if row["way"] == "scan":
                self.assertEqual(float(row["recall"]), 1, row)
            if row["way"] == "chosen":
                self.assertRegex(row["taken"], "of the best")

    def test_by_item_benchmark_fills_its_table(self):
        rows, = tables(program("by_item_benchmark", DATA, "euclidean", 20))
        self.assertEqual([row["ef"] for row in rows], ["11", "20", "40", "80", "160"])
        for row in rows:
            self.assertGreater(float(row["recall by_vector"]), 0.9, row)
            self.assertGreater(float(row["by_item"].split()[0]), 0.9, row)

    def test_namespace_benchmark_tells_every_store_and_way(self):
        with tempfile.TemporaryDirectory() as folder:
            lines = [json.loads(line) for line in
                     program("namespace_benchmark", folder, *STORES, 1, 3).splitlines()]
        self.assertEqual({(line["store"], line["tables"], line["indexes"]) for line in lines},
                         {(store, way, count) for store in STORES for way in ("own", "prefix")
                          for count in (1, 3)})
        for line in lines:
            for field in ("make_us", "open_us", "answer_us", "commit_us", "disk_bytes"):
                self.assertGreater(line[field], 0, line)

    def test_namespace_table_has_a_row_for_every_line(self):
        (rows,) = tables(script("namespace_table.py", BUILD, "memory", 1, 3))
        self.assertEqual([(row["tables"], row["indexes"]) for row in rows],
                         [("own", "1"), ("own", "3"), ("prefix", "1"), ("prefix", "3")])
