"""Two builds of the program against each other, and one against the time of its kernels alone."""

import json
import pathlib
import sys
import tempfile
import unittest

from tests.benchmarks.support import BUILD, SOURCE, run, script, tables


class Paired(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import compare_builds
        import paired
        cls.compare_builds, cls.paired = compare_builds, paired

    def test_the_p_value_is_the_share_of_signs_that_give_as_much(self):
        # Of the 2^3 sums +-1 +-2 +-4, two are as far from zero as 7, and four as far as 5.
        self.assertEqual(self.paired.p_value([1, 2, 4]), 2 / 8)
        self.assertEqual(self.paired.p_value([-1, 2, 4]), 4 / 8)
        self.assertEqual(self.paired.p_value([0, 0, 0]), 1)

    def test_fewer_rounds_than_the_least_cannot_reach_the_level(self):
        for level in (0.05, 0.01):
            least = self.paired.least_rounds(level)
            self.assertLessEqual(self.paired.p_value([1] * least), level)
            self.assertGreater(self.paired.p_value([1] * (least - 1)), level)

    def test_the_interval_holds_zero_just_where_the_test_sees_no_difference(self):
        for shift in (0, 0.5, 2, 5):
            differences = [shift + noise for noise in (-2, -1, -0.5, 0, 0.25, 1, 1.5, 2)]
            low, high = self.paired.interval(differences, 0.05)
            self.assertEqual(low <= 0 <= high, self.paired.p_value(differences) > 0.05, shift)

    def test_p_values_of_many_rows_are_adjusted(self):
        for value, adjusted in zip(self.paired.holm([0.01, 0.04, 0.03]), (0.03, 0.06, 0.06)):
            self.assertAlmostEqual(value, adjusted)

    def test_faster_slower_and_the_same_are_told_apart(self):
        noise = (1.02, 0.99, 1.01, 0.98, 1.0, 1.03, 0.97, 1.01)
        rounds = [({"fast": 2 * n, "slow": 1 / n, "same": n}, {"fast": 1, "slow": 3, "same": 1})
                  for n in noise]
        found = {row: (ratio, word)
                 for row, ratio, *_, word in self.compare_builds.compare(rounds, 0.05)}
        self.assertEqual({row: word for row, (_, word) in found.items()},
                         {"fast": "faster", "slow": "slower", "same": "no difference",
                          "all": "slower"})
        self.assertAlmostEqual(found["fast"][0], 0.5, delta=0.01)
        self.assertAlmostEqual(found["slow"][0], 3, delta=0.05)

    def test_a_row_that_only_one_build_has_is_left_out(self):
        rounds = [({"a": 1, "b": 1}, {"a": 1, "c": 1})] * 6
        self.assertEqual([row for row, *_ in self.compare_builds.compare(rounds, 0.05)],
                         ["a", "all"])


CONFIG = """name = "smoke"
[dataset]
spec = "clustered(n=300, d=8, clusters=10, queries=20)"
[build]
metric = "euclidean"
[search]
ef = [16, 64]
view = ["memo", "frozen"]
repetitions = 1
"""


class Comparing(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "smoke.toml"
        self.config.write_text(CONFIG)

    def compare(self, *more):
        return script("compare_builds.py", BUILD, BUILD, "--config", self.config, "--rounds", 6,
                      *more)

    def test_compare_builds_has_a_verdict_for_every_point_and_build(self):
        text = self.compare()
        rows, = tables(text)
        self.assertEqual({row[""] for row in rows},
                         {"build", "search ef=16 view=memo", "search ef=64 view=memo",
                          "search ef=16 view=frozen", "search ef=64 view=frozen", "all"})
        for row in rows:
            low, high = map(float, row["interval"].split(" .. "))
            self.assertLessEqual(low, float(row["after / before"]), row)
            self.assertLessEqual(float(row["after / before"]), high, row)
            self.assertIn(row["verdict"], ("faster", "slower", "no difference"))
        self.assertIn("Graphs and recall are the same.", text)

    def test_a_graph_that_changed_is_told(self):
        # The other side is the same program that always takes another M.
        other = self.folder / "other"
        other.mkdir()
        (other / "skerry").write_text(f'#!/bin/sh\nexec "{BUILD}/skerry" "$@" --set build.M=4\n')
        (other / "skerry").chmod(0o755)
        text = script("compare_builds.py", BUILD, other, "--config", self.config, "--rounds", 6,
                      "--what", "search", "--set", "search.ef=16", "--set", "search.view=memo")
        self.assertIn("Graph or recall changed: search.", text)

    def test_limit_puts_kernels_against_the_time_of_every_point(self):
        results = self.folder / "results"
        run(BUILD / "skerry", "run", self.config, "-o", results, "--no-noise", "--quiet")
        lines = (results / "results.jsonl").read_text().splitlines()
        record = json.loads(lines[0])
        kernels = {"context": {"kernel_target": record["provenance"]["kernel_target"]},
                   "benchmarks": [{"name": f"euclidean/{dimension}/batch/{place}", "row": row}
                                  for dimension, cache in ((4, 2e-9), (12, 4e-9))
                                  for place, row in (("cache", cache), ("memory", 10 * cache))]}
        (self.folder / "kernels.json").write_text(json.dumps(kernels))
        rows, = tables(script("limit.py", results / "results.jsonl",
                              self.folder / "kernels.json"))
        self.assertEqual([(row["view"], row["ef"]) for row in rows],
                         [("memory+frozen", "16"), ("memory+frozen", "64"),
                          ("memory+memo", "16"), ("memory+memo", "64")])
        for row in rows:
            # d = 8 lies between 4 and 12: 3 ns.
            distances = int(row["distances"].replace(",", ""))
            self.assertAlmostEqual(float(row["cache mark us"]), distances * 3e-3, delta=0.1)
            self.assertAlmostEqual(float(row["memory mark us"]), distances * 30e-3, delta=0.1)
            parts = [float(row[part].rstrip(" %"))
                     for part in ("distance", "heap", "store", "decode")]
            self.assertAlmostEqual(sum(parts), 100, delta=2)
