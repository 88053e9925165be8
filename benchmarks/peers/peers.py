"""Builds and searches the same data with skerry and its peers; README.md tells the method."""

import argparse
import json
import pathlib
import sys

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
        help="skerry's stores and views (default: %(default)s)")
    add("--rounds", type=int, default=3, help="of searches (default: 3)")
    add("--builds", type=int, default=3, help="of each peer but hannoy (default: 3)")
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
    if any(view.count("+") != 1 for view in options.views):
        parser.error("--views takes pairs such as lmdb+memo")
    if min([options.rounds, options.builds, options.passes, options.k, *options.ef]) < 1:
        parser.error("--rounds, --builds, --passes, --k and --ef take numbers from 1")
    if "skerry" in options.peers and not options.skerry.is_file():
        parser.error(f"there is no {options.skerry}: ./run builds it")
    options.dataset, options.skerry = options.dataset.resolve(), options.skerry.resolve()
    return options


class Measurement:
    """Collects what the contenders answer; one that fails is out, and the others go on."""

    def __init__(self, options, metric):
        self.options, self.metric = options, metric
        self.contenders, self.failures, self.provenance = {}, {}, None
        self.workers = {
            kind: worker.Worker(kind, options) for kind in options.peers if kind != "skerry"
        }
        for kind, process in self.workers.items():
            self._contender(kind, process.label)

    def _contender(self, name, label):
        return self.contenders.setdefault(
            name, {"label": label, "build_seconds": [], "file_bytes": None, "points": []}
        )

    def _fail(self, name, error):
        self.failures[name] = str(error)
        self._say(f"{name} failed: {error}")

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
                if kind in self.failures or (number and process.builds_once):
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
            if kind in self.failures:
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
        for name, answer in skerry_program.run_once(self.options, self.metric).items():
            contender = self._contender(name, name)
            contender["build_seconds"].append(answer["seconds"])
            contender["file_bytes"] = answer["bytes"]
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
