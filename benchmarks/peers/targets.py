"""The targets of speed: two series of a measurement, a bound of their ratio, and whether it holds.

A series is one quantity of one contender, a value for each round. Of several contenders to compare
with, the one with the best median counts, and each round is compared with its own. The median ratio
decides; where rounds disagree about it, the verdict says in how many it holds.
"""

import dataclasses
import statistics

import curves

RECALLS = (0.95, 0.99)
MEMORY = "skerry memory+frozen"
BUILDERS = ("faiss", "hnswlib", "usearch", "svs")
ON_LMDB = (("", "skerry lmdb+memo"), (", rows that fill pages", "skerry lmdb+memo+fit"))
# Bytes of an 8-bit code beside its numbers; code_bytes() of distance/encoding.h.
CODE_HEADER = 8
MIB = 2**20


@dataclasses.dataclass(frozen=True)
class Target:
    """ours / against >= bound (or <= it, where less is better)."""

    what: str
    ours: str
    against: tuple
    bound: float
    quantity: str = "qps"
    reference: str = ""  # of `against`, where it is another quantity
    recalls: tuple = RECALLS
    more_is_better: bool = True

    def holds(self, ratio):
        return ratio >= self.bound if self.more_is_better else ratio <= self.bound

    def bound_text(self):
        return f"{'>=' if self.more_is_better else '<='} {self.bound:g}"


@dataclasses.dataclass(frozen=True)
class Elsewhere:
    """A target that this measurement says nothing about, and why."""

    what: str
    bound: str
    reason: str


def _whole(*arguments):
    """A target on what does not depend on the recall of a search, where less is better."""
    return Target(*arguments, recalls=(None,), more_is_better=False)


TARGETS = (
    Target("memory, frozen, f32 / best f32 HNSW", MEMORY, ("faiss", "hnswlib", "usearch"), 1.0),
    Target("memory, frozen, i8 / faiss f32", MEMORY + "+i8", ("faiss",), 2.0),
    Target("memory, frozen, i8 / best 8-bit HNSW", MEMORY + "+i8", ("faiss-sq8", "usearch-i8"),
           1.3),
    Target("memory, frozen, 4 bits / hnswlib f32", MEMORY + "+i4", ("hnswlib",), 3.5,
           recalls=(0.95,)),
    Target("memory, frozen, 1 bit inline / hnswlib f32", MEMORY + "+rabitq+inline", ("hnswlib",),
           3.5, recalls=(0.95,)),
    Target("LMDB / memory, memo, f32", "skerry lmdb+memo", ("skerry memory+memo",), 0.85),
    Target("LMDB, memo, i8 / faiss f32 in memory", "skerry lmdb+memo+i8", ("faiss",), 1.0),
    Target("LMDB, memo, f32 / hannoy", "skerry lmdb+memo", ("hannoy",), 7, recalls=(0.95,)),
    Target("LMDB, memo, f32 / hannoy", "skerry lmdb+memo", ("hannoy",), 5, recalls=(0.99,)),
    Target("LMDB, memo, i8 / hannoy", "skerry lmdb+memo+i8", ("hannoy",), 7, recalls=(0.95,)),
    Target("LMDB, memo, i8 / hannoy", "skerry lmdb+memo+i8", ("hannoy",), 5, recalls=(0.99,)),
    Target("LMDB, direct, f32 / hannoy", "skerry lmdb+direct", ("hannoy",), 2),
    Target("LMDB, direct, rows that fill pages / hannoy", "skerry lmdb+direct+fit", ("hannoy",), 4),
    Target("LMDB, direct, rows and lists together / hannoy", "skerry lmdb+direct+together",
           ("hannoy",), 4),
    Target("RocksDB / memory, memo, f32", "skerry rocksdb+memo", ("skerry memory+memo",), 0.8),
    Target("RocksDB, direct (opened to read) / cozo", "skerry rocksdb+direct", ("cozo",), 4),
    Target("RocksDB, direct, 4 bits inline / f32", "skerry rocksdb+direct+i4+inline",
           ("skerry rocksdb+direct",), 3),
    Elsewhere("RocksDB, read-write, direct / what gets and distances must cost", ">= 0.9",
              "not measured here: benchmarks/limit.py --stores"),
    Elsewhere("calls through the store interface / the engine's own", "<= 1.05",
              "not measured here: benchmarks/interface_cost.py"),
    Elsewhere("LMDB: opening to first answer, 10^6 items", "< 10 ms",
              "not measured here: benchmarks/open_time.py"),
    _whole("build by f32, equal M and ef_construction / best peer", MEMORY, BUILDERS, 0.6, "build"),
    _whole("build by i8, equal M and ef_construction / best peer", MEMORY + "+i8build", BUILDERS,
           0.6, "build"),
    _whole("build by f32, equal M and ef_construction / hannoy", "skerry lmdb+memo", ("hannoy",),
           0.07, "build"),
    *(_whole(f"LMDB{words}: load and sync / write and sync of a file as large", row, (row,), 1.5,
             "load", "write") for words, row in ON_LMDB),
    *(_whole(f"LMDB{words}: file / raw vectors and encoded links", row, (row,), 1.10, "file",
             "content") for words, row in ON_LMDB),
    _whole("build: peak memory above the vectors / 1.3 x 4 B a link + codes + 64 MiB", MEMORY,
           (MEMORY,), 1.0, "memory", "allowance"),
    _whole("build by i8: the same", MEMORY + "+i8build", (MEMORY + "+i8build",), 1.0, "memory",
           "allowance"),
    Target("searches by f32, 2 threads / 1", MEMORY + "+2threads", (MEMORY,), 1.8),
    Target("searches by i8, 2 threads / 1", MEMORY + "+i8+2threads", (MEMORY + "+i8",), 1.8),
    Target("build, 1 thread / 2, seconds", MEMORY + "+1builder", (MEMORY,), 1.8, "build",
           recalls=(None,)),
)


def qps(contender, recall):
    """The interpolated QPS at this recall in each round."""
    points = contender["points"]
    rounds = len(points[0]["qps"]) if points else 0
    return [
        curves.value_at([(point["recall"][i], point["qps"][i]) for point in points], recall)
        for i in range(rounds)
    ]


def _vector_bytes(costs):
    return 4 * costs["vectors"] * costs["dimension"]


def _code_bytes(costs):
    return costs["vectors"] * (costs["dimension"] + CODE_HEADER) * (costs["construction"] == "i8")


def _of_costs(value):
    """A quantity from what skerry tells of its turn in each round; peers tell less."""
    return lambda contender, _: [value(costs) for costs in contender.get("costs", [])]


def _of_builds(value):
    """Likewise, of the rounds that build: the graphs of later ones are those of the last of them."""
    return lambda contender, _: [
        value(costs) for _, costs in zip(contender["build_seconds"], contender.get("costs", []))]


QUANTITIES = {
    "qps": qps,
    "build": lambda contender, _: contender["build_seconds"],
    "load": _of_costs(lambda costs: costs["layout_seconds"]),
    "write": _of_costs(lambda costs: statistics.mean(costs["write_seconds"])),
    "file": _of_costs(lambda costs: costs["bytes"] / MIB),
    "content": _of_costs(lambda costs: (_vector_bytes(costs) + costs["link_bytes"]) / MIB),
    "memory": _of_builds(lambda costs: (costs["peak_rss_bytes"] - _vector_bytes(costs)) / MIB),
    "allowance": _of_builds(lambda costs: (1.3 * 4 * costs["list_capacity"] + _code_bytes(costs))
                            / MIB + 64),
}
UNITS = {"qps": "", "build": " s", "load": " s", "write": " s", "file": " MiB",
         "content": " MiB", "memory": " MiB", "allowance": " MiB"}


def series(contender, quantity, recall):
    return list(QUANTITIES[quantity](contender, recall))


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def missing(name, result, recall):
    """Why a contender has no value."""
    reasons = {**result["absent"], **result["failures"]}
    reason = reasons.get(name, reasons.get("skerry") if name.startswith("skerry ") else None)
    if reason:
        return f"{name}: {reason}"
    if not result["contenders"].get(name, {}).get("points"):
        return f"{name} was not asked for"
    return f"{name}: recall {recall} not reached" if recall else f"{name} does not tell"


def best(target, result, recall):
    """(name, series) of the contender to compare with, or None."""
    quantity = target.reference or target.quantity
    known = {}
    for name in target.against:
        values = series(result["contenders"].get(name, EMPTY), quantity, recall)
        if median(values) is not None:
            known[name] = values
    if not known:
        return None
    # The best peer has the most QPS, but the fewest seconds.
    choose = max if quantity == "qps" else min
    return choose(known.items(), key=lambda item: median(item[1]))


EMPTY = {"points": [], "build_seconds": []}


def verdict(target, ratios):
    ratios = [ratio for ratio in ratios if ratio is not None]
    word = "met" if target.holds(statistics.median(ratios)) else "not met"
    kept = sum(map(target.holds, ratios))
    return word if kept in (0, len(ratios)) else f"{word} (holds in {kept} of {len(ratios)} rounds)"


def row(target, result, recall):
    """The cells of one line; see HEAD."""
    cells = [target.what, "" if recall is None else str(recall)]
    ours = series(result["contenders"].get(target.ours, EMPTY), target.quantity, recall)
    other = best(target, result, recall)
    if median(ours) is None or other is None:
        why = missing(target.ours, result, recall) if median(ours) is None else "; ".join(
            missing(name, result, recall) for name in target.against)
        mine = "n/a" if median(ours) is None else _figure(median(ours), target.quantity)
        return cells + [mine, "n/a", "n/a", target.bound_text(), f"not measured: {why}"]
    name, theirs = other
    ratios = [a / b if a is not None and b is not None else None for a, b in zip(ours, theirs)]
    spread = curves.spread(ratios)
    if spread is None:
        return cells + ["n/a", "n/a", "n/a", target.bound_text(), "not measured: no common round"]
    quantity = target.reference or target.quantity
    against = _figure(median(theirs), quantity)
    if len(target.against) > 1:
        against += f" ({name})"
    return cells + [
        _figure(median(ours), target.quantity), against,
        f"{spread['median']:.2f} ({spread['min']:.2f}..{spread['max']:.2f})",
        target.bound_text(), verdict(target, ratios),
    ]


def _figure(value, quantity):
    form = ",.0f" if quantity == "qps" else ".3g" if value < 100 else ",.0f"
    return format(value, form) + UNITS[quantity]


HEAD = ["ours / theirs", "recall", "ours", "theirs", "ratio", "target", "verdict"]


def rows(result, targets=TARGETS):
    found = []
    for target in targets:
        if isinstance(target, Elsewhere):
            found.append([target.what, "", "n/a", "n/a", "n/a", target.bound, target.reason])
        else:
            found += [row(target, result, recall) for recall in target.recalls]
    return found
