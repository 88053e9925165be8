// Small real runs of the program, judged by the results that they leave.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "kv/open_store.h"
#include "tests/experiments/config_file.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

using nlohmann::json;

const std::string data =
    "name = \"small\"\n[dataset]\nspec = \"uniform(n=2000, d=16, queries=100)\"\n[build]\nmetric = "
    "\"euclidean\"\n";

std::vector<json> records(const std::filesystem::path& directory) {
  std::vector<json> all;
  std::ifstream file(directory / "results.jsonl");
  for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
  return all;
}

/// All stores of this build, as a TOML list.
std::string all_stores() {
  std::string list;
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    list += (list.empty() ? "\"" : ", \"") + std::string(kind.name) + "\"";
  }
  return "store = [" + list + "]\n";
}

class RunTest : public testing::Test {
 protected:
  ProgramRun run(const std::string& text, const std::string& options = "",
                 const std::string& before = ":") {
    const ConfigFile file(text);
    return skerry("run " + file.path().string() + " -o " + directory().string() + " " + options,
                  before);
  }

  std::filesystem::path directory() const { return folder_.path() / "results"; }

 private:
  support::TempDir folder_;
};

TEST_F(RunTest, SameGraphAnswersAlikeOnEveryStoreCodecAndView) {
  const std::string text = data + all_stores() +
                           "codec = [\"u32\", \"delta\", \"roaring\"]\n[search]\nef = [16, 48]\n"
                           "view = [\"direct\", \"memo\", \"frozen\"]\nrepetitions = 1\n";
  const ProgramRun outcome = run(text);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  const std::vector<json> all = records(directory());
  ASSERT_EQ(all.size(), kv::store_kinds().size() * 18);
  std::set<std::string> digests;
  std::map<int, std::set<std::string>> answers;
  std::map<std::string, std::set<std::uint64_t>> value_bytes;
  for (const json& record : all) {
    digests.insert(record.at("graph_digest"));
    answers[record.at("config").at("ef")].insert(record.at("recall").dump() +
                                                 record.at("work").at("distances").dump() +
                                                 record.at("work").at("hops").dump());
    value_bytes[record.at("config").at("codec")].insert(
        record.at("links").at("value_bytes").get<std::uint64_t>());
  }
  EXPECT_EQ(digests.size(), 1U);
  for (const auto& [ef, answer] : answers) EXPECT_EQ(answer.size(), 1U) << "ef " << ef;
  for (const auto& [codec, bytes] : value_bytes) EXPECT_EQ(bytes.size(), 1U) << codec;
  EXPECT_LT(*value_bytes.at("delta").begin(), *value_bytes.at("u32").begin());
}

TEST_F(RunTest, RecordsHaveEveryFieldOfTheInterface) {
  const ProgramRun outcome = run(data + all_stores(), "--set search.view=direct,memo,frozen");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  const std::map<std::string, std::vector<std::string>> fields = {
      {"recall", {"strict", "tie", "p5", "worst5_mean", "returned_lt_k"}},
      {"qps", {"median", "min", "max"}},
      {"latency_us", {"p50", "p95", "p99"}},
      {"work", {"distances", "code_distances", "hops", "gets", "bytes"}},
      {"build",
       {"seconds", "graph_seconds", "layout_seconds", "distances", "code_distances",
        "peak_rss_bytes"}},
      {"links",
       {"edges", "edges_per_vector", "value_bytes", "key_bytes", "checksum_bytes",
        "list_bound_bytes", "graph_bound_bytes", "disk_bytes", "bits_per_edge"}},
      {"resident", {"links", "vectors", "codes", "tables"}}};
  std::set<std::string> points;
  for (const json& record : records(directory())) {
    for (const auto& [object, names] : fields) {
      for (const std::string& name : names) {
        EXPECT_TRUE(record.at(object).at(name).is_number()) << object << "." << name;
      }
    }
    const json& config = record.at("config");
    EXPECT_EQ(record.at("schema"), 1);
    EXPECT_EQ(record.at("experiment"), "small");
    EXPECT_EQ(config.at("M0"), 32);
    EXPECT_EQ(config.at("build_threads"), 1);
    EXPECT_EQ(record.at("dataset").at("n"), 2000);
    EXPECT_EQ(record.at("dataset").at("dimension"), 16);
    EXPECT_EQ(record.at("dataset").at("hash").get<std::string>().size(), 32U);
    EXPECT_EQ(record.at("graph_digest").get<std::string>().size(), 32U);
    EXPECT_GT(record.at("disk_bytes"), 2000 * 16 * 4);
    EXPECT_GT(record.at("recall").at("strict"), 0.9);
    EXPECT_LE(record.at("qps").at("min"), record.at("qps").at("median"));
    EXPECT_LE(record.at("qps").at("median"), record.at("qps").at("max"));
    EXPECT_LE(record.at("latency_us").at("p50"), record.at("latency_us").at("p99"));
    const json& build = record.at("build");
    EXPECT_DOUBLE_EQ(
        build.at("seconds").get<double>(),
        build.at("graph_seconds").get<double>() + build.at("layout_seconds").get<double>());
    const json& links = record.at("links");
    EXPECT_NEAR(links.at("bits_per_edge").get<double>(),
                8 * (links.at("value_bytes").get<double>() + links.at("key_bytes").get<double>()) /
                    links.at("edges").get<double>(),
                1e-9);
    const std::string view = config.at("view");
    EXPECT_EQ(record.at("resident").at("vectors") > 0, view == "frozen");
    EXPECT_EQ(record.at("resident").at("tables") > 0, view == "memo");
    EXPECT_EQ(record.at("work").at("gets") > 0, view != "frozen");
    EXPECT_TRUE(points.insert(record.at("point")).second);
  }
  EXPECT_EQ(points.size(), kv::store_kinds().size() * 3);
}

TEST_F(RunTest, WalksByCodesAreCountedApartAndTheSameOnEveryStore) {
  const ProgramRun outcome = run(data + all_stores(),
                                 "--set build.encoding=i8 --set search.view=direct,frozen "
                                 "--set search.traversal=f32,i8 --set search.oversample=1,3");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  std::map<std::string, std::set<std::string>> answers;
  for (const json& record : records(directory())) {
    const json& config = record.at("config");
    const json& work = record.at("work");
    const bool by_codes = config.at("traversal") == "i8";
    const int oversample = config.at("oversample");
    EXPECT_EQ(work.at("code_distances") > 0, by_codes);
    if (by_codes) {
      EXPECT_EQ(work.at("distances"), 10.0 * oversample);
    }
    EXPECT_EQ(record.at("resident").at("codes") > 0, by_codes && config.at("view") == "frozen");
    EXPECT_GT(record.at("recall").at("strict"), 0.9);
    answers[config.at("traversal").dump() + (by_codes ? std::to_string(oversample) : "")].insert(
        record.at("recall").dump() + work.at("distances").dump() +
        work.at("code_distances").dump() + record.at("graph_digest").dump());
  }
  EXPECT_EQ(answers.size(), 3U);
  for (const auto& [search, answer] : answers) EXPECT_EQ(answer.size(), 1U) << search;
}

TEST_F(RunTest, ThreadsOfTheBuildDoNotChangeTheGraphAndSeedsDo) {
  const ProgramRun outcome = run(data, "--set build.threads=1,2 --set build.seed=1,2");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  std::map<int, std::set<std::string>> digests;
  for (const json& record : records(directory())) {
    digests[record.at("config").at("seed")].insert(record.at("graph_digest"));
  }
  EXPECT_EQ(digests.at(1).size(), 1U);
  EXPECT_EQ(digests.at(2).size(), 1U);
  EXPECT_NE(digests.at(1), digests.at(2));
}

TEST_F(RunTest, SearchThreadsFindTheSame) {
  const ProgramRun outcome = run(data, "--set search.threads=1,3");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  const std::vector<json> all = records(directory());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("recall"), all[1].at("recall"));
  EXPECT_GT(all[1].at("qps").at("median"), 0);
}

TEST_F(RunTest, ASecondRunMeasuresNothingAgainUnlessItIsToldTo) {
  ASSERT_EQ(run(data).exit_code, 0);
  ASSERT_EQ(run(data).exit_code, 0);
  EXPECT_EQ(records(directory()).size(), 1U);
  ASSERT_EQ(run(data, "--repeat").exit_code, 0);
  const std::vector<json> all = records(directory());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("point"), all[1].at("point"));
  EXPECT_NE(all[0].at("provenance").at("run"), all[1].at("provenance").at("run"));
}

TEST_F(RunTest, OutputEndsWithTheTableAndTheFile) {
  const ProgramRun outcome = run(data);
  EXPECT_NE(outcome.out.find("recall@10"), std::string::npos);
  const std::string last = "\nresults: " + (directory() / "results.jsonl").string() + "\n";
  EXPECT_EQ(outcome.out.substr(outcome.out.size() - last.size()), last);
}

TEST_F(RunTest, DefaultDirectoryIsResultsUnderTheCurrentOne) {
  const ConfigFile file(data);
  const std::string folder = file.path().parent_path().string();
  EXPECT_EQ(skerry("run config.toml", "cd " + folder).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder + "/results/small/results.jsonl"));
}

TEST_F(RunTest, NothingButResultsIsLeftUnlessStoresAreKept) {
  ASSERT_EQ(run(data + all_stores()).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(directory() / "work"));
  EXPECT_FALSE(std::filesystem::exists(directory() / "stores"));
  ASSERT_EQ(run(data + all_stores(), "--keep-stores --repeat").exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(directory() / "work"));
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory() / "stores")) {
    const ProgramRun inspected = skerry("inspect " + entry.path().string() + " --json");
    ASSERT_EQ(inspected.exit_code, 0) << inspected.error;
    const json report = json::parse(inspected.out);
    EXPECT_TRUE(report.at("digest_agrees"));
    EXPECT_EQ(report.at("items"), 2000);
    EXPECT_EQ(report.at("self_links"), 0);
    EXPECT_GT(report.at("self_recall"), 0.99);
    EXPECT_EQ(report.at("digest"), records(directory()).back().at("graph_digest"));
    EXPECT_EQ(skerry("inspect " + entry.path().string()).exit_code, 0);
    ++kept;
  }
  EXPECT_EQ(kept, kv::store_kinds().size() - 1);  // all but memory
}

TEST_F(RunTest, StoreThatCannotBeWrittenCostsItsOwnPointsOnly) {
  if (kv::store_kinds().size() == 1) GTEST_SKIP() << "this build has the memory store only";
  // Large enough for the graph file and the results, too small for the vectors.
  const std::string text =
      "[dataset]\nspec = \"uniform(n=2000, d=64, queries=10)\"\n[build]\nmetric = \"euclidean\"\nM "
      "= 4\n" +
      all_stores();
  const ProgramRun outcome = run(text, "", "ulimit -f 400");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.error;
  const std::vector<json> all = records(directory());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("config").at("store"), "memory");
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    const bool told = outcome.error.find("store=" + std::string(kind.name)) != std::string::npos;
    EXPECT_EQ(told, kind.name != "memory") << outcome.error;
  }
  EXPECT_FALSE(std::filesystem::exists(directory() / "work"));
}

TEST_F(RunTest, TerminationStopsTheRunAndRemovesItsWork) {
  const ConfigFile file(
      "[dataset]\nspec = \"uniform(n=200000, d=64, queries=10)\"\n[build]\nmetric = "
      "\"euclidean\"\n");
  const std::string line = "run " + file.path().string() + " -o " + directory().string();
  // timeout(1) sends the signal; the run would take minutes.
  for (const auto& [signal, code] : {std::pair{"INT", 130}, {"TERM", 143}}) {
    const std::string command = "XDG_CACHE_HOME=" + directory().string() +
                                std::string(" timeout --preserve-status --foreground -s ") +
                                signal + " 1 " SKERRY_PROGRAM " " + line + " 2>/dev/null";
    const int status = std::system(command.c_str());
    EXPECT_EQ(WEXITSTATUS(status), code) << signal;
    EXPECT_FALSE(std::filesystem::exists(directory() / "work"));
  }
  EXPECT_TRUE(records(directory()).empty());
}

TEST_F(RunTest, KGreaterThanTheDataIsANormalOutcome) {
  const std::string text =
      "[dataset]\nspec = \"uniform(n=5, d=4, queries=3)\"\n[build]\nmetric = \"euclidean\"\n";
  const ProgramRun outcome = run(text, "--set search.k=10");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(records(directory()).at(0).at("recall").at("returned_lt_k"), 0);
}

TEST_F(RunTest, AColdStoreIsProvenColdAndReadsFromStorage) {
  if (kv::store_kinds().size() == 1) GTEST_SKIP() << "this build has the memory store only";
  const std::string text =
      "[dataset]\nspec = \"uniform(n=3000, d=64, queries=50)\"\n[build]\nmetric = \"euclidean\"\n"
      "store = [\"lmdb\", \"rocksdb\"]\n[search]\nview = [\"direct\", \"memo\"]\n"
      "cache = [\"warm\", \"cold\"]\nrepetitions = 2\n";
  const ProgramRun outcome = run(text);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  std::map<std::string, json> warm;
  for (const json& record : records(directory())) {
    const json& config = record.at("config");
    const std::string what = config.at("store").get<std::string>() + config.at("view").dump();
    const json& cache = record.at("cache");
    EXPECT_EQ(cache.at("asked"), config.at("cache"));
    if (config.at("cache") == "warm") {
      EXPECT_EQ(cache.at("state"), "warm");
      warm[what] = record;
      continue;
    }
    EXPECT_TRUE(cache.at("state") == "cold" || cache.at("state") == "lukewarm");
    EXPECT_EQ(cache.at("state") == "cold", cache.at("resident_share") < 0.01);
    ASSERT_TRUE(warm.contains(what));
    EXPECT_EQ(record.at("recall"), warm.at(what).at("recall"));
    EXPECT_EQ(record.at("work"), warm.at(what).at("work"));
    if (cache.at("state") == "cold") {
      EXPECT_GT(record.at("io").at("read_bytes"), warm.at(what).at("io").at("read_bytes"));
    }
  }
  EXPECT_EQ(warm.size(), 4U);
}

TEST_F(RunTest, WhatAStoreCannotGiveIsRefusedBeforeAnyWork) {
  if (kv::store_kinds().size() == 1) GTEST_SKIP() << "this build has the memory store only";
  const ProgramRun memo =
      run(data + "store = \"rocksdb(mmap=false)\"\n[search]\nview = \"memo\"\n");
  EXPECT_EQ(memo.exit_code, 2);
  EXPECT_NE(memo.error.find("stay in place"), std::string::npos) << memo.error;
  const ProgramRun cold = run(data + "[search]\nview = \"direct\"\ncache = \"cold\"\n");
  EXPECT_EQ(cold.exit_code, 2);
  EXPECT_NE(cold.error.find("store on disk"), std::string::npos) << cold.error;
  EXPECT_FALSE(std::filesystem::exists(directory()));
}

TEST_F(RunTest, ALimitOfMemoryIsKeptOrThePointIsSkippedAndSaysWhy) {
  const std::string text =
      data + "[search]\nview = \"frozen\"\nmemory_limit = [\"none\", \"1GiB\"]\n";
  const ProgramRun outcome = run(text);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
  const std::size_t found = records(directory()).size();
  const bool skipped = outcome.error.find("skipped") != std::string::npos;
  EXPECT_EQ(found, skipped ? 1U : 2U) << outcome.error;
}

TEST_F(RunTest, WhatWasWrittenIsHeldAgainstWhatReachedStorage) {
  const ProgramRun outcome = run(data + all_stores());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  for (const json& record : records(directory())) {
    const json& write = record.at("write");
    EXPECT_GT(write.at("logical_bytes"), 2000 * 16 * 4);
    if (record.at("config").at("store") == "memory" || !write.contains("amplification")) continue;
    if (write.at("amplification") < 0.01) GTEST_SKIP() << "the folder lies in memory";
    EXPECT_GT(write.at("amplification"), 0.9);
    EXPECT_LT(write.at("amplification"), 20);
  }
}

TEST_F(RunTest, EnginesTellWhatASearchAndALoadCostThem) {
  const ProgramRun outcome =
      run(data + all_stores() + "[search]\nview = [\"direct\", \"frozen\"]\n");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  for (const json& record : records(directory())) {
    const json& engine = record.at("engine");
    const json& write = record.at("write");
    if (record.at("config").at("store") != "rocksdb") {
      EXPECT_TRUE(engine.empty());
      EXPECT_TRUE(record.at("read_amplification").is_null());
      EXPECT_TRUE(write.at("engine_amplification").is_null());
      EXPECT_EQ(write.at("engine").empty(), record.at("config").at("store") == "memory");
      continue;
    }
    // The files hold each record once, with keys, indexes and checksums around it.
    EXPECT_GE(write.at("engine").at("ingest_bytes"), 2000 * 16 * 4);
    EXPECT_GT(write.at("engine_amplification"), 0.9);
    EXPECT_LT(write.at("engine_amplification"), 1.5);
    if (record.at("config").at("view") == "frozen") {  // which asks the store for nothing
      EXPECT_EQ(engine.at("cache_data_misses"), 0);
      EXPECT_TRUE(record.at("read_amplification").is_null());
      continue;
    }
    // Each get looks at one block of 4 KiB, or at one of larger size with a single record in it.
    const double gets = record.at("work").at("gets");
    const double looks =
        engine.at("cache_data_misses").get<double>() + engine.at("cache_data_hits").get<double>();
    EXPECT_GT(looks, 0.3 * gets);
    EXPECT_LE(looks, 2.02 * gets);  // RocksDB counts a mapped block of a MultiGet as two misses
    EXPECT_GT(record.at("read_amplification"), 1);
    EXPECT_LT(record.at("read_amplification"), 100);
  }
}

TEST_F(RunTest, PersistentStoresAreMeasuredCompactedToo) {
  const ProgramRun outcome = run(data + all_stores());
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  for (const json& record : records(directory())) {
    const json& compacted = record.at("compacted");
    EXPECT_GT(record.at("space_amplification").at("built"), 0.9);
    if (record.at("config").at("store") == "memory") {
      EXPECT_TRUE(compacted.contains("skipped"));
      continue;
    }
    if (compacted.contains("skipped")) continue;  // the disk is full
    EXPECT_EQ(compacted.at("tables").size(), record.at("tables").size());
    EXPECT_GT(record.at("disk_bytes_compacted"), 2000 * 16 * 4);
    EXPECT_GT(record.at("links").at("disk_bytes_compacted"), 0);
    EXPECT_LT(record.at("space_amplification").at("compacted"), 5);
  }
}

}  // namespace
}  // namespace skerry::experiments
