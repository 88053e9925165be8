"""How benchmarks/peers holds targets against a measurement, on measurements made here; and how its
rows of ours are told apart."""

import argparse
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks/peers"))
import skerry_program
import targets


def contender(*qps_by_round, build=(1.0,), recalls=(0.9, 1.0), **more):
    """Points at two recalls with the same QPS in each, so that any recall between has it too."""
    return {"build_seconds": list(build), **more,
            "points": [{"recall": recall, "qps": list(qps_by_round)} for recall in recalls]}


def result(absent=(), failures=(), **contenders):
    return {"contenders": {name.replace("_", " "): each for name, each in contenders.items()},
            "absent": dict(absent), "failures": dict(failures)}


OURS = targets.Target("a / b", "skerry ours", ("b", "c"), 2.0, recalls=(0.95,))


class Targets(unittest.TestCase):

    def line(self, target, measured):
        row, = targets.rows(measured, [target])
        self.assertEqual(len(row), len(targets.HEAD))
        return dict(zip(targets.HEAD, row))

    def test_each_round_is_held_against_the_same_round_of_the_best(self):
        line = self.line(OURS, result(skerry_ours=contender(210, 300, 500),
                                      b=contender(100, 100, 200), c=contender(90, 90, 90)))
        self.assertEqual(line["ratio"], "2.50 (2.10..3.00)")
        self.assertEqual((line["ours"], line["theirs"]), ("300", "100 (b)"))
        self.assertEqual(line["verdict"], "met")

    def test_rounds_that_disagree_are_told(self):
        line = self.line(OURS, result(skerry_ours=contender(100, 300, 300),
                                      b=contender(100, 100, 100)))
        self.assertEqual(line["verdict"], "met (holds in 2 of 3 rounds)")

    def test_a_median_below_the_bound_is_not_met(self):
        line = self.line(OURS, result(skerry_ours=contender(100), b=contender(100)))
        self.assertEqual((line["target"], line["verdict"]), (">= 2", "not met"))

    def test_less_is_better_for_seconds_and_the_fastest_peer_counts(self):
        target = targets.Target("build", "skerry ours", ("b", "c"), 0.6, "build",
                                recalls=(None,), more_is_better=False)
        line = self.line(target, result(skerry_ours=contender(1, build=(1.0, 1.2)),
                                        b=contender(1, build=(4.0, 4.0)),
                                        c=contender(1, build=(2.0, 2.0))))
        self.assertEqual((line["theirs"], line["ratio"]), ("2 s (c)", "0.55 (0.50..0.60)"))
        self.assertEqual((line["target"], line["verdict"]), ("<= 0.6", "met"))

    def test_what_a_build_costs_is_held_against_its_own_reference(self):
        costs = [{"layout_seconds": 3.0, "write_seconds": 2.0}]
        target = targets.Target("load", "skerry ours", ("skerry ours",), 1.4, "load", "write",
                                recalls=(None,), more_is_better=False)
        line = self.line(target, result(skerry_ours=contender(1, costs=costs)))
        self.assertEqual((line["ours"], line["theirs"], line["verdict"]), ("3 s", "2 s", "not met"))

    def test_a_build_by_codes_may_hold_them_as_well(self):
        costs = {"peak_rss_bytes": 100 * targets.MIB, "list_capacity": 0, "vectors": targets.MIB,
                 "dimension": 16}
        target = targets.Target("memory", "skerry ours", ("skerry ours",), 1, "memory", "allowance",
                                recalls=(None,), more_is_better=False)
        for construction, allowance in (("f32", "64 MiB"), ("i8", "88 MiB")):
            ours = contender(1, costs=[{**costs, "construction": construction}])
            line = self.line(target, result(skerry_ours=ours))
            self.assertEqual((line["ours"], line["theirs"]), ("36 MiB", allowance))

    def test_a_recall_that_is_not_reached_is_not_measured(self):
        line = self.line(OURS, result(skerry_ours=contender(100, recalls=(0.7, 0.8)),
                                      b=contender(100)))
        self.assertEqual(line["verdict"], "not measured: skerry ours: recall 0.95 not reached")

    def test_a_contender_that_is_missing_is_named_with_its_reason(self):
        measured = result(skerry_ours=contender(100), absent={"b": "no wheel"},
                          failures={"c": "died"})
        self.assertEqual(self.line(OURS, measured)["verdict"],
                         "not measured: b: no wheel; c: died")
        self.assertEqual(self.line(OURS, measured)["ours"], "100")
        absent = result(b=contender(100), absent={"skerry ours": "no such key"})
        self.assertEqual(self.line(OURS, absent)["verdict"],
                         "not measured: skerry ours: no such key")
        failed = result(b=contender(100), failures={"skerry": "exit status 1"})
        self.assertEqual(self.line(OURS, failed)["verdict"],
                         "not measured: skerry ours: exit status 1")
        self.assertIn("was not asked for", self.line(OURS, result(b=contender(1)))["verdict"])

    def test_every_target_has_a_line_for_each_recall(self):
        lines = targets.rows(result())
        self.assertEqual(len(lines), sum(len(getattr(each, "recalls", "1"))
                                         for each in targets.TARGETS))
        for line in lines:
            self.assertEqual(len(line), len(targets.HEAD))
            self.assertIn("not measured", line[-1])

    def test_targets_name_rows_that_are_measured_by_default(self):
        for target in targets.TARGETS:
            for name in (getattr(target, "ours", ""), *getattr(target, "against", ())):
                if name.startswith("skerry "):
                    self.assertIn(name.removeprefix("skerry "), skerry_program.VIEWS)


class Rows(unittest.TestCase):

    names = ["memory+frozen", "memory+frozen+i8", "lmdb+memo", "lmdb+memo+i8", "lmdb+direct"]

    def test_a_result_belongs_to_the_row_that_explains_most_of_it(self):
        frozen = {"store": "memory", "view": "frozen", "encoding": "f32"}
        plain = {"traversal": "f32", "oversample": 1}
        codes = {"traversal": "i8", "oversample": 3}
        lmdb = {"store": "lmdb", "view": "memo", "encoding": "i8"}
        for config, name in (({**frozen, **plain}, "memory+frozen"),
                             ({**frozen, **codes}, "memory+frozen+i8"),
                             ({**lmdb, **plain}, "lmdb+memo"),
                             ({**lmdb, **codes}, "lmdb+memo+i8")):
            self.assertEqual(skerry_program.name_of(config, self.names), name)
        self.assertIsNone(skerry_program.name_of({"store": "rocksdb"}, self.names))

    def test_views_of_a_store_keep_the_codes_that_they_walk_by_in_it(self):
        self.assertEqual(skerry_program.settings_of("lmdb+memo+i8")["build"]["encoding"], "i8")
        self.assertNotIn("encoding", skerry_program.settings_of("memory+frozen+i8")["build"])

    def record(self, **config):
        return {
            "config": {"store": "lmdb", "view": "memo", "M": 4, "M0": 8, **config},
            "build": {"seconds": 2, "layout_seconds": 1, "peak_rss_bytes": 10},
            "recall": {"strict": 0.9}, "qps": {"median": 100}, "work": {"distances": 7},
            "links": {"value_bytes": 3}, "disk_bytes": 5, "graph_digest": "d", "provenance": {},
            "dataset": {"n": 20, "dimension": 6},
            "graph": {"degrees": [{"level": 0, "items": 20}, {"level": 1, "items": 2}]},
        }

    def read(self, *records):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "results.jsonl"
            path.write_text("".join(json.dumps(record) + "\n" for record in records))
            return skerry_program.read_results(path, self.names)

    def test_results_come_as_points_by_ef_with_what_the_build_cost(self):
        found = self.read(self.record(ef=64), self.record(ef=16), self.record(ef=16, view="direct"))
        self.assertEqual(set(found), {"skerry lmdb+memo", "skerry lmdb+direct"})
        memo = found["skerry lmdb+memo"]
        self.assertEqual([point["ef"] for point in memo["points"]], [16, 64])
        # 20 lists of 8 links at level 0, and 2 of 4 above.
        self.assertEqual(memo["list_capacity"], 168)

    def test_results_that_no_row_explains_or_that_hold_an_axis_are_refused(self):
        for records in ([self.record(ef=16, store="rocksdb")],
                        [self.record(ef=16), self.record(ef=16)]):
            with self.assertRaises(skerry_program.SkerryFailed):
                self.read(*records)

    def test_a_word_that_is_none_is_refused(self):
        for name in ("lmdb", "lmdb+memo+i9"):
            with self.assertRaises(ValueError):
                skerry_program.settings_of(name)

    def test_a_row_does_not_inherit_the_words_of_the_first(self):
        options = argparse.Namespace(dataset="x", M=16, ef_construction=100, build_threads=2, k=10,
                                     ef=[16], passes=1)
        text = skerry_program.config_text(options, "cosine",
                                          ["lmdb+memo+i8", "memory+frozen+1builder", "lmdb+memo"])
        last = text.split("[[group]]")[-1]
        self.assertIn('encoding = "f32"', last)
        self.assertIn('traversal = "f32"', last)
        self.assertIn("oversample = 1", last)


if __name__ == "__main__":
    unittest.main()
