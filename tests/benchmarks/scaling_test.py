"""How builds and searches grow with the data."""

import pathlib
import re
import sys
import tempfile
import unittest

from tests.benchmarks.support import BUILD, SOURCE, script, tables


class Scaling(unittest.TestCase):

    def test_scaling_gives_costs_and_growth_and_measures_nothing_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "scaling.jsonl"

            def scaling():
                return script("scaling.py", BUILD, "-o", file, "--quick", "--ef", 10, 32,
                              "--data", "uniform(n={n}, d=8, queries=20)")

            text = scaling()
            costs, growth = tables(text)
            whole = file.read_bytes()
            self.assertEqual(scaling(), text)
            self.assertEqual(file.read_bytes(), whole)
        self.assertEqual([row["n"] for row in costs], ["200", "400", "800"])
        for row in costs:
            for column in ("us at ef 64", "distances at ef 64", "build s",
                           "build distances an item"):
                self.assertGreater(float(row[column].replace(",", "")), 0, row)
        by_cost = {row["cost"]: row["uniform grows as"] for row in growth}
        value, low, high = map(float, re.fullmatch(
            r"n\^(\S+) \((\S+) \.\. (\S+)\)", by_cost["distances at ef 64"]).groups())
        self.assertTrue(0 < low == value == high < 1, by_cost)

    def test_a_recall_that_is_not_enclosed_has_no_cost(self):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import scaling
        points = [{"ef": ef, "recall": recall, "us": 10 * ef, "distances": ef}
                  for ef, recall in ((16, 0.96), (64, 0.99))]
        result = {"points": points, "build": {"seconds": 2, "distances": 500}}
        costs = scaling.costs(result, 100)
        self.assertIsNone(costs["us_at_recall"])
        self.assertEqual((costs["us_at_ef"], costs["build_distances"]), (640, 5))
        self.assertEqual(scaling.growth([10, 100, 1000], [[None], [2.0], [4.0]]),
                         "n^0.301 (0.301 .. 0.301), 2 sizes")
