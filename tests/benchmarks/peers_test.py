"""Our rows beside those of the peers."""

import argparse
import sys
import tempfile
import unittest

from tests.benchmarks.support import BUILD, SOURCE, STORES


class Peers(unittest.TestCase):

    def test_rows_of_ours_take_turns_with_one_build_of_their_graph(self):
        sys.path.insert(0, str(SOURCE / "benchmarks/peers"))
        import skerry_program
        options = argparse.Namespace(
            skerry=BUILD / "skerry", M=8, ef_construction=50, build_threads=2, k=10, ef=[16, 64],
            passes=1, set=["dataset.limit=400"],
            dataset=SOURCE / "experiments/data/wordnet-verbs-384-angular.hdf5")
        with tempfile.TemporaryDirectory() as folder:
            program = skerry_program.Program(options, "cosine", folder)
            rows = [skerry_program.Row(f"{store}+memo", program) for store in STORES]
            rows.append(skerry_program.Row("memory+frozen+1builder", program))
            # Two rounds that build and one that does not.
            rounds = []
            for builds in (True, True, False):
                if builds:
                    program.forget_graphs()
                rounds.append([row.turn(builds) for row in rows])
        shared = len(STORES) - 1
        for answers, builds in zip(rounds, (True, True, False)):
            costs = [answer["costs"] for answer in answers]
            self.assertEqual([each["cached"] for each in costs],
                             [False, *[True] * shared, False] if builds else [True] * len(rows))
            for each in costs[:-1]:
                # Seconds are those of the one graph and of each row's own layout.
                self.assertAlmostEqual(each["seconds"] - each["layout_seconds"],
                                       costs[0]["seconds"] - costs[0]["layout_seconds"])
                self.assertEqual(each["peak_rss_bytes"], costs[0]["peak_rss_bytes"])
            self.assertEqual([[point["ef"] for point in answer["points"]] for answer in answers],
                             [[16, 64]] * len(rows))
            self.assertEqual([[point["recall"] for point in answer["points"]]
                              for answer in answers],
                             [[point["recall"] for point in rounds[0][0]["points"]]] * len(rows))
            for store, each in zip(STORES, costs):
                self.assertEqual(len(each.get("write_seconds", [])), 2 * (store == "lmdb"))
        seconds = [answers[0]["costs"]["seconds"] - answers[0]["costs"]["layout_seconds"]
                   for answers in rounds]
        self.assertNotEqual(seconds[0], seconds[1])
        self.assertAlmostEqual(seconds[1], seconds[2])
