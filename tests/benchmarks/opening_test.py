"""The time from start to answer."""

import unittest

from tests.benchmarks.support import BUILD, script, tables


class Opening(unittest.TestCase):

    def test_open_time_has_a_row_for_every_size(self):
        rows, = tables(script("open_time.py", BUILD, "--quick"))
        self.assertEqual([row["n"] for row in rows], ["100", "400"])
        for row in rows:
            low, high = map(float, row["spread"].split(".."))
            self.assertTrue(low <= float(row["difference ms"]) <= high, row)
            self.assertGreater(float(row["to the answer ms"]), 0, row)
