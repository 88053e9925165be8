"""Contenders take short turns: each peer and each row of ours is one, and a round has a turn of each.

A turn searches all points once. In the first rounds that build, a peer builds anew at the beginning
of its turn, and so does each graph of ours at that of the first row that needs it. Slow peers build
before the first round, and search in the first rounds only (peer.py). Every list of a contender has
the first rounds' values in order, so that equal places are equal rounds.

What a contender is (worker.Worker, skerry_program.Row)

name, label, parameters   by which options and reports know it
optional                  the measurement is whole without it
builds_once, most_rounds  as in peer.py
repeats_its_graph         a build gives the graph of the one before
build()                   {"seconds", "bytes"}; asked of those that build once
turn(builds)              {"points", "build": as above, if `builds`}, and `costs` to be kept
stop()
"""

import random
import sys
import time


class Failed(Exception):
    """Why a contender cannot take part, or not any longer."""


def order_of(names, number):
    """The order of a round's turns: another in each, and the same in every measurement."""
    order = list(names)
    random.Random(number).shuffle(order)
    return order


class Measurement:
    """Collects what the contenders answer; one that fails is out, and the others go on.

    `absent` are optional contenders that cannot be here: their reasons are told, and nothing is
    wrong with the measurement.
    """

    def __init__(self, rounds, builds):
        self.rounds, self.builds = rounds, builds
        self.contenders, self.failures, self.absent = {}, {}, {}
        self._takes_turns = {}

    def enter(self, contender):
        """The report has the contenders in the order in which they enter."""
        self._takes_turns[contender.name] = contender
        self.contenders[contender.name] = {
            "label": contender.label, "parameters": contender.parameters, "build_seconds": [],
            "file_bytes": None, "turn_seconds": [], "points": []}

    def leave_out(self, name, error, optional):
        (self.absent if optional else self.failures)[name] = str(error)
        self._say(f"{name} {'is left out' if optional else 'failed'}: {error}")

    def _is_out(self, name):
        return name in self.failures or name in self.absent

    @staticmethod
    def _say(text):
        print(text, file=sys.stderr, flush=True)

    def build_slow(self):
        """Those that build once do so, before the rounds, so that no turns lie minutes apart."""
        for name, contender in self._takes_turns.items():
            if not contender.builds_once:
                continue
            self._say(f"build: {name}")
            try:
                self._take_build(name, contender.build())
            except Failed as error:
                self.leave_out(name, error, contender.optional)

    def take_turns(self, number):
        """The round of this number, from 0."""
        self._say(f"round {number + 1} of {self.rounds}")
        for name in order_of(self._takes_turns, number):
            contender = self._takes_turns[name]
            if self._is_out(name) or number >= (contender.most_rounds or self.rounds):
                continue
            start = time.perf_counter()
            try:
                answer = contender.turn(number < self.builds and not contender.builds_once)
            except Failed as error:
                self.leave_out(name, error, contender.optional)
                continue
            self.contenders[name]["turn_seconds"].append(time.perf_counter() - start)
            self._take(contender, answer)

    def _take_build(self, name, build):
        self.contenders[name]["build_seconds"].append(build["seconds"])
        self.contenders[name]["file_bytes"] = build["bytes"]

    def _take(self, contender, answer):
        """Adds one turn's answer to what is known of a contender."""
        mine = self.contenders[contender.name]
        if "build" in answer:
            self._take_build(contender.name, answer["build"])
        if "costs" in answer:
            mine.setdefault("costs", []).append(answer["costs"])
        if not mine["points"]:
            mine["points"] = [{"ef": point["ef"], "recall": [], "qps": [], "distances": []}
                              for point in answer["points"]]
        changed = [known["ef"] for known, point in zip(mine["points"], answer["points"])
                   if known["recall"] and known["recall"][-1] != point["recall"]]
        if changed and (contender.repeats_its_graph or "build" not in answer):
            self.leave_out(contender.name, f"recall at ef = {changed[0]} changed between rounds",
                           contender.optional)
        for known, point in zip(mine["points"], answer["points"]):
            for key in ("recall", "qps", "distances"):
                known[key].append(point[key])

    def stop(self):
        for contender in self._takes_turns.values():
            contender.stop()
