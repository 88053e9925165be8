"""The table of an index that changes."""

import re
import tempfile
import unittest

from tests.benchmarks.support import BUILD, SOURCE, run, script, tables


class Churn(unittest.TestCase):

    def test_churn_table_has_a_fresh_build_and_the_rounds_of_every_churn(self):
        with tempfile.TemporaryDirectory() as folder:
            run(BUILD / "skerry", "run", SOURCE / "experiments/configs/churn.toml", "--smoke",
                "--no-noise", "--no-cache", "--quiet", "-o", folder, "--set",
                "dataset.spec=clustered(n=800, d=16, clusters=20, queries=50)",
                "--set", "dataset.limit=400")
            text = script("churn_table.py", folder)
        rows, = tables(text)
        self.assertIn("3 rounds that replace 20 items, 400 held back", text)
        self.assertIn("means over seeds 1, 2", text)
        base = [row for row in rows
                if row["selection"] == "hnsw" and row["connectivity"] == "parent"]
        self.assertEqual([row["round"] for row in base], ["fresh build", "0", "2", "3"])
        self.assertEqual([row["repair"] for row in base], ["-", "drop", "drop", "drop"])
        self.assertEqual({(row["selection"], row["connectivity"]) for row in rows},
                         {("hnsw", "none"), ("hnsw", "parent"), ("hnsw", "bfs_repair"),
                          ("robust_prune(alpha=1.2)", "none")})
        self.assertIn("fresh_diskann(alpha=1)", {row["repair"] for row in rows})
        for row in rows:
            mean, low, high = map(float, re.fullmatch(
                r"(\S+) \((\S+) \.\. (\S+)\)", row["recall@10"]).groups())
            self.assertTrue(0.9 < low <= mean <= high <= 1, row)
            for column in ("mean degree", "in-degree p99", "max", "link bytes"):
                self.assertGreater(float(row[column].replace(",", "")), 0, row)
