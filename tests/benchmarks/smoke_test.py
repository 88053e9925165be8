"""The measuring programs and scripts, at tiny sizes: each ends well and prints the rows and fields
that the pages which quote it need. Times mean nothing here, and none is looked at."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["SKERRY_BUILD_DIR"])
SOURCE = pathlib.Path(os.environ["SKERRY_SOURCE_DIR"])
DATA = "clustered(n=1000, d=8, clusters=20)"
STORES = ["memory"] + [
    store for store in ("lmdb", "rocksdb") if store in os.environ["SKERRY_STORES"].split(",")
]


def run(*command):
    """What the command prints; it must end with 0."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def program(name, *arguments):
    return run(BUILD / "benchmarks" / name, *arguments)


def script(name, *arguments):
    return run(sys.executable, "-B", SOURCE / "benchmarks" / name, *arguments)


def google_benchmark(name, *arguments):
    """The entries of the JSON report of a program of Google Benchmark, by name."""
    report = json.loads(program(name, *arguments, "--benchmark_min_time=0.0001",
                                "--benchmark_format=json"))
    return {entry["name"]: entry for entry in report["benchmarks"]}


def tables(markdown):
    """The Markdown tables of a text, each a list of rows by column."""
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", markdown, flags=re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
                for line in block.splitlines()]
        if any(len(row) != len(rows[0]) for row in rows):
            raise AssertionError(f"rows of different lengths:\n{block}")
        found.append([dict(zip(rows[0], row)) for row in rows[2:]])
    return found


class Micro(unittest.TestCase):

    def test_kernel_benchmark_times_pairs_and_batches_of_every_metric(self):
        entries = google_benchmark("kernel_benchmark", "--benchmark_filter=/cache")
        for metric in ("cosine", "euclidean", "inner_product", "manhattan", "hamming"):
            for kind in ("pair", "batch"):
                own = [entry for name, entry in entries.items()
                       if name.startswith(metric + "/") and f"/{kind}/" in name]
                self.assertTrue(own, f"{metric} {kind}")
                self.assertTrue(all(entry["real_time"] > 0 for entry in own))

    def test_codec_benchmark_gives_size_and_time_of_every_codec(self):
        entries = google_benchmark("codec_benchmark")
        codecs = {name.split("/")[0] for name in entries}
        self.assertLessEqual({"u32", "delta", "streamvbyte", "bitpacked", "rice", "elias_fano"},
                             codecs)
        for codec in codecs:
            for law in ("random", "near"):
                self.assertGreater(entries[f"{codec}/{law}"]["bits_per_link"], 0)
                self.assertGreater(entries[f"{codec}/{law}"]["time_per_link"], 0)


class InterfaceCost(unittest.TestCase):

    def test_it_gives_a_ratio_for_every_call_of_both_engines(self):
        with tempfile.TemporaryDirectory() as folder:
            rows, = tables(script("interface_cost.py", BUILD / "benchmarks/store_benchmark",
                                  "--quick", "--directory", folder))
        calls = " ".join(row["call"] for row in rows)
        for store in ("lmdb", "rocksdb", "rocksdb-mapped"):
            for call in ("get", "multi_get16", "multi_get32", "scan"):
                self.assertRegex(calls, f"\\b{store}/{call}/")
        for row in rows:
            self.assertGreater(float(row["ratio"]), 0, row)


class Updates(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.file = pathlib.Path(cls.folder.name) / "updates.jsonl"
        cls.text = cls.scaling()
        cls.costs, cls.growth = tables(cls.text)

    @classmethod
    def scaling(cls, *more):
        return script("update_scaling.py", BUILD, "-o", cls.file, "--quick",
                      "--stores", *STORES, *more)

    def test_update_scaling_gives_costs_for_every_store_operation_and_size(self):
        self.assertEqual(len(self.costs), 3 * 2 * len(STORES))
        for row in self.costs:
            for field in ("records", "lists", "bytes"):
                self.assertGreater(float(row[field].replace(",", "")), 0, row)

    def test_growth_lies_in_its_interval(self):
        self.assertEqual({(row["store"], row["operation"]) for row in self.growth},
                         {(store, kind) for store in STORES
                          for kind in ("insert", "replace", "delete")})
        for row in self.growth:
            for field in ("records grow as", "bytes grow as"):
                value, low, high = map(float, re.fullmatch(
                    r"n\^(\S+) \((\S+) \.\. (\S+)\)", row[field]).groups())
                self.assertLessEqual(low, value)
                self.assertLessEqual(value, high)

    def test_every_store_writes_the_same_records(self):
        for size in ("200", "400"):
            for kind in ("insert", "replace", "delete"):
                written = {(row["records"], row["bytes"]) for row in self.costs
                           if (row["n"], row["operation"]) == (size, kind)}
                self.assertEqual(len(written), 1, f"{kind} at {size}: {written}")

    def test_what_is_measured_is_not_measured_again(self):
        whole = self.file.read_bytes()
        self.assertEqual(self.scaling(), self.text)
        self.assertEqual(self.file.read_bytes(), whole)
        # A kill in the midst of a line costs that line only.
        kept = whole.splitlines(keepends=True)
        self.file.write_bytes(b"".join(kept[:-1]) + kept[-1][:40])
        self.assertEqual(len(tables(self.scaling())[0]), 3 * 2 * len(STORES))
        self.assertTrue(self.file.read_bytes().startswith(b"".join(kept[:-1])))

    def test_synced_commits_have_a_rate(self):
        for row in tables(self.scaling("--sync", "--stores", STORES[-1]))[0]:
            self.assertGreater(float(row["operations/s"].replace(",", "")), 0, row)


class Growth(unittest.TestCase):

    def test_a_power_law_has_its_own_exponent(self):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import update_scaling
        samples = [[3 * n**0.25] * 10 for n in (100, 1000, 10000)]
        for value in update_scaling.exponent([100, 1000, 10000], samples):
            self.assertAlmostEqual(value, 0.25)
        value, low, high = update_scaling.exponent([10, 1000], [[5, 7, 6], [6, 7, 5]])
        self.assertAlmostEqual(value, 0)
        self.assertLess(low, 0)
        self.assertGreater(high, 0)


class Churn(unittest.TestCase):

    def test_churn_table_has_a_fresh_build_and_the_rounds_of_every_churn(self):
        with tempfile.TemporaryDirectory() as folder:
            run(BUILD / "skerry", "run", SOURCE / "experiments/configs/churn.toml", "--smoke",
                "--no-noise", "--no-cache", "--quiet", "-o", folder, "--set",
                "dataset.spec=clustered(n=800, d=16, clusters=20, queries=50)",
                "--set", "dataset.limit=400")
            text = script("churn_table.py", folder)
        rows, = tables(text)
        self.assertIn("3 rounds that replace 20 items, 400 held back", text)
        self.assertIn("means over seeds 1, 2", text)
        base = [row for row in rows
                if row["selection"] == "hnsw" and row["connectivity"] == "parent"]
        self.assertEqual([row["round"] for row in base], ["fresh build", "0", "2", "3"])
        self.assertEqual([row["repair"] for row in base], ["-", "drop", "drop", "drop"])
        self.assertEqual({(row["selection"], row["connectivity"]) for row in rows},
                         {("hnsw", "none"), ("hnsw", "parent"), ("hnsw", "bfs_repair"),
                          ("robust_prune(alpha=1.2)", "none")})
        self.assertIn("fresh_diskann(alpha=1)", {row["repair"] for row in rows})
        for row in rows:
            mean, low, high = map(float, re.fullmatch(
                r"(\S+) \((\S+) \.\. (\S+)\)", row["recall@10"]).groups())
            self.assertTrue(0.9 < low <= mean <= high <= 1, row)
            for column in ("mean degree", "in-degree p99", "max", "link bytes"):
                self.assertGreater(float(row[column].replace(",", "")), 0, row)


class Queries(unittest.TestCase):

    def test_filter_benchmark_fills_its_table(self):
        rows, = tables(program("filter_benchmark", DATA, "euclidean", 2))
        self.assertEqual(len(rows), 4 * 3 * 4)  # shares, correlations, ways
        for row in rows:
            self.assertLessEqual(0, float(row["recall"]), row)
            self.assertLessEqual(float(row["recall"]), 1, row)
            if row["way"] == "scan":
                self.assertEqual(float(row["recall"]), 1, row)
            if row["way"] == "chosen":
                self.assertRegex(row["taken"], "of the best")

    def test_by_item_benchmark_fills_its_table(self):
        rows, = tables(program("by_item_benchmark", DATA, "euclidean", 20))
        self.assertEqual([row["ef"] for row in rows], ["11", "20", "40", "80", "160"])
        for row in rows:
            self.assertGreater(float(row["recall by_vector"]), 0.9, row)
            self.assertGreater(float(row["by_item"].split()[0]), 0.9, row)

    def test_namespace_benchmark_tells_every_store_and_way(self):
        with tempfile.TemporaryDirectory() as folder:
            lines = [json.loads(line) for line in
                     program("namespace_benchmark", folder, *STORES, 1, 3).splitlines()]
        self.assertEqual({(line["store"], line["tables"], line["indexes"]) for line in lines},
                         {(store, way, count) for store in STORES for way in ("own", "prefix")
                          for count in (1, 3)})
        for line in lines:
            for field in ("make_us", "open_us", "answer_us", "commit_us", "disk_bytes"):
                self.assertGreater(line[field], 0, line)

    def test_namespace_table_has_a_row_for_every_line(self):
        (rows,) = tables(script("namespace_table.py", BUILD, "memory", 1, 3))
        self.assertEqual([(row["tables"], row["indexes"]) for row in rows],
                         [("own", "1"), ("own", "3"), ("prefix", "1"), ("prefix", "3")])


if __name__ == "__main__":
    unittest.main()
