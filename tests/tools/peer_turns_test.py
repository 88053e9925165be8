"""How benchmarks/peers deals out turns and keeps what they answer, with contenders made here."""

import contextlib
import io
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks/peers"))
import measurement


class Contender:
    """Answers with a number that tells its turns apart, and writes down what it was asked."""

    def __init__(self, name, log, recalls=(), fails_at=None, **more):
        self.name, self.label, self.parameters = name, name.upper(), ""
        self.optional, self.repeats_its_graph = False, False
        self.builds_once, self.most_rounds = False, None
        vars(self).update(more)
        self.log, self.recalls, self.fails_at, self.turns = log, recalls, fails_at, 0

    def build(self):
        self.log.append((self.name, "build"))
        return {"seconds": 5.0, "bytes": 9}

    def turn(self, builds):
        self.turns += 1
        self.log.append((self.name, builds))
        if self.turns == self.fails_at:
            raise measurement.Failed("died")
        recall = self.recalls[self.turns - 1] if self.recalls else 0.9
        answer = {"points": [{"ef": 16, "recall": recall, "qps": self.turns, "distances": 3}]}
        return {**answer, "build": {"seconds": self.turns, "bytes": 7}} if builds else answer

    def stop(self):
        self.log.append((self.name, "stop"))


class Turns(unittest.TestCase):

    def measure(self, *contenders, rounds=4, builds=2):
        measured = measurement.Measurement(rounds, builds)
        with contextlib.redirect_stderr(io.StringIO()) as said:
            for contender in contenders:
                measured.enter(contender)
            measured.build_slow()
            for number in range(rounds):
                measured.take_turns(number)
            measured.stop()
        self.said = said.getvalue()
        return measured

    def test_orders_differ_between_rounds_and_are_the_same_in_every_measurement(self):
        names = [f"contender {i}" for i in range(20)]
        orders = [measurement.order_of(names, number) for number in range(9)]
        self.assertEqual(orders, [measurement.order_of(names, number) for number in range(9)])
        self.assertEqual(len({tuple(order) for order in orders}), 9)
        for order in orders:
            self.assertEqual(sorted(order), sorted(names))
        # Whoever is first in one round is first in few others.
        self.assertGreater(len({order[0] for order in orders}), 4)

    def test_a_round_has_one_turn_of_each_in_its_order(self):
        log, names = [], list("abcde")
        self.measure(*(Contender(name, log) for name in names), rounds=3)
        turns = [name for name, what in log if what != "stop"]
        for number in range(3):
            self.assertEqual(turns[5 * number : 5 * number + 5],
                             measurement.order_of(names, number))

    def test_only_the_first_rounds_build(self):
        log = []
        found = self.measure(Contender("a", log)).contenders["a"]
        self.assertEqual([what for _, what in log], [True, True, False, False, "stop"])
        self.assertEqual((found["build_seconds"], found["file_bytes"]), ([1, 2], 7))
        self.assertEqual(found["points"], [{"ef": 16, "recall": [0.9] * 4, "qps": [1, 2, 3, 4],
                                            "distances": [3] * 4}])
        self.assertEqual(len(found["turn_seconds"]), 4)

    def test_a_slow_one_builds_once_before_the_rounds_and_leaves_early(self):
        log = []
        measured = self.measure(Contender("a", log),
                                Contender("slow", log, builds_once=True, most_rounds=2))
        self.assertEqual(log[0], ("slow", "build"))
        self.assertEqual([what for name, what in log if name == "slow"],
                         ["build", False, False, "stop"])
        self.assertEqual(measured.contenders["slow"]["build_seconds"], [5.0])
        self.assertEqual(measured.contenders["slow"]["points"][0]["qps"], [1, 2])
        self.assertEqual(measured.contenders["a"]["points"][0]["qps"], [1, 2, 3, 4])

    def test_one_that_fails_is_out_and_the_others_go_on(self):
        log = []
        measured = self.measure(Contender("a", log), Contender("b", log, fails_at=2),
                                Contender("c", log, fails_at=1, optional=True))
        self.assertEqual((measured.failures, measured.absent), ({"b": "died"}, {"c": "died"}))
        self.assertEqual(measured.contenders["b"]["points"][0]["qps"], [1])
        self.assertEqual(measured.contenders["c"]["points"], [])
        self.assertEqual(measured.contenders["a"]["points"][0]["qps"], [1, 2, 3, 4])
        self.assertIn("b failed: died", self.said)
        self.assertIn("c is left out: died", self.said)

    def test_recall_may_change_with_a_graph_and_with_nothing_else(self):
        built_anew, in_between = [0.90, 0.91, 0.91, 0.91], [0.90, 0.91, 0.91, 0.92]
        measured = self.measure(Contender("a", [], built_anew), Contender("b", [], in_between),
                                Contender("c", [], built_anew, repeats_its_graph=True))
        self.assertEqual(measured.contenders["a"]["points"][0]["recall"], built_anew)
        self.assertEqual(measured.failures,
                         {name: "recall at ef = 16 changed between rounds" for name in "bc"})


if __name__ == "__main__":
    unittest.main()
