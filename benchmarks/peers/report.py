"""Tables of a measurement, as Markdown that is also aligned for a terminal."""

import datetime
import os
import pathlib
import platform
import subprocess

import curves
import targets
from targets import RECALLS


def machine():
    """What the figures depend on, as far as the system tells."""
    cpu = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    fields = dict(
        (part.strip() for part in line.split(":", 1)) for line in reversed(cpu) if ":" in line
    )
    flags = fields.get("flags", "").split()
    return {
        "cpu": fields.get("model name", platform.processor() or platform.machine()),
        "cores": os.cpu_count(),
        "simd": [name for name in ("avx2", "avx512f", "avx512_vnni", "asimd") if name in flags],
        "system": platform.platform(),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def commit(root):
    done = subprocess.run(
        ["git", "-C", root, "describe", "--always", "--dirty"],
        capture_output=True, text=True, check=False,
    )
    return done.stdout.strip() or "unknown"


def table(head, rows):
    """The first column to the left, all others to the right."""
    cells = [head, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]

    def line(row):
        first, *rest = zip(row, widths)
        return "| " + " | ".join([first[0].ljust(first[1])] + [c.rjust(w) for c, w in rest]) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2)] + ["-" * (w + 1) + ":" for w in widths[1:]]) + "|"
    return "\n".join([line(cells[0]), rule, *map(line, cells[1:])])


def figure(spread, form):
    """median (min..max). Nothing is extrapolated to a recall that the points do not enclose."""
    if spread is None:
        return "not reached"
    median, low, high = (format(spread[key], form) for key in ("median", "min", "max"))
    return median if low == high else f"{median} ({low}..{high})"


def build_table(contenders, baseline):
    rows = []
    for name, contender in contenders.items():
        seconds = contender["build_seconds"]
        ratio = curves.paired_ratio(seconds, contenders[baseline]["build_seconds"])
        rows.append([
            contender["label"], figure(curves.spread(seconds), ".2f"),
            "1" if name == baseline else figure(ratio, ".2f"),
            f"{contender['file_bytes'] / 2**20:.1f}" if contender["file_bytes"] else "n/a",
        ])
    return table(["", "build s", f"of {baseline}'s", "MiB"], rows)


def speed_table(contenders, baseline):
    head, rows = [""], []
    for recall in RECALLS:
        head += [f"QPS at {recall}", f"of {baseline}'s"]
    for name, contender in contenders.items():
        row = [contender["label"]]
        for recall in RECALLS:
            qps = targets.qps(contender, recall)
            ratio = curves.paired_ratio(qps, targets.qps(contenders[baseline], recall))
            row += [figure(curves.spread(qps), ",.0f")]
            row += ["1" if name == baseline and ratio else figure(ratio, ".2f")]
        rows.append(row)
    return table(head, rows)


def work_table(contenders, baseline):
    """Recall where both have computed as many distances: graph quality, free of speed."""
    others = {
        name: [(targets.median(p["recall"]), targets.median(p["distances"]))
               for p in contender["points"]]
        for name, contender in contenders.items()
        # What other kinds of faiss count are parts of distances, or distances of codes.
        if name.startswith("skerry ") and contender["points"]
    }
    if not others or targets.median(contenders[baseline]["points"][0]["distances"]) is None:
        return None
    # All views of one graph make the same walk, so the first of them speaks for all.
    name, curve = next(iter(others.items()))
    rows = []
    for point in contenders[baseline]["points"]:
        distances, theirs = targets.median(point["distances"]), targets.median(point["recall"])
        ours = curves.recall_at(curve, distances)
        rows.append([
            point["ef"], f"{distances:,.0f}", f"{theirs:.4f}",
            "n/a" if ours is None else f"{ours:.4f}",
            "n/a" if ours is None else f"{ours - theirs:+.4f}",
        ])
    head = [f"ef of {baseline}", "distances a query", f"recall of {baseline}"]
    return table(head + [f"of {name}", "difference"], rows)


def point_table(contenders):
    efs = sorted({p["ef"] for c in contenders.values() for p in c["points"]})
    rows = []
    for contender in contenders.values():
        by_ef = {point["ef"]: point for point in contender["points"]}
        cells = [
            f"{targets.median(by_ef[ef]['recall']):.4f} / {targets.median(by_ef[ef]['qps']):,.0f}"
            if ef in by_ef else "n/a"
            for ef in efs
        ]
        rows.append([contender["label"], *cells])
    return table(["recall / QPS at ef"] + [str(ef) for ef in efs], rows)


def markdown(result):
    """The whole report. `result` is what peers.json holds."""
    contenders = {k: v for k, v in result["contenders"].items() if v["points"]}
    lines = [f"# {result['dataset']['name']}", "", result["summary"], ""]
    lines += [f"- {key}: {value}" for key, value in result["facts"].items()] + [""]
    if contenders:
        baseline = "faiss" if "faiss" in contenders else next(iter(contenders))
        parts = [
            ("Build", build_table(contenders, baseline)),
            ("Search at equal recall", speed_table(contenders, baseline)),
            ("Recall at equal work", work_table(contenders, baseline)),
            ("All points", point_table(contenders)),
            ("Targets", table(targets.HEAD, targets.rows(result))),
        ]
        for title, text in parts:
            lines += [f"## {title}", "", text, ""] if text else []
    lines += [f"- {c['label']}: {c['parameters']}" for c in contenders.values() if c["parameters"]]
    lines += [f"- {name} failed: {text}" for name, text in result["failures"].items()]
    lines += [f"- {name} is left out: {text}" for name, text in result["absent"].items()]
    return "\n".join(lines).rstrip() + "\n"
