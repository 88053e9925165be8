"""How benchmarks/peers compares curves, on curves whose answers are known."""

import unittest

from benchmarks.peers import curves


class Curves(unittest.TestCase):

    def test_between_two_points_the_logarithm_is_linear(self):
        self.assertAlmostEqual(curves.value_at([(0.90, 10000), (1.00, 100)], 0.95), 1000)

    def test_a_measured_point_is_its_own_value(self):
        curve = [(0.90, 9000), (0.95, 5000), (0.99, 1000)]
        self.assertAlmostEqual(curves.value_at(curve, 0.95), 5000)

    def test_nothing_is_extrapolated(self):
        curve = [(0.96, 9000), (0.98, 5000)]
        self.assertIsNone(curves.value_at(curve, 0.95))
        self.assertIsNone(curves.value_at(curve, 0.99))
        self.assertIsNone(curves.value_at([], 0.95))
        self.assertIsNone(curves.recall_at(curve, 10000))

    def test_where_recall_dips_the_cheapest_crossing_counts(self):
        curve = [(0.94, 9000), (0.96, 6000), (0.94, 5000), (0.99, 1000)]
        self.assertGreater(curves.value_at(curve, 0.95), 6000)

    def test_recall_at_equal_distances_is_linear_in_their_logarithm(self):
        self.assertAlmostEqual(curves.recall_at([(0.90, 100), (0.98, 10000)], 1000), 0.94)

    def test_a_ratio_compares_each_round_with_itself(self):
        ratio = curves.paired_ratio([100, 200, 300], [50, 100, 150])
        self.assertEqual(ratio, {"median": 2, "min": 2, "max": 2})

    def test_a_round_without_a_value_is_left_out(self):
        self.assertEqual(curves.spread([None, 3, 1])["median"], 2)
        self.assertIsNone(curves.spread([None]))
        self.assertIsNone(curves.paired_ratio([None, 2], [1, None]))


if __name__ == "__main__":
    unittest.main()
