"""skerry as a contender: `skerry run` with a config made here, its results.jsonl read back."""

import json
import pathlib
import subprocess
import tempfile

VIEWS = ["memory+frozen", "memory+memo", "lmdb+memo", "lmdb+direct", "rocksdb+memo"]


class SkerryFailed(Exception):
    pass


def _axis(values):
    return json.dumps(values[0] if len(values) == 1 else values)


def config_text(options, metric):
    """One graph; a layout for each store that a view names.

    The first store is the base, and each other store a group, so that a store meets only the views
    that were asked of it.
    """
    views = {}
    for pair in options.views:
        store, view = pair.split("+")
        views.setdefault(store, []).append(view)
    (first, first_views), *others = views.items()
    lines = [
        'name = "peers"',
        "[dataset]",
        f"path = {json.dumps(str(options.dataset))}",
        "[build]",
        f"store = {json.dumps(first)}",
        f"metric = {json.dumps(metric)}",
        f"M = {options.M}",
        f"ef_construction = {options.ef_construction}",
        f"threads = {options.build_threads}",
        "[search]",
        f"k = {options.k}",
        f"ef = {_axis(options.ef)}",
        f"view = {_axis(first_views)}",
        "threads = 1",
        f"repetitions = {options.passes}",
    ]
    for store, its_views in others:
        lines += ["[[group]]", "[group.build]", f"store = {json.dumps(store)}"]
        lines += ["[group.search]", f"view = {_axis(its_views)}"]
    return "\n".join(lines) + "\n"


def read_results(path):
    """{contender: {"seconds", "bytes", "points", "digest"}} of one run's results.jsonl."""
    contenders = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        config = row["config"]
        name = f"skerry {config['store']}+{config['view']}"
        contender = contenders.setdefault(
            name,
            {
                "seconds": row["build"]["seconds"],
                "bytes": row["disk_bytes"],
                "digest": row["graph_digest"],
                "provenance": row["provenance"],
                "points": [],
            },
        )
        contender["points"].append(
            {
                "ef": config["ef"],
                "recall": row["recall"]["strict"],
                "qps": row["qps"]["median"],
                "distances": row["work"]["distances"],
            }
        )
    for name, contender in contenders.items():
        contender["points"].sort(key=lambda point: point["ef"])
        efs = [point["ef"] for point in contender["points"]]
        if len(set(efs)) != len(efs):
            raise SkerryFailed(f"{name} has several rows for one ef: --set may not add an axis")
    return contenders


def run_once(options, metric):
    """Builds and searches all views once. Raises SkerryFailed with the program's own words."""
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        folder = pathlib.Path(folder)
        (folder / "peers.toml").write_text(config_text(options, metric), encoding="utf-8")
        command = [options.skerry, "run", folder / "peers.toml", "-o", folder / "results"]
        for setting in options.set:
            command += ["--set", setting]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            words = done.stderr.strip().splitlines() or ["no message"]
            raise SkerryFailed(f"exit status {done.returncode}: {words[-1]}")
        return read_results(folder / "results" / "results.jsonl")
