"""Builds and searches the same data with skerry and its peers; README.md tells the method."""

import argparse
import json
import os
import pathlib
import sys
import time

import adapters
import dataset as datasets
import report
import skerry_program
import worker

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUICK = {"rounds": 1, "builds": 1, "ef": [16, 64, 256]}


def words(text):
    return [word for word in text.split(",") if word]


def numbers(text):
    return sorted({int(word) for word in words(text)})


def parse_arguments():
    parser = argparse.ArgumentParser(prog="benchmarks/peers/run", description=__doc__)
    add = parser.add_argument
    add("--dataset", type=pathlib.Path, help="ann-benchmarks HDF5 (default: the WordNet verbs)",
        default=ROOT / "experiments/data/wordnet-verbs-384-angular.hdf5")
    add("--peers", type=words, default=[*adapters.PEERS, "skerry"],
        help="which, in this order (default: %(default)s)")
    add("--views", type=words, default=skerry_program.VIEWS,
        help="skerry's rows: stores, views and variants (default: %(default)s)")
    add("--rounds", type=int, default=3, help="of searches (default: 3)")
    add("--builds", type=int, default=3, help="of each peer but the slow (default: 3)")
    add("--passes", type=int, default=3,
        help="timed passes over the queries in a round, after an untimed one (default: 3)")
    add("--ef", type=numbers, default=[16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512],
        help="comma-separated (default: %(default)s)")
    add("--k", type=int, default=10)
    add("--M", type=int, default=16)
    add("--ef-construction", type=int, default=100)
    add("--build-threads", type=int, default=2)
    add("--set", action="append", default=[], metavar="KEY=VALUE",
        help="given on to `skerry run`; one value, no axis")
    add("--skerry", type=pathlib.Path, default=ROOT / "build/skerry", help="the program")
    add("-o", "--output", type=pathlib.Path, default=pathlib.Path("results/peers"))
    add("--quick", action="store_true", help=f"a smoke test: {QUICK}")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    unknown = set(options.peers) - {*adapters.PEERS, "skerry"}
    if unknown:
        parser.error(f"unknown peers {sorted(unknown)}; known: {[*adapters.PEERS, 'skerry']}")
    try:
        for view in options.views:
            skerry_program.settings_of(view)
    except ValueError as error:
        parser.error(str(error))
    if min([options.rounds, options.builds, options.passes, options.k, *options.ef]) < 1:
        parser.error("--rounds, --builds, --passes, --k and --ef take numbers from 1")
    if "skerry" in options.peers and not options.skerry.is_file():
        parser.error(f"there is no {options.skerry}: ./run builds it")
    options.dataset, options.skerry = options.dataset.resolve(), options.skerry.resolve()
    return options


def write_seconds(folder, size):
    """How long a plain file of this size takes to be written and synced; its bytes do not repeat,
    so that no file system makes less of them."""
    block = os.urandom(1 << 20)
    path = folder / "plain"
    try:
        start = time.perf_counter()
        with open(path, "wb", buffering=0) as file:
            for written in range(0, size, len(block)):
                file.write(block[: size - written])
            os.fsync(file.fileno())
        return time.perf_counter() - start
    finally:
        path.unlink(missing_ok=True)


class Measurement:
    """Collects what the contenders answer; one that fails is out, and the others go on.

    `absent` are optional contenders that cannot be here: their reasons are told, and nothing is
    wrong with the measurement.
    """

    def __init__(self, options, metric):
        self.options, self.metric = options, metric
        self.contenders, self.failures, self.absent = {}, {}, {}
        self.provenance, self.workers, self.rows = None, {}, []
        for kind in options.peers:
            if kind == "skerry":
                self._find_rows()
                continue
            try:
                self.workers[kind] = worker.Worker(kind, options)
            except worker.PeerFailed as error:
                self._fail(kind, error)
                continue
            self._contender(kind, self.workers[kind].label, adapters.PEERS[kind].parameters)

    def _find_rows(self):
        """Those of the wanted rows that this build of the program can measure."""
        for name in self.options.views:
            reason = skerry_program.refusal(self.options, self.metric, name)
            if reason is None:
                self.rows.append(name)
            else:
                self.absent[f"skerry {name}"] = reason
                self._say(f"skerry {name} is left out: {reason}")
        if not self.rows:
            self._fail("skerry", "the program takes none of the rows")

    def _contender(self, name, label, parameters=""):
        return self.contenders.setdefault(
            name,
            {"label": label, "parameters": parameters, "build_seconds": [], "file_bytes": None,
             "points": []},
        )

    def _fail(self, name, error):
        optional = name in adapters.PEERS and adapters.PEERS[name].optional
        (self.absent if optional else self.failures)[name] = str(error)
        self._say(f"{name} {'is left out' if optional else 'failed'}: {error}")

    def _is_out(self, name):
        return name in self.failures or name in self.absent

    @staticmethod
    def _say(text):
        print(text, file=sys.stderr, flush=True)

    def _take(self, name, points):
        """Adds one round's points to a contender's."""
        contender = self.contenders[name]
        if not contender["points"]:
            contender["points"] = [{**point, "qps": []} for point in points]
        for mine, point in zip(contender["points"], points):
            if mine["recall"] != point["recall"]:
                self._fail(name, f"recall at ef = {mine['ef']} changed between rounds")
            mine["qps"].append(point["qps"])

    def build_peers(self):
        for number in range(self.options.builds):
            for kind, process in self.workers.items():
                if self._is_out(kind) or (number and process.builds_once):
                    continue
                try:
                    answer = process.build()
                except worker.PeerFailed as error:
                    self._fail(kind, error)
                    continue
                self.contenders[kind]["build_seconds"].append(answer["seconds"])
                self.contenders[kind]["file_bytes"] = answer["bytes"]
                self._say(f"build {number + 1}: {kind} {answer['seconds']:.2f} s")

    def search_round(self, number):
        # Another contender begins each round, so that none has a place of its own in the heat of
        # the machine.
        shift = number % len(self.options.peers)
        for kind in self.options.peers[shift:] + self.options.peers[:shift]:
            if self._is_out(kind):
                continue
            if number and kind != "skerry" and self.workers[kind].searches_once:
                continue
            self._say(f"round {number + 1}: {kind}")
            try:
                if kind == "skerry":
                    self._skerry_round()
                else:
                    self._take(kind, self.workers[kind].search())
            except (worker.PeerFailed, skerry_program.SkerryFailed) as error:
                self._fail(kind, error)

    def _skerry_round(self):
        answers = skerry_program.run_once(self.options, self.metric, self.rows)
        for name, answer in answers.items():
            contender = self._contender(name, name)
            contender["build_seconds"].append(answer["seconds"])
            contender["file_bytes"] = answer["bytes"]
            costs = {key: value for key, value in answer.items()
                     if key not in ("points", "provenance", "digest")}
            costs["write_seconds"] = write_seconds(self.options.output, answer["bytes"])
            contender.setdefault("costs", []).append(costs)
            self.provenance = answer["provenance"]
            self._take(name, answer["points"])

    def stop(self):
        for process in self.workers.values():
            process.stop()


def result_of(options, data, measurement):
    """What peers.json holds: every figure of every round, and what it was taken on."""
    n, dimension = data.train.shape
    here = report.machine()
    facts = {
        "machine": f"{here['cpu']}, {here['cores']} cores, {' '.join(here['simd'])}",
        "system": here["system"],
        "date": here["date"],
        "skerry": f"commit {report.commit(ROOT)}" + "".join(f", {s}" for s in options.set),
        "kernels of skerry": (measurement.provenance or {}).get("kernel_target", "n/a"),
    }
    summary = (
        f"{n:,} x {dimension}, {data.metric}, {len(data.test):,} queries, k = {options.k}, strict "
        f"recall; M = {options.M}, ef_construction = {options.ef_construction}; built with "
        f"{options.build_threads} threads, searched with one. Rounds of searches: "
        f"{options.rounds}, builds: {options.builds}; median (min..max) over them; ratios are "
        f"taken within a round."
    )
    return {
        "dataset": {"name": options.dataset.name, "n": n, "dimension": dimension,
                    "queries": len(data.test), "metric": data.metric},
        "options": {key: str(value) if isinstance(value, pathlib.Path) else value
                    for key, value in vars(options).items()},
        "machine": here,
        "provenance": measurement.provenance,
        "summary": summary,
        "facts": facts,
        "contenders": measurement.contenders,
        "failures": measurement.failures,
        "absent": measurement.absent,
    }


def main():
    options = parse_arguments()
    try:
        data = datasets.Dataset(options.dataset)
        data.truth(options.k)
    except (OSError, ValueError) as error:
        sys.exit(f"peers: error: {options.dataset}: {error}")
    options.output.mkdir(parents=True, exist_ok=True)
    measurement = Measurement(options, data.metric)
    try:
        measurement.build_peers()
        for number in range(options.rounds):
            measurement.search_round(number)
    finally:
        measurement.stop()
    result = result_of(options, data, measurement)
    text = report.markdown(result)
    (options.output / "peers.json").write_text(json.dumps(result, indent=1) + "\n")
    (options.output / "peers.md").write_text(text)
    print(text, end="")
    print(f"\nresults: {options.output / 'peers.json'}, {options.output / 'peers.md'}")
    return 1 if measurement.failures else 0


if __name__ == "__main__":
    sys.exit(main())
