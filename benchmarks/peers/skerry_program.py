"""skerry as a contender: `skerry run` with a config made here, its results.jsonl read back.

A row of ours is STORE+VIEW, and more words that VARIANTS explains: lmdb+memo+i8.
"""

import json
import pathlib
import subprocess
import tempfile

from peer import OVERSAMPLE

ONE_BIT_OVERSAMPLE = 16  # signs leave more to the second look
# What a word changes. A view other than frozen walks by codes that the index keeps, as every view
# does by codes that lie inline, so there the encoding changes with the traversal.
VARIANTS = {
    "i8": {"search": {"traversal": "i8", "oversample": OVERSAMPLE}, "encoding": "i8"},
    "i4": {"search": {"traversal": "i4", "oversample": OVERSAMPLE}, "encoding": "i4"},
    "rabitq": {"search": {"traversal": "rabitq", "oversample": ONE_BIT_OVERSAMPLE},
               "encoding": "rabitq"},
    "f16": {"search": {"traversal": "f16", "oversample": OVERSAMPLE}, "encoding": "f16"},
    "together": {"build": {"layout": "together"}},
    "inline": {"build": {"layout": "inline"}},
    "fit": {"build": {"layout": "apart(vectors=fit)"}},
    "2threads": {"search": {"threads": 2}},
    "1builder": {"build": {"threads": 1}},
    "i8build": {"build": {"construction": "i8"}},
}
VIEWS = [
    "memory+frozen", "memory+frozen+i8", "memory+frozen+i4", "memory+frozen+rabitq+inline",
    "memory+frozen+2threads", "memory+frozen+i8+2threads", "memory+frozen+1builder",
    "memory+frozen+i8build", "memory+memo", "lmdb+memo", "lmdb+memo+i8", "lmdb+memo+fit",
    "lmdb+direct", "lmdb+direct+fit", "lmdb+direct+together", "rocksdb+memo", "rocksdb+direct",
    "rocksdb+direct+i4+inline",
]


class SkerryFailed(Exception):
    pass


def settings_of(name):
    """{"build": {...}, "search": {...}} of a row; ValueError that says what is wrong with it."""
    store, *rest = name.split("+")
    if not rest:
        raise ValueError(f"{name}: a row is STORE+VIEW, such as lmdb+memo")
    view, *words = rest
    build, search = {"store": store}, {"view": view}
    for word in words:
        if word not in VARIANTS:
            raise ValueError(f"{name}: `{word}` is none of {sorted(VARIANTS)}")
        variant = VARIANTS[word]
        build.update(variant.get("build", {}))
        search.update(variant.get("search", {}))
        if "encoding" in variant and (view != "frozen" or "inline" in words):
            build["encoding"] = variant["encoding"]
    return {"build": build, "search": search}


def column(table, key):
    """What `config` in results calls a key; both tables have one that is named threads."""
    return "build_threads" if (table, key) == ("build", "threads") else key


def columns(name):
    """What a row of ours says in `config` that it does not leave as it is by default."""
    return {
        column(table, key): value
        for table, values in settings_of(name).items()
        for key, value in values.items()
    }


def name_of(config, names):
    """The row of `names` that a result belongs to: the one that explains most of its config.

    All variants but those named have the defaults, so that a row matches itself and those that it
    adds words to; of these it is itself that says most.
    """
    fits = [name for name in names
            if all(config.get(key) == value for key, value in columns(name).items())]
    return max(fits, key=lambda name: len(columns(name)), default=None)


def _lines(table, values):
    return [f"[{table}]"] + [f"{key} = {json.dumps(value)}" for key, value in values.items()]


def config_text(options, metric, names):
    """One graph, unless a row builds otherwise: the first row is the base, and each other one a
    group, so that a store meets only the views that were asked of it."""
    first, *others = [settings_of(name) for name in names]
    base = {
        "metric": metric,
        "M": options.M,
        "ef_construction": options.ef_construction,
        "threads": options.build_threads,
    }
    search = {"k": options.k, "ef": options.ef, "threads": 1, "repetitions": options.passes}
    lines = ['name = "peers"', *_lines("dataset", {"path": str(options.dataset)})]
    lines += _lines("build", {**base, **first["build"]})
    lines += _lines("search", {**search, **first["search"]})
    for other in others:
        lines += ["[[group]]"]
        for table in ("build", "search"):
            lines += _lines(f"group.{table}", {**_undo(first[table], table, options),
                                               **other[table]})
    return "\n".join(lines) + "\n"


def _undo(first, table, options):
    """What a group must say so that it does not inherit the words of the base."""
    defaults = {
        "build": {"layout": "apart", "encoding": "f32", "construction": "f32",
                  "threads": options.build_threads},
        "search": {"traversal": "f32", "oversample": 1, "threads": 1},
    }
    return {key: value for key, value in defaults[table].items() if key in first}


def read_results(path, names):
    """{row: {"build", "bytes", "points", "digest", ...}} of one run's results.jsonl."""
    contenders = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        config = row["config"]
        name = name_of(config, names)
        if name is None:
            raise SkerryFailed(f"a result belongs to none of {names}: --set may not change them")
        contender = contenders.setdefault(
            f"skerry {name}",
            {
                "seconds": row["build"]["seconds"],
                "layout_seconds": row["build"]["layout_seconds"],
                "peak_rss_bytes": row["build"]["peak_rss_bytes"],
                "bytes": row["disk_bytes"],
                "construction": config.get("construction", "f32"),
                "link_bytes": row["links"]["value_bytes"],
                "vectors": row["dataset"]["n"],
                "dimension": row["dataset"]["dimension"],
                "list_capacity": list_capacity(row),
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


def list_capacity(row):
    """Links that the lists of all levels have room for: M0 at level 0, M above."""
    m, m0 = row["config"]["M"], row["config"]["M0"]
    levels = row["graph"]["degrees"]
    return sum(level["items"] * (m if level["level"] else m0) for level in levels)


def _call(options, command, folder, names, metric):
    config = pathlib.Path(folder) / "peers.toml"
    config.write_text(config_text(options, metric, names), encoding="utf-8")
    command = [options.skerry, command[0], config, *command[1:]]
    for setting in options.set:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or ["no message"]
        last = words[-1].replace(str(config), config.name)  # the folder is gone when it is read
        raise SkerryFailed(f"exit status {done.returncode}: {last}")


def refusal(options, metric, name):
    """Why this build of the program cannot measure a row, in its own words; None where it can."""
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        try:
            _call(options, ["plan"], folder, [name], metric)
        except SkerryFailed as error:
            return str(error)
    return None


def run_once(options, metric, names):
    """Builds and searches all rows once, from nothing. Raises SkerryFailed with the program's own
    words."""
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        results = pathlib.Path(folder) / "results"
        command = ["run", "-o", results, "--no-cache", "--no-noise", "--quiet"]
        _call(options, command, folder, names, metric)
        return read_results(results / "results.jsonl", names)
