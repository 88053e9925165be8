"""skerry as a contender: one `skerry run` for each row and turn, its results.jsonl read back."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import measurement
import plain_file
import rows


class SkerryFailed(measurement.Failed):
    pass


def _lines(table, values):
    return [f"[{table}]"] + [f"{key} = {json.dumps(value)}" for key, value in values.items()]


def config_text(options, metric, row):
    """One row alone, so that a store meets only the view that is asked of it."""
    said = rows.settings_of(row)
    build = {
        "metric": metric,
        "M": options.M,
        "ef_construction": options.ef_construction,
        "threads": options.build_threads,
        **said["build"],
    }
    search = {"k": options.k, "ef": options.ef, "threads": 1, "repetitions": options.passes,
              **said["search"]}
    return "\n".join([
        'name = "peers"', *_lines("dataset", {"path": str(options.dataset)}),
        *_lines("build", build), *_lines("search", search), ""])


def read_results(path, row):
    """What one run's results.jsonl tells: costs of build and store, and `points` by ef."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if not records:
        raise SkerryFailed("it wrote no results")
    for record in records:
        for key, value in rows.columns(row).items():
            if record["config"].get(key) != value:
                raise SkerryFailed(f"a result has {key} = {record['config'].get(key)}, and the "
                                   f"row {row} is {value}: --set may not change it")
    points = sorted(
        ({"ef": record["config"]["ef"], "recall": record["recall"]["strict"],
          "qps": record["qps"]["median"], "distances": record["work"]["distances"]}
         for record in records), key=lambda point: point["ef"])
    if len({point["ef"] for point in points}) != len(points):
        raise SkerryFailed(f"{row} has several results for one ef: --set may not add an axis")
    first = records[0]
    return {
        "seconds": first["build"]["seconds"],
        "layout_seconds": first["build"]["layout_seconds"],
        "peak_rss_bytes": first["build"]["peak_rss_bytes"],
        "cached": first["build"]["cached"],
        "bytes": first["disk_bytes"],
        "construction": first["config"].get("construction", "f32"),
        "link_bytes": first["links"]["value_bytes"],
        "vectors": first["dataset"]["n"],
        "dimension": first["dataset"]["dimension"],
        "list_capacity": list_capacity(first),
        "provenance": first["provenance"],
        "points": points,
    }


def list_capacity(record):
    """Links that the lists of all levels have room for: M0 at level 0, M above."""
    m, m0 = record["config"]["M"], record["config"]["M0"]
    levels = record["graph"]["degrees"]
    return sum(level["items"] * (m if level["level"] else m0) for level in levels)


class Program:
    """The program with a cache of graphs of its own in `folder`: rows with the same graph build it
    once, the first of them, and all tell the seconds and the memory of that build."""

    def __init__(self, options, metric, folder):
        self._options, self._metric, self._folder = options, metric, pathlib.Path(folder).resolve()
        self.provenance = None  # of the last run

    def forget_graphs(self):
        """Each graph is built anew when it is next needed."""
        shutil.rmtree(self._folder / "skerry" / "graphs", ignore_errors=True)

    def folder(self):
        """A new one, for a run; its end is the caller's `with`."""
        return tempfile.TemporaryDirectory(dir=self._folder)

    def call(self, row, folder, command, *more):
        config = pathlib.Path(folder) / "peers.toml"
        config.write_text(config_text(self._options, self._metric, row), encoding="utf-8")
        command = [self._options.skerry, command, config, *more]
        for setting in rows.settings_left(row, self._options.set):
            command += ["--set", setting]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "XDG_CACHE_HOME": str(self._folder)})
        if done.returncode != 0:
            words = done.stderr.strip().splitlines() or ["no message"]
            last = words[-1].replace(str(config), config.name)  # the folder is gone when it is read
            raise SkerryFailed(f"exit status {done.returncode}: {last}")
        return done.stdout


class Row:
    """One row of ours as a contender of measurement.py. Making it raises SkerryFailed in the
    program's own words if this build of it cannot measure the row."""

    parameters, optional = "", False
    builds_once, most_rounds = False, None
    repeats_its_graph = True  # on any number of threads

    def __init__(self, row, program):
        self.name = self.label = f"skerry {row}"
        self._row, self._program = row, program
        with program.folder() as folder:
            plan = json.loads(program.call(row, folder, "plan", "--json"))
        if "largest_store_bytes" not in plan.get("expected", {}):
            raise SkerryFailed("its plan does not say how large the store will be")
        self._store_bytes = round(plan["expected"]["largest_store_bytes"])

    def turn(self, builds):
        """One `skerry run`. On LMDB the costs have `write_seconds` of a plain file as large as the
        store, right before and right after: a disk that changes its speed shows in them. Before the
        first run the size is the plan's."""
        on_disk = rows.words_of(self._row)[0].partition("(")[0] == "lmdb"
        with self._program.folder() as name:
            folder = pathlib.Path(name)
            before = plain_file.write_seconds(folder, self._store_bytes) if on_disk else None
            self._program.call(self._row, folder, "run", "-o", folder / "results", "--no-noise",
                               "--quiet")
            costs = read_results(folder / "results" / "results.jsonl", self._row)
            if on_disk:
                self._store_bytes = costs["bytes"]
                costs["write_seconds"] = [
                    before, plain_file.write_seconds(folder, self._store_bytes)]
        self._program.provenance = costs.pop("provenance")
        answer = {"points": costs.pop("points"), "costs": costs}
        return {**answer, "build": costs} if builds else answer

    def stop(self):
        pass
