"""What updates cost, and how it grows."""

import pathlib
import re
import sys
import tempfile
import unittest

from tests.benchmarks.support import BUILD, SOURCE, STORES, script, tables


class Updates(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = pathlib.Path(cls.folder.name) / "updates.jsonl"
        cls.text = cls.scaling()
        cls.costs, cls.growth = tables(cls.text)

    @classmethod
    def scaling(cls, *more):
        return script("update_scaling.py", BUILD, "-o", cls.file, "--quick",
                      "--stores", *STORES, *more)

    def test_update_scaling_gives_costs_for_every_store_operation_and_size(self):
        self.assertEqual(len(self.costs), 3 * 2 * len(STORES))
        for row in self.costs:
            for field in ("records", "lists", "bytes"):
                self.assertGreater(float(row[field].replace(",", "")), 0, row)

    def test_growth_lies_in_its_interval(self):
        self.assertEqual({(row["store"], row["operation"]) for row in self.growth},
                         {(store, kind) for store in STORES
                          for kind in ("insert", "replace", "delete")})
        for row in self.growth:
            for field in ("records grow as", "bytes grow as"):
                value, low, high = map(float, re.fullmatch(
                    r"n\^(\S+) \((\S+) \.\. (\S+)\)", row[field]).groups())
                self.assertLessEqual(low, value)
                self.assertLessEqual(value, high)

    def test_every_store_writes_the_same_records(self):
        for size in ("200", "400"):
            for kind in ("insert", "replace", "delete"):
                written = {(row["records"], row["bytes"]) for row in self.costs
                           if (row["n"], row["operation"]) == (size, kind)}
                self.assertEqual(len(written), 1, f"{kind} at {size}: {written}")

    def test_what_is_measured_is_not_measured_again(self):
        whole = self.file.read_bytes()
        self.assertEqual(self.scaling(), self.text)
        self.assertEqual(self.file.read_bytes(), whole)
        # A kill in the midst of a line costs that line only.
        kept = whole.splitlines(keepends=True)
        self.file.write_bytes(b"".join(kept[:-1]) + kept[-1][:40])
        self.assertEqual(len(tables(self.scaling())[0]), 3 * 2 * len(STORES))
        self.assertTrue(self.file.read_bytes().startswith(b"".join(kept[:-1])))

    def test_synced_commits_have_a_rate(self):
        for row in tables(self.scaling("--sync", "--stores", STORES[-1]))[0]:
            self.assertGreater(float(row["operations/s"].replace(",", "")), 0, row)


class Growth(unittest.TestCase):

    def test_a_power_law_has_its_own_exponent(self):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import update_scaling
        samples = [[3 * n**0.25] * 10 for n in (100, 1000, 10000)]
        for value in update_scaling.exponent([100, 1000, 10000], samples):
            self.assertAlmostEqual(value, 0.25)
        value, low, high = update_scaling.exponent([10, 1000], [[5, 7, 6], [6, 7, 5]])
        self.assertAlmostEqual(value, 0)
        self.assertLess(low, 0)
        self.assertGreater(high, 0)
