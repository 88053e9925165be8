"""What benchmarks/peers asks of skerry for a row of ours, and how it reads what comes back."""

import argparse
import json
import os
import pathlib
import sys
import tempfile
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks/peers"))
import plain_file
import rows
import skerry_program

# Answers as skerry does, and writes down how it was called. A graph is in its cache or it builds it.
PROGRAM = """#!{python}
import json, os, pathlib, sys, tomllib
command, path, *more = sys.argv[1:]
config = tomllib.loads(pathlib.Path(path).read_text())
with open({log!r}, "a") as log:
    print(json.dumps([command, more, config]), file=log)
if config["build"]["store"] == "rocksdb":
    print("warning: old", "error: " + path + ":1: no rocksdb", sep="\\n", file=sys.stderr)
    sys.exit(2)
if command == "plan":
    old = config["search"]["view"] == "direct"
    print(json.dumps({{"expected": {{}} if old else {{"largest_store_bytes": 1000}}}}))
    sys.exit()
threads = config["build"]["threads"]
graph = pathlib.Path(os.environ["XDG_CACHE_HOME"], "skerry/graphs", str(threads))
cached = graph.exists()
graph.parent.mkdir(parents=True, exist_ok=True)
graph.touch()
defaults = {{"M0": 32, "build_threads": threads, "traversal": "f32", "encoding": "f32"}}
folder = pathlib.Path(more[more.index("-o") + 1])
folder.mkdir()
with open(folder / "results.jsonl", "w") as results:
    for ef in config["search"]["ef"]:
        print(json.dumps({{
            "config": {{**defaults, **config["build"], **config["search"], "ef": ef}},
            "build": {{"seconds": 2, "layout_seconds": 1, "peak_rss_bytes": 10, "cached": cached}},
            "recall": {{"strict": 0.9}}, "qps": {{"median": 100}}, "work": {{"distances": 7}},
            "links": {{"value_bytes": 3}}, "disk_bytes": 5000, "provenance": {{"run": 1}},
            "dataset": {{"n": 20, "dimension": 6}},
            "graph": {{"degrees": [{{"level": 0, "items": 20}}, {{"level": 1, "items": 2}}]}},
        }}), file=results)
"""


def options(**more):
    return argparse.Namespace(**{"dataset": "x", "M": 16, "ef_construction": 100, "k": 10,
                                 "build_threads": 2, "ef": [16, 64], "passes": 1, "set": [],
                                 **more})


class Words(unittest.TestCase):

    def test_views_of_a_store_keep_the_codes_that_they_walk_by_in_it(self):
        self.assertEqual(rows.settings_of("lmdb+memo+i8")["build"]["encoding"], "i8")
        self.assertNotIn("encoding", rows.settings_of("memory+frozen+i8")["build"])

    def test_a_word_that_is_none_is_refused(self):
        for name in ("lmdb", "lmdb+memo+i9"):
            with self.assertRaises(ValueError):
                rows.settings_of(name)

    def test_a_rows_own_words_count_before_what_is_set(self):
        given = ["build.M=8", "build.threads=3", "search.threads=4"]
        self.assertEqual(rows.settings_left("memory+frozen", given), given)
        self.assertEqual(rows.settings_left("memory+frozen+1builder", given),
                         ["build.M=8", "search.threads=4"])
        self.assertEqual(rows.settings_left("memory+frozen+2threads", given),
                         ["build.M=8", "build.threads=3"])

    def test_each_row_is_asked_for_alone_and_with_all_that_it_says(self):
        for row in rows.VIEWS:
            config = tomllib.loads(skerry_program.config_text(options(), "cosine", row))
            self.assertEqual(set(config), {"name", "dataset", "build", "search"})
            for table, said in rows.settings_of(row).items():
                self.assertEqual({**config[table], **said}, config[table], row)
            threads = (config["build"]["threads"], config["search"]["threads"])
            self.assertEqual(threads, (1 if "1builder" in row else 2, 2 if "2threads" in row else 1))


class PlainFile(unittest.TestCase):

    def test_it_has_its_whole_size_when_it_is_synced_and_is_gone_afterwards(self):
        sizes = []
        self.addCleanup(setattr, plain_file.os, "fsync", os.fsync)
        plain_file.os.fsync = lambda file: sizes.append(os.fstat(file).st_size)
        with tempfile.TemporaryDirectory() as folder:
            for size in (0, 1, (1 << 20) - 1, 1 << 20, (3 << 20) + 5):
                self.assertGreater(plain_file.write_seconds(pathlib.Path(folder), size), 0)
                self.assertEqual(sizes.pop(), size)
                self.assertEqual(os.listdir(folder), [])


class Runs(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "log"
        self.skerry = self.folder / "skerry"
        self.skerry.write_text(PROGRAM.format(python=sys.executable, log=str(self.log)))
        self.skerry.chmod(0o755)
        (self.folder / "cache").mkdir()

    def program(self, **more):
        return skerry_program.Program(options(skerry=self.skerry, **more), "cosine",
                                      self.folder / "cache")

    def calls(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def test_a_turn_is_one_run_of_one_row(self):
        program = self.program(set=["build.M=4"])
        row = skerry_program.Row("lmdb+memo", program)
        answer = row.turn(False)
        self.assertEqual([command for command, *_ in self.calls()], ["plan", "run"])
        for _, more, config in self.calls():
            self.assertEqual(more[-2:], ["--set", "build.M=4"])
            self.assertEqual((config["build"]["store"], config["search"]["view"]), ("lmdb", "memo"))
        self.assertNotIn("build", answer)
        self.assertEqual([point["ef"] for point in answer["points"]], [16, 64])
        # 20 lists of 32 links at level 0, and 2 of 16 above.
        self.assertEqual(answer["costs"]["list_capacity"], 672)
        self.assertEqual(program.provenance, {"run": 1})

    def test_rows_that_share_a_graph_share_its_build_until_it_is_forgotten(self):
        program = self.program()
        all_rows = [skerry_program.Row(row, program)
                    for row in ("memory+frozen", "lmdb+memo", "memory+frozen+1builder")]
        cached = []
        for _ in range(2):
            program.forget_graphs()
            cached.append([row.turn(True)["build"]["cached"] for row in all_rows])
        self.assertEqual(cached, [[False, True, False]] * 2)
        self.assertTrue(all_rows[2].turn(False)["costs"]["cached"])

    def test_a_load_has_plain_files_of_its_size_before_and_after(self):
        program, sizes = self.program(), []
        write = plain_file.write_seconds
        self.addCleanup(setattr, plain_file, "write_seconds", write)

        def note(folder, size):
            sizes.append((size, len(self.calls())))
            return write(folder, size)

        plain_file.write_seconds = note
        row = skerry_program.Row("lmdb+memo", program)
        for _ in range(2):
            before, after = row.turn(True)["costs"]["write_seconds"]
            self.assertGreater(min(before, after), 0)
        # The plan says 1000 bytes, the runs 5000. Call 1 is the plan, 2 and 3 are the runs.
        self.assertEqual(sizes, [(1000, 1), (5000, 2), (5000, 2), (5000, 3)])
        memory = skerry_program.Row("memory+memo", program)
        self.assertNotIn("write_seconds", memory.turn(True)["costs"])

    def test_what_the_program_refuses_is_told_in_its_last_words(self):
        with self.assertRaises(skerry_program.SkerryFailed) as refused:
            skerry_program.Row("rocksdb+memo", self.program())
        self.assertEqual(str(refused.exception), "exit status 2: error: peers.toml:1: no rocksdb")

    def test_a_program_whose_plan_has_no_size_is_refused(self):
        with self.assertRaisesRegex(skerry_program.SkerryFailed, "how large the store"):
            skerry_program.Row("lmdb+direct", self.program())

    def test_nothing_is_left_of_a_turn_but_the_graph(self):
        skerry_program.Row("lmdb+memo", self.program()).turn(True)
        left = [path.name for path in (self.folder / "cache").rglob("*") if path.is_file()]
        self.assertEqual(left, ["2"])

    def record(self, **config):
        return {"config": {"store": "lmdb", "view": "memo", **config},
                "recall": {"strict": 0.9}, "qps": {"median": 100}, "work": {"distances": 7}}

    def test_results_of_another_row_or_of_an_axis_are_refused(self):
        for records, word in (([self.record(ef=16, store="rocksdb")], "store = rocksdb"),
                              ([self.record(ef=16), self.record(ef=16)], "add an axis"),
                              ([], "no results")):
            path = self.folder / "results.jsonl"
            path.write_text("".join(json.dumps(record) + "\n" for record in records))
            with self.assertRaisesRegex(skerry_program.SkerryFailed, word):
                skerry_program.read_results(path, "lmdb+memo")


if __name__ == "__main__":
    unittest.main()
