// What other frameworks get wrong, tried on the program itself: docs/experiments.md lists each
// defect, its source and the test that would catch it here. Those that need no whole run have
// their tests in the files of their units.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "experiments/cost/file_cache.h"
#include "experiments/query_rows.h"
#include "kv/open_store.h"
#include "tests/experiments/config_file.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const std::string data =
    "name = \"small\"\n[dataset]\nspec = \"uniform(n=600, d=8, queries=50)\"\n[build]\nmetric = "
    "\"euclidean\"\n";

std::vector<json> lines(const fs::path& path) {
  std::vector<json> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
  return all;
}

std::size_t files_in(const fs::path& folder) {
  const fs::directory_iterator begin(folder);
  return static_cast<std::size_t>(std::distance(begin, fs::directory_iterator()));
}

bool has_stores_on_disk() { return kv::store_kinds().size() == 3; }

class Defects : public testing::Test {
 protected:
  ProgramRun run(const std::string& text, const std::string& options = "",
                 const std::string& before = ":") {
    const ConfigFile file(text);
    return skerry("run " + file.path().string() + " -o " + directory().string() + " " + options,
                  before);
  }

  fs::path directory() const { return folder_.path() / "results"; }

  std::vector<json> records() const { return lines(directory() / "results.jsonl"); }

  support::TempDir folder_;
};

TEST_F(Defects, SettingsWhosePlainNamesAreEqualShareNoFile) {
  // Without what is no letter or digit the two rules read robust_prune_1_2_; and the settings of
  // two values of ef agree in their first hundreds of characters.
  const ProgramRun outcome =
      run(data + "selection = [\"robust_prune(1, 2)\", \"robust_prune(1.2)\"]\n" +
              (has_stores_on_disk() ? "store = \"lmdb\"\n" : "") + "[search]\nef = [16, 32]\n",
          "--save-neighbours --keep-stores");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  std::set<std::string> points;
  for (const json& record : records()) {
    points.insert(record.at("point"));
    EXPECT_TRUE(fs::exists(query_rows_file(directory(), record.at("point").get<std::string>())));
  }
  EXPECT_EQ(points.size(), 4U);
  EXPECT_EQ(files_in(directory() / "queries"), 4U);
  EXPECT_EQ(files_in(directory() / "neighbours"), 8U);
  if (has_stores_on_disk()) {
    EXPECT_EQ(files_in(directory() / "stores"), 2U);
  }
}

TEST_F(Defects, RowsOfAPointWithoutItsRecordAreNotTakenForDone) {
  ASSERT_EQ(run(data).exit_code, 0);
  const std::string point = records().at(0).at("point");
  const fs::path rows = query_rows_file(directory(), point);
  fs::remove(directory() / "results.jsonl");
  std::ofstream(rows, std::ios::binary) << "torn";
  std::ofstream(rows.string() + ".1-0.tmp") << "torn";
  ASSERT_EQ(run(data).exit_code, 0);
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records().at(0).at("point"), point);
  EXPECT_EQ(read_query_rows(rows).size(), 50U);
  EXPECT_EQ(files_in(directory() / "queries"), 1U);
}

TEST_F(Defects, WhatAKilledRunLeftTornStopsNoLaterRun) {
  ASSERT_EQ(run(data + "[search]\nef = 16\n").exit_code, 0);
  for (const char* file : {"results.jsonl", "noise.jsonl", "failures.jsonl"}) {
    std::ofstream(directory() / file, std::ios::app) << "{\"schema\":1,\"point\":\"12";
  }
  for (const char* left : {"plan.json.tmp", "plan.json.1-0.tmp", "results.jsonl.temp"}) {
    std::ofstream(directory() / left) << "{\"torn";
  }
  fs::create_directories(directory() / "work" / "stores" / "left");
  const ProgramRun second = run(data + "[search]\nef = 32\n");
  EXPECT_EQ(second.exit_code, 0) << second.error;
  EXPECT_EQ(records().size(), 2U);
  EXPECT_EQ(lines(directory() / "noise.jsonl").size(), 2U);
  const ProgramRun third = run(data + "[search]\nef = 48\n");
  EXPECT_EQ(third.exit_code, 0) << third.error;
  EXPECT_EQ(records().size(), 3U);
}

TEST_F(Defects, TwoRunsOfOneDayAndNameKeepAllResults) {
  ASSERT_EQ(run(data + "M = 4\n").exit_code, 0);
  const std::vector<json> first = records();
  ASSERT_EQ(run(data + "M = 8\n").exit_code, 0);
  ASSERT_EQ(run(data + "M = 4\n", "--repeat").exit_code, 0);
  const std::vector<json> all = records();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0], first.at(0));
  EXPECT_EQ(all[1].at("config").at("M"), 8);
  EXPECT_EQ(all[2].at("config").at("M"), 4);
  EXPECT_EQ(files_in(directory() / "queries"), 2U);
}

TEST_F(Defects, AChildThatIsKilledIsAFailureWithItsSignalAndExitCodeThree) {
  const ConfigFile file(
      "[dataset]\nspec = \"uniform(n=200000, d=64, queries=10)\"\n[build]\nmetric = "
      "\"euclidean\"\n");
  // What the kernel does to a process that takes too much memory.
  const std::string plan = (directory() / "plan.json").string();
  const std::string command =
      "export XDG_CACHE_HOME=" + folder_.path().string() + "; " SKERRY_PROGRAM " run " +
      file.path().string() + " -o " + directory().string() + " >/dev/null 2>&1 & run=$!; " +
      "while ! test -s " + plan + "; do :; done; child=; while test -z \"$child\"; do " +
      "child=$(cat /proc/$run/task/$run/children); done; kill -9 $child; wait $run";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 3);
  const std::vector<json> failures = lines(directory() / "failures.jsonl");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].at("signal"), 9);
  EXPECT_EQ(failures[0].at("stage"), "graph");
  EXPECT_NE(failures[0].at("why").get<std::string>().find("signal 9"), std::string::npos);
  EXPECT_TRUE(records().empty());
}

TEST_F(Defects, AClockThatIsSetBackChangesNoTime) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer must be the first library";
#endif
  // The library makes the time of day jump back an hour at every reading.
  const ProgramRun outcome =
      run(data + "[search]\nthreads = [1, 2]\n", "--no-cache", "export LD_PRELOAD=" SKERRY_CLOCK);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  const std::vector<json> all = records();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_LT(all.at(0).at("time"), "1990") << "the premise: the program reads the clock that jumps";
  for (const json& record : all) {
    for (const char* seconds : {"seconds", "graph_seconds", "layout_seconds"}) {
      EXPECT_GT(record.at("build").at(seconds), 0);
      EXPECT_LT(record.at("build").at(seconds), 600);
    }
    for (const char* rate : {"min", "median", "max"}) {
      EXPECT_GT(record.at("qps").at(rate), 10);
      EXPECT_LT(record.at("qps").at(rate), 1e8);
    }
    EXPECT_GT(record.at("latency_us").at("p50"), 0);
    EXPECT_LT(record.at("latency_us").at("p99"), 1e6);
  }
}

TEST_F(Defects, EveryColdPassBeginsWithClosedAndEvictedFiles) {
  if (!has_stores_on_disk()) GTEST_SKIP() << "this build has the memory store only";
  fs::create_directories(folder_.path() / "probe");
  std::ofstream(folder_.path() / "probe" / "x") << std::string(1 << 20, 'x');
  evict(folder_.path() / "probe");
  if (resident_share(folder_.path() / "probe") >= cold_share) {
    GTEST_SKIP() << "files cannot be evicted on this file system";
  }
  const ProgramRun outcome =
      run("[dataset]\nspec = \"uniform(n=3000, d=64, queries=50)\"\n[build]\nmetric = "
          "\"euclidean\"\nstore = [\"lmdb\", \"rocksdb\"]\n[search]\nview = \"direct\"\ncache = "
          "\"cold\"\nrepetitions = [1, 4]\n",
          "--no-noise");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  std::map<std::string, std::map<int, double>> read;
  for (const json& record : records()) {
    EXPECT_EQ(record.at("cache").at("state"), "cold") << record.at("cache");
    const json& config = record.at("config");
    read[config.at("store")][config.at("repetitions")] = record.at("io").at("read_bytes");
  }
  for (auto& [store, bytes] : read) {
    EXPECT_GT(bytes[1], 0) << store;
    // Were only the first of four cold, a quarter would be read on average.
    EXPECT_GT(bytes[4], 0.6 * bytes[1]) << store;
  }
  EXPECT_EQ(read.size(), 2U);
}

TEST_F(Defects, LinkSizesDoNotContainVectors) {
  // 600 vectors of 4 kB: their bytes are many times those of the links.
  const ProgramRun outcome = run(
      "[dataset]\nspec = \"uniform(n=600, d=1024, queries=5)\"\n[build]\nmetric = "
      "\"euclidean\"\nM = 4\n" +
          std::string(has_stores_on_disk() ? "store = [\"memory\", \"lmdb\", \"rocksdb\"]\n" : ""),
      "--no-noise");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.error;
  for (const json& record : records()) {
    const json& links = record.at("links");
    const double vectors = 600.0 * 1024 * 4;
    EXPECT_GT(record.at("disk_bytes"), vectors);
    EXPECT_LT(links.at("value_bytes").get<double>() + links.at("key_bytes").get<double>(),
              links.at("edges").get<double>() * 8);
    EXPECT_LT(links.at("disk_bytes"), vectors / 10) << record.at("config").at("store");
  }
}

TEST_F(Defects, EveryDepthIsScoredOnTheSameQueries) {
  ASSERT_EQ(run(data + "[search]\nk = [1, 10, 20]\n").exit_code, 0);
  std::set<std::string> hashes;
  std::size_t points = 0;
  for (const json& record : records()) {
    hashes.insert(record.at("dataset").at("hash"));
    const std::vector<QueryRow> rows =
        read_query_rows(query_rows_file(directory(), record.at("point").get<std::string>()));
    ASSERT_EQ(rows.size(), 50U);
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].query, i);
    ++points;
  }
  EXPECT_EQ(points, 3U);
  EXPECT_EQ(hashes.size(), 1U);
}

TEST_F(Defects, QueriesThatAreItemsAreNamedInTheRecordAndOtherDrawsAreOtherData) {
  const auto drawn = [&](int seed) {
    const std::string name = "base(count=20, seed=" + std::to_string(seed) + ")";
    EXPECT_EQ(run("[dataset]\nspec = \"uniform(n=600, d=8, queries=50)\"\nqueries = \"" + name +
                  "\"\n[build]\nmetric = \"euclidean\"\n")
                  .exit_code,
              0);
    const json dataset = records().back().at("dataset");
    EXPECT_NE(dataset.at("name").get<std::string>().find("queries " + name), std::string::npos)
        << dataset;
    EXPECT_EQ(dataset.at("queries"), 20);
    return dataset.at("hash").get<std::string>();
  };
  EXPECT_NE(drawn(1), drawn(2));
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(Defects, TheWorkOfABuildDoesNotDependOnItsThreads) {
  ASSERT_EQ(run(data, "--set build.threads=1,2,3 --no-cache").exit_code, 0);
  std::set<std::string> distances;
  for (const json& record : records()) distances.insert(record.at("build").at("distances").dump());
  EXPECT_EQ(distances.size(), 1U);
  EXPECT_EQ(records().size(), 3U);
}

TEST_F(Defects, AFirstLayoutThatFailsDoesNotCostTheSweepItsNoiseFloor) {
  if (!has_stores_on_disk()) GTEST_SKIP() << "this build has the memory store only";
  const ProgramRun outcome =
      run("[dataset]\nspec = \"uniform(n=2000, d=64, queries=10)\"\n[build]\nmetric = "
          "\"euclidean\"\nM = 4\nstore = [\"lmdb\", \"memory\"]\n",
          "", "ulimit -f 400");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.error;
  const std::vector<json> noise = lines(directory() / "noise.jsonl");
  ASSERT_EQ(noise.size(), 1U);
  EXPECT_EQ(noise[0].at("config").at("store"), "memory");
  EXPECT_EQ(noise[0].at("point"), records().at(0).at("point"));
}

TEST_F(Defects, DifferencesBelowTheNoiseOfTheSweepAreNoVerdict) {
  ASSERT_EQ(run(data + "[search]\nview = [\"direct\", \"frozen\"]\nef = [16, 64]\n").exit_code, 0);
  std::vector<json> noise = lines(directory() / "noise.jsonl");
  ASSERT_EQ(noise.size(), 2U) << "every sweep measures some points twice";
  const std::string compare =
      "compare " + directory().string() + ":view=direct " + directory().string() + ":view=frozen";
  // As if the machine had been a thousand times slower in the second of the two measurements.
  std::ofstream file(directory() / "noise.jsonl");
  for (json& again : noise) {
    again["qps"]["median"] = again["qps"]["median"].get<double>() / 1000;
    file << again.dump() << '\n';
  }
  file.close();
  const ProgramRun hidden = skerry(compare);
  ASSERT_EQ(hidden.exit_code, 0) << hidden.error;
  EXPECT_NE(hidden.out.find("within noise"), std::string::npos) << hidden.out;
}

}  // namespace
}  // namespace skerry::experiments
