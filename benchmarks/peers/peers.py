"""Builds and searches the same data with skerry and its peers; README.md tells the method."""

import argparse
import json
import pathlib
import sys
import tempfile

import adapters
import dataset as datasets
import measurement
import report
import rows
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
        help="which, in the report's order (default: %(default)s)")
    add("--views", type=words, default=rows.VIEWS,
        help="skerry's rows: stores, views and variants (default: %(default)s)")
    add("--rounds", type=int, default=9, help="of one turn each (default: 9)")
    add("--builds", type=int, default=3,
        help="how many of the first rounds build all but the slow peers anew (default: 3)")
    add("--passes", type=int, default=1,
        help="timed passes over the queries in a turn, after an untimed one (default: 1)")
    add("--ef", type=numbers, default=[16, 24, 32, 48, 64, 96, 128, 192],
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
            rows.settings_of(view)
    except ValueError as error:
        parser.error(str(error))
    if min([options.rounds, options.builds, options.passes, options.k, *options.ef]) < 1:
        parser.error("--rounds, --builds, --passes, --k and --ef take numbers from 1")
    if "skerry" in options.peers and not options.skerry.is_file():
        parser.error(f"there is no {options.skerry}: ./run builds it")
    options.builds = min(options.builds, options.rounds)
    options.dataset, options.skerry = options.dataset.resolve(), options.skerry.resolve()
    return options


def enter_all(measured, options, program):
    """All that was asked for and can be here; the others are left out with their reasons."""
    for kind in options.peers:
        if kind == "skerry":
            enter_rows(measured, options, program)
            continue
        try:
            measured.enter(worker.Worker(kind, options))
        except worker.PeerFailed as error:
            measured.leave_out(kind, error, adapters.PEERS[kind].optional)


def enter_rows(measured, options, program):
    """Those that this build of the program can measure: an older one may lack a key."""
    found = []
    for row in options.views:
        try:
            found.append(skerry_program.Row(row, program))
            measured.enter(found[-1])
        except skerry_program.SkerryFailed as error:
            measured.leave_out(f"skerry {row}", error, optional=True)
    if not found:
        measured.leave_out("skerry", "the program takes none of the rows", optional=False)


def measure(options, metric):
    """(the measurement, what skerry tells of itself)."""
    measured = measurement.Measurement(options.rounds, options.builds)
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        program = skerry_program.Program(options, metric, folder)
        try:
            enter_all(measured, options, program)
            measured.build_slow()
            for number in range(options.rounds):
                if number < options.builds:
                    program.forget_graphs()
                measured.take_turns(number)
        finally:
            measured.stop()
    return measured, program.provenance


def result_of(options, data, measured, provenance):
    """What peers.json holds: every figure of every round, and what it was taken on."""
    n, dimension = data.train.shape
    here = report.machine()
    facts = {
        "machine": f"{here['cpu']}, {here['cores']} cores, {' '.join(here['simd'])}",
        "system": here["system"],
        "date": here["date"],
        "skerry": f"commit {report.commit(ROOT)}" + "".join(f", {s}" for s in options.set),
        "kernels of skerry": (provenance or {}).get("kernel_target", "n/a"),
    }
    summary = (
        f"{n:,} x {dimension}, {data.metric}, {len(data.test):,} queries, k = {options.k}, strict "
        f"recall; M = {options.M}, ef_construction = {options.ef_construction}; built with "
        f"{options.build_threads} threads, searched with one. Rounds: {options.rounds}, builds: "
        f"{options.builds}; median (min..max) over them; ratios are taken within a round."
    )
    return {
        "dataset": {"name": options.dataset.name, "n": n, "dimension": dimension,
                    "queries": len(data.test), "metric": data.metric},
        "options": {key: str(value) if isinstance(value, pathlib.Path) else value
                    for key, value in vars(options).items()},
        "machine": here,
        "provenance": provenance,
        "summary": summary,
        "facts": facts,
        "contenders": measured.contenders,
        "failures": measured.failures,
        "absent": measured.absent,
    }


def main():
    options = parse_arguments()
    try:
        data = datasets.Dataset(options.dataset)
        data.truth(options.k)
    except (OSError, ValueError) as error:
        sys.exit(f"peers: error: {options.dataset}: {error}")
    options.output.mkdir(parents=True, exist_ok=True)
    measured, provenance = measure(options, data.metric)
    result = result_of(options, data, measured, provenance)
    text = report.markdown(result)
    (options.output / "peers.json").write_text(json.dumps(result, indent=1) + "\n")
    (options.output / "peers.md").write_text(text)
    print(text, end="")
    print(f"\nresults: {options.output / 'peers.json'}, {options.output / 'peers.md'}")
    return 1 if measured.failures else 0


if __name__ == "__main__":
    sys.exit(main())
