"""How benchmarks/peers holds targets against a measurement and reports it, on measurements made
here."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks/peers"))
import report
import rows
import targets


def contender(*qps_by_round, build=(1.0,), recalls=(0.9, 1.0), **more):
    """Points at two recalls with the same QPS in each, so that any recall between has it too."""
    return {"build_seconds": list(build), **more,
            "points": [{"recall": [recall] * len(qps_by_round), "qps": list(qps_by_round)}
                       for recall in recalls]}


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
        # Each load is held against the mean of the files before and after: 3 / 2, 4 / 4, 9 / 2.
        costs = [{"layout_seconds": load, "write_seconds": write}
                 for load, write in ((3.0, [1.0, 3.0]), (4.0, [4.0, 4.0]), (9.0, [2.0, 2.0]))]
        target = targets.Target("load", "skerry ours", ("skerry ours",), 1.4, "load", "write",
                                recalls=(None,), more_is_better=False)
        line = self.line(target, result(skerry_ours=contender(1, 1, 1, costs=costs)))
        self.assertEqual((line["ours"], line["theirs"]), ("4 s", "2 s"))
        self.assertEqual(line["ratio"], "1.50 (1.00..4.50)")
        self.assertEqual(line["verdict"], "not met (holds in 1 of 3 rounds)")

    def test_what_a_build_holds_counts_in_the_rounds_that_build(self):
        costs = {"list_capacity": 0, "vectors": 0, "dimension": 1, "construction": "f32"}
        ours = contender(1, 1, 1, build=(1.0, 1.0), costs=[
            {**costs, "peak_rss_bytes": mib * targets.MIB} for mib in (16, 48, 32)])
        target = targets.Target("memory", "skerry ours", ("skerry ours",), 1, "memory", "allowance",
                                recalls=(None,), more_is_better=False)
        self.assertEqual(self.line(target, result(skerry_ours=ours))["ratio"], "0.50 (0.25..0.75)")

    def test_a_round_is_interpolated_on_its_own_curve(self):
        # A peer that was built anew has another graph: at 0.95 it is 10000^0.5 and 10000 queries.
        anew = {"points": [{"recall": [0.90, 0.95], "qps": [10_000, 10_000]},
                           {"recall": [1.00, 1.00], "qps": [1, 100]}]}
        first, second = targets.qps(anew, 0.95)
        self.assertAlmostEqual(first, 100)
        self.assertAlmostEqual(second, 10_000)

    def test_a_peer_of_fewer_rounds_is_held_against_the_rounds_that_both_have(self):
        line = self.line(OURS, result(skerry_ours=contender(300, 200, 900, 900),
                                      b=contender(100, 100)))
        self.assertEqual(line["ratio"], "2.50 (2.00..3.00)")

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
                    self.assertIn(name.removeprefix("skerry "), rows.VIEWS)


class Report(unittest.TestCase):

    def table(self, text, title):
        lines = text.partition(f"## {title}\n\n")[2].partition("\n\n")[0].splitlines()
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]

    def test_points_are_medians_of_their_rounds_and_work_is_compared_at_them(self):
        def points(*by_ef):
            return [{"ef": ef, "recall": recall, "qps": qps, "distances": distances}
                    for ef, recall, qps, distances in by_ef]

        theirs = points((16, [0.90, 0.92, 0.97], [9, 5, 7], [100, 100, 100]),
                        (64, [0.99, 0.99, 0.99], [3, 1, 2], [400, 400, 400]))
        ours = points((16, [0.90], [8], [50]), (64, [0.98], [4], [200]))
        contenders = {name: {"label": name, "parameters": "", "build_seconds": [1.0],
                             "file_bytes": None, "points": each}
                      for name, each in (("faiss", theirs), ("skerry memory+frozen", ours),
                                         ("died", []))}
        text = report.markdown({**result(), "contenders": contenders, "summary": "", "facts": {},
                                "dataset": {"name": "x"}})
        head, _, *lines = self.table(text, "All points")
        self.assertEqual(head[1:], ["16", "64"])
        self.assertEqual(lines, [["faiss", "0.9200 / 7", "0.9900 / 2"],
                                 ["skerry memory+frozen", "0.9000 / 8", "0.9800 / 4"]])
        _, _, first, second = self.table(text, "Recall at equal work")
        # 100 distances lie half way between 50 and 200.
        self.assertEqual(first, ["16", "100", "0.9200", "0.9400", "+0.0200"])
        self.assertEqual(second, ["64", "400", "0.9900", "n/a", "n/a"])


if __name__ == "__main__":
    unittest.main()
