"""The measuring programs and scripts, at tiny sizes: each ends well and prints the rows and fields
that the pages which quote it need. Times mean nothing here, and none is looked at."""

import argparse
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

    def test_kernel_benchmark_times_batches_of_codes(self):
        entries = google_benchmark("kernel_benchmark", "--benchmark_filter=^(f16|i8)/128/")
        self.assertEqual(set(entries), {f"{encoding}/128/batch/{place}"
                                        for encoding in ("f16", "i8")
                                        for place in ("cache", "memory",
                                                      "memory2/real_time/threads:2")})
        self.assertTrue(all(entry["row"] > 0 for entry in entries.values()))

    def test_search_benchmark_times_queries_in_every_view_and_the_beam(self):
        entries = google_benchmark("search_benchmark", "--benchmark_filter=/16$")
        searches = {f"search/{view}/{traversal}/16" for view in ("frozen", "memo", "direct")
                    for traversal in ("f32", "i8")}
        self.assertEqual(set(entries), searches | {"beam/16"})
        for name in searches:
            self.assertGreater(entries[name]["distances"], 16, name)
            self.assertGreater(entries[name]["distance"], 0, name)
        self.assertGreater(entries["beam/16"]["insert"], 0)

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


class Peers(unittest.TestCase):

    def test_rows_of_ours_take_turns_with_one_build_of_their_graph(self):
        sys.path.insert(0, str(SOURCE / "benchmarks/peers"))
        import skerry_program
        options = argparse.Namespace(
            skerry=BUILD / "skerry", M=8, ef_construction=50, build_threads=2, k=10, ef=[16, 64],
            passes=1, set=["dataset.limit=400"],
            dataset=SOURCE / "experiments/data/wordnet-verbs-384-angular.hdf5")
        with tempfile.TemporaryDirectory() as folder:
            program = skerry_program.Program(options, "cosine", folder)
            rows = [skerry_program.Row(f"{store}+memo", program) for store in STORES]
            rows.append(skerry_program.Row("memory+frozen+1builder", program))
            # Two rounds that build and one that does not.
            rounds = []
            for builds in (True, True, False):
                if builds:
                    program.forget_graphs()
                rounds.append([row.turn(builds) for row in rows])
        shared = len(STORES) - 1
        for answers, builds in zip(rounds, (True, True, False)):
            costs = [answer["costs"] for answer in answers]
            self.assertEqual([each["cached"] for each in costs],
                             [False, *[True] * shared, False] if builds else [True] * len(rows))
            for each in costs[:-1]:
                # Seconds are those of the one graph and of each row's own layout.
                self.assertAlmostEqual(each["seconds"] - each["layout_seconds"],
                                       costs[0]["seconds"] - costs[0]["layout_seconds"])
                self.assertEqual(each["peak_rss_bytes"], costs[0]["peak_rss_bytes"])
            self.assertEqual([[point["ef"] for point in answer["points"]] for answer in answers],
                             [[16, 64]] * len(rows))
            self.assertEqual([[point["recall"] for point in answer["points"]]
                              for answer in answers],
                             [[point["recall"] for point in rounds[0][0]["points"]]] * len(rows))
            for store, each in zip(STORES, costs):
                self.assertEqual(len(each.get("write_seconds", [])), 2 * (store == "lmdb"))
        seconds = [answers[0]["costs"]["seconds"] - answers[0]["costs"]["layout_seconds"]
                   for answers in rounds]
        self.assertNotEqual(seconds[0], seconds[1])
        self.assertAlmostEqual(seconds[1], seconds[2])


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


class Paired(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import compare_builds
        import paired
        cls.compare_builds, cls.paired = compare_builds, paired

    def test_the_p_value_is_the_share_of_signs_that_give_as_much(self):
        # Of the 2^3 sums +-1 +-2 +-4, two are as far from zero as 7, and four as far as 5.
        self.assertEqual(self.paired.p_value([1, 2, 4]), 2 / 8)
        self.assertEqual(self.paired.p_value([-1, 2, 4]), 4 / 8)
        self.assertEqual(self.paired.p_value([0, 0, 0]), 1)

    def test_fewer_rounds_than_the_least_cannot_reach_the_level(self):
        for level in (0.05, 0.01):
            least = self.paired.least_rounds(level)
            self.assertLessEqual(self.paired.p_value([1] * least), level)
            self.assertGreater(self.paired.p_value([1] * (least - 1)), level)

    def test_the_interval_holds_zero_just_where_the_test_sees_no_difference(self):
        for shift in (0, 0.5, 2, 5):
            differences = [shift + noise for noise in (-2, -1, -0.5, 0, 0.25, 1, 1.5, 2)]
            low, high = self.paired.interval(differences, 0.05)
            self.assertEqual(low <= 0 <= high, self.paired.p_value(differences) > 0.05, shift)

    def test_p_values_of_many_rows_are_adjusted(self):
        for value, adjusted in zip(self.paired.holm([0.01, 0.04, 0.03]), (0.03, 0.06, 0.06)):
            self.assertAlmostEqual(value, adjusted)

    def test_faster_slower_and_the_same_are_told_apart(self):
        noise = (1.02, 0.99, 1.01, 0.98, 1.0, 1.03, 0.97, 1.01)
        rounds = [({"fast": 2 * n, "slow": 1 / n, "same": n}, {"fast": 1, "slow": 3, "same": 1})
                  for n in noise]
        found = {row: (ratio, word)
                 for row, ratio, *_, word in self.compare_builds.compare(rounds, 0.05)}
        self.assertEqual({row: word for row, (_, word) in found.items()},
                         {"fast": "faster", "slow": "slower", "same": "no difference",
                          "all": "slower"})
        self.assertAlmostEqual(found["fast"][0], 0.5, delta=0.01)
        self.assertAlmostEqual(found["slow"][0], 3, delta=0.05)

    def test_a_row_that_only_one_build_has_is_left_out(self):
        rounds = [({"a": 1, "b": 1}, {"a": 1, "c": 1})] * 6
        self.assertEqual([row for row, *_ in self.compare_builds.compare(rounds, 0.05)],
                         ["a", "all"])


CONFIG = """name = "smoke"
[dataset]
spec = "clustered(n=300, d=8, clusters=10, queries=20)"
[build]
metric = "euclidean"
[search]
ef = [16, 64]
view = ["memo", "frozen"]
repetitions = 1
"""


class Comparing(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "smoke.toml"
        self.config.write_text(CONFIG)

    def compare(self, *more):
        return script("compare_builds.py", BUILD, BUILD, "--config", self.config, "--rounds", 6,
                      *more)

    def test_compare_builds_has_a_verdict_for_every_point_and_build(self):
        text = self.compare()
        rows, = tables(text)
        self.assertEqual({row[""] for row in rows},
                         {"build", "search ef=16 view=memo", "search ef=64 view=memo",
                          "search ef=16 view=frozen", "search ef=64 view=frozen", "all"})
        for row in rows:
            low, high = map(float, row["interval"].split(" .. "))
            self.assertLessEqual(low, float(row["after / before"]), row)
            self.assertLessEqual(float(row["after / before"]), high, row)
            self.assertIn(row["verdict"], ("faster", "slower", "no difference"))
        self.assertIn("Graphs and recall are the same.", text)

    def test_a_graph_that_changed_is_told(self):
        # The other side is the same program that always takes another M.
        other = self.folder / "other"
        other.mkdir()
        (other / "skerry").write_text(f'#!/bin/sh\nexec "{BUILD}/skerry" "$@" --set build.M=4\n')
        (other / "skerry").chmod(0o755)
        text = script("compare_builds.py", BUILD, other, "--config", self.config, "--rounds", 6,
                      "--what", "search", "--set", "search.ef=16", "--set", "search.view=memo")
        self.assertIn("Graph or recall changed: search.", text)

    def test_limit_puts_kernels_against_the_time_of_every_point(self):
        results = self.folder / "results"
        run(BUILD / "skerry", "run", self.config, "-o", results, "--no-noise", "--quiet")
        lines = (results / "results.jsonl").read_text().splitlines()
        record = json.loads(lines[0])
        kernels = {"context": {"kernel_target": record["provenance"]["kernel_target"]},
                   "benchmarks": [{"name": f"euclidean/{dimension}/batch/{place}", "row": row}
                                  for dimension, cache in ((4, 2e-9), (12, 4e-9))
                                  for place, row in (("cache", cache), ("memory", 10 * cache))]}
        (self.folder / "kernels.json").write_text(json.dumps(kernels))
        rows, = tables(script("limit.py", results / "results.jsonl",
                              self.folder / "kernels.json"))
        self.assertEqual([(row["view"], row["ef"]) for row in rows],
                         [("memory+frozen", "16"), ("memory+frozen", "64"),
                          ("memory+memo", "16"), ("memory+memo", "64")])
        for row in rows:
            # d = 8 lies between 4 and 12: 3 ns.
            distances = int(row["distances"].replace(",", ""))
            self.assertAlmostEqual(float(row["cache mark us"]), distances * 3e-3, delta=0.1)
            self.assertAlmostEqual(float(row["memory mark us"]), distances * 30e-3, delta=0.1)
            parts = [float(row[part].rstrip(" %"))
                     for part in ("distance", "heap", "store", "decode")]
            self.assertAlmostEqual(sum(parts), 100, delta=2)


class Limits(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import limit
        cls.limit = limit

    def record(self, **work):
        return {"config": {"metric": "euclidean", "traversal": "i8"},
                "dataset": {"dimension": 128}, "work": {"distances": 30, **work}}

    def test_codes_count_by_their_kernel_and_rows_by_the_metrics(self):
        kernels = self.limit.Kernels({"benchmarks": [
            {"name": "euclidean/128/batch/cache", "row": 4e-9},
            {"name": "euclidean/128/pair/cache", "row": 9e-9},
            {"name": "i8/128/batch/cache", "row": 2e-9}]})
        self.assertAlmostEqual(
            self.limit.mark(self.record(code_distances=500), kernels, "cache"), 0.12 + 1)
        self.assertIsNone(self.limit.mark(self.record(code_distances=500), kernels, "memory"))

    def test_gets_of_lists_and_of_vectors_count_by_their_sizes(self):
        stores = self.limit.Stores({"benchmarks": [
            {"name": f"{engine}/multi_get32/{size}/manual_time", "raw_ns": ns}
            for engine, size, ns in (("lmdb", 100, 200), ("lmdb", 1124, 1224),
                                     ("rocksdb", 100, 1))]})
        record = self.record(gets=40)
        record["config"].update(store="lmdb", view="direct", traversal="f32")
        self.assertAlmostEqual(stores.microseconds(record), 30 * 0.612 + 10 * 0.2)
        for other in ({"view": "memo"}, {"store": "rocksdb"}, {"traversal": "i8"}):
            changed = {**record, "config": {**record["config"], **other}}
            self.assertIsNone(stores.microseconds(changed), other)

    def test_a_dimension_outside_of_those_measured_is_not_told(self):
        kernels = self.limit.Kernels({"benchmarks": [
            {"name": f"euclidean/{d}/batch/cache", "row": d * 1e-9} for d in (96, 128)]})
        self.assertAlmostEqual(kernels.seconds("euclidean", 100, "cache"), 100e-9)
        self.assertIsNone(kernels.seconds("euclidean", 95, "cache"))
        self.assertIsNone(kernels.seconds("euclidean", 129, "cache"))


class Opening(unittest.TestCase):

    def test_open_time_has_a_row_for_every_size(self):
        rows, = tables(script("open_time.py", BUILD, "--quick"))
        self.assertEqual([row["n"] for row in rows], ["100", "400"])
        for row in rows:
            low, high = map(float, row["spread"].split(".."))
            self.assertTrue(low <= float(row["difference ms"]) <= high, row)
            self.assertGreater(float(row["to the answer ms"]), 0, row)


class Scaling(unittest.TestCase):

    def test_scaling_gives_costs_and_growth_and_measures_nothing_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "scaling.jsonl"

            def scaling():
                return script("scaling.py", BUILD, "-o", file, "--quick", "--ef", 10, 32,
                              "--data", "uniform(n={n}, d=8, queries=20)")

            text = scaling()
            costs, growth = tables(text)
            whole = file.read_bytes()
            self.assertEqual(scaling(), text)
            self.assertEqual(file.read_bytes(), whole)
        self.assertEqual([row["n"] for row in costs], ["200", "400", "800"])
        for row in costs:
            for column in ("us at ef 64", "distances at ef 64", "build s",
                           "build distances an item"):
                self.assertGreater(float(row[column].replace(",", "")), 0, row)
        by_cost = {row["cost"]: row["uniform grows as"] for row in growth}
        value, low, high = map(float, re.fullmatch(
            r"n\^(\S+) \((\S+) \.\. (\S+)\)", by_cost["distances at ef 64"]).groups())
        self.assertTrue(0 < low == value == high < 1, by_cost)

    def test_a_recall_that_is_not_enclosed_has_no_cost(self):
        sys.path.insert(0, str(SOURCE / "benchmarks"))
        import scaling
        points = [{"ef": ef, "recall": recall, "us": 10 * ef, "distances": ef}
                  for ef, recall in ((16, 0.96), (64, 0.99))]
        result = {"points": points, "build": {"seconds": 2, "distances": 500}}
        costs = scaling.costs(result, 100)
        self.assertIsNone(costs["us_at_recall"])
        self.assertEqual((costs["us_at_ef"], costs["build_distances"]), (640, 5))
        self.assertEqual(scaling.growth([10, 100, 1000], [[None], [2.0], [4.0]]),
                         "n^0.301 (0.301 .. 0.301), 2 sizes")


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
