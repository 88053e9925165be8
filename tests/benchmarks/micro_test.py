"""The micro-benchmarks, and what the interface of stores costs."""

import tempfile
import unittest

from tests.benchmarks.support import BUILD, google_benchmark, script, tables


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
