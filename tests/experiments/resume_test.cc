// Runs that are interrupted, sharded or repeated, judged by what they leave.

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tests/experiments/config_file.h"
#include "tests/experiments/program.h"
#include "tests/experiments/result_files.h"

namespace skerry::experiments {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// 60 points of 2 graphs on all stores, about a second of work.
const std::string sixty =
    "name = \"sixty\"\n[dataset]\nspec = \"uniform(n=600, d=8, queries=50)\"\n[build]\nmetric = "
    "\"euclidean\"\nM = [4, 8]\nstore = [\"memory\", \"lmdb\", \"rocksdb\"]\n[search]\nef = "
    "\"10..50:10\"\n"
    "view = [\"direct\", \"memo\"]\nrepetitions = 10\n";

class Resume : public testing::Test {
 protected:
  ProgramRun run(const std::string& options, const std::string& directory = "results",
                 const std::string& before = ":") {
    const ConfigFile file(text_);
    return skerry("run " + file.path().string() + " -o " + path(directory) + " " + options,
                  before + "; export SKERRY_TEST_CACHE=" + path("cache"));
  }

  /// Ends the program by a signal after so many milliseconds.
  int run_for(unsigned milliseconds, const char* signal, const std::string& options) {
    const ConfigFile file(text_);
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.3f", milliseconds / 1e3);
    const std::string command = "XDG_CACHE_HOME=" + path("cache") +
                                " timeout --preserve-status --foreground -s " + signal + " " +
                                seconds + " " SKERRY_PROGRAM " run " + file.path().string() +
                                " -o " + path("results") + " " + options + " >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  std::string text_ = sixty;
  support::TempDir folder_;
};

TEST_F(Resume, NothingToDoIsSuccessAndStillPrintsTheTable) {
  ASSERT_EQ(run("").exit_code, 0);
  const ProgramRun again = run("");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_NE(again.error.find("60 of 60 points are there; 0 to do"), std::string::npos);
  EXPECT_NE(again.out.find("recall@10"), std::string::npos);
  EXPECT_EQ(lines(path("results") + "/results.jsonl").size(), 60U);
}

TEST_F(Resume, RepeatAppendsTheSelectedPointsOnceMore) {
  const std::string only = "--only 'M=4&store=memory&view=memo'";
  ASSERT_EQ(run(only).exit_code, 0);
  ASSERT_EQ(run(only + " --repeat").exit_code, 0);
  EXPECT_EQ(lines(path("results") + "/results.jsonl").size(), 10U);
  EXPECT_EQ(run("--only M=5").exit_code, 2);
}

TEST_F(Resume, OneInterruptFinishesWhatIsUnderWayAndSaysHowToGoOn) {
  text_ =
      "[dataset]\nspec = \"uniform(n=600, d=8, queries=500)\"\n[build]\nmetric = \"euclidean\"\n"
      "[search]\nef = [50, 100]\nview = [\"direct\", \"memo\"]\nrepetitions = 30\n";
  EXPECT_EQ(run_for(700, "INT", "--no-noise"), 130);
  const std::size_t points = lines(path("results") + "/results.jsonl").size();
  EXPECT_TRUE(points == 0 || points == 2 || points == 4) << points;
  ASSERT_EQ(run("").exit_code, 0);
  EXPECT_EQ(essence(path("results")).size(), 4U);
}

TEST_F(Resume, ASecondRunInADirectoryThatIsHeldEndsWithFive) {
  text_ =
      "[dataset]\nspec = \"uniform(n=200000, d=64, queries=10)\"\n[build]\nmetric = "
      "\"euclidean\"\n";
  const ConfigFile file(text_);
  const std::string line = std::string(SKERRY_PROGRAM) + " run " + file.path().string() + " -o " +
                           path("results") + " >/dev/null 2>&1";
  const std::string cache = "export XDG_CACHE_HOME=" + path("cache") + "; ";
  const std::string command = cache + "timeout 10 " + line + " & first=$!; while ! test -e " +
                              path("results") + "/results.jsonl; do :; done; " + line +
                              "; code=$?; kill $first; wait; exit $code";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 5);
}

TEST_F(Resume, ShardsMergedAreTheWhole) {
  text_ = sixty;
  text_.replace(text_.find("[4, 8]"), 6, "[3, 4, 5, 6, 7, 8]");
  text_.replace(text_.find("\"memory\", \"lmdb\", \"rocksdb\""), 27, "\"memory\"");
  ASSERT_EQ(run("--save-neighbours", "whole").exit_code, 0);
  std::string parts;
  for (const std::string part : {"1", "2", "3"}) {
    ASSERT_EQ(run("--no-noise --save-neighbours --shard " + part + "/3", part).exit_code, 0);
    parts += " " + path(part);
  }
  const ProgramRun merged = skerry("merge" + parts + " -o " + path("merged"));
  ASSERT_EQ(merged.exit_code, 0) << merged.error;
  EXPECT_EQ(essence(path("merged")), essence(path("whole")));
  EXPECT_EQ(essence(path("merged")).size(), 60U);
  EXPECT_EQ(file_essence(path("merged")), file_essence(path("whole")));
  EXPECT_EQ(file_essence(path("merged")).size(), 60U * 3);
  EXPECT_EQ(skerry("status " + path("merged")).exit_code, 0);
  EXPECT_EQ(skerry("merge" + parts + " -o " + path("merged")).exit_code, 2);
}

TEST_F(Resume, AMergeThatStoppedHalfWayIsRepeatedIntoTheSameFolder) {
  const std::string only = "--only 'M=4&store=memory&view=memo' --no-noise --save-neighbours";
  ASSERT_EQ(run(only, "whole").exit_code, 0);
  ASSERT_EQ(run(only + " --shard 1/2", "1").exit_code, 0);
  ASSERT_EQ(run(only + " --shard 2/2", "2").exit_code, 0);
  // One graph is in one shard, whichever its name falls to.
  const std::string filled = path(fs::exists(path("1") + "/queries") ? "1" : "2");
  // As far as it came: a file that is torn, one that is whole, and no results.
  for (const char* folder : {"queries", "neighbours"}) {
    fs::create_directories(path("merged") + "/" + folder);
    for (const auto& entry : fs::directory_iterator(filled + "/" + folder)) {
      fs::copy_file(entry.path(),
                    path("merged") + "/" + folder + "/" + entry.path().filename().string());
      if (std::string(folder) == "queries") {
        fs::resize_file(path("merged") + "/queries/" + entry.path().filename().string(), 10);
      }
    }
  }
  std::ofstream(path("merged") + "/failures.jsonl.tmp") << "{";
  const ProgramRun merged =
      skerry("merge " + path("1") + " " + path("2") + " -o " + path("merged"));
  ASSERT_EQ(merged.exit_code, 0) << merged.error;
  EXPECT_EQ(essence(path("merged")), essence(path("whole")));
  EXPECT_EQ(file_essence(path("merged")), file_essence(path("whole")));
}

TEST_F(Resume, MergeRefusesPointsThatDisagreeAndNamesThem) {
  ASSERT_EQ(run("--only 'M=4&store=memory&ef=10&view=memo'").exit_code, 0);
  fs::create_directories(path("other"));
  json record = lines(path("results") + "/results.jsonl").at(0);
  record["recall"]["strict"] = 0.123;
  std::ofstream(path("other") + "/results.jsonl") << record.dump() << "\n";
  const ProgramRun merged =
      skerry("merge " + path("results") + " " + path("other") + " -o " + path("merged"));
  EXPECT_EQ(merged.exit_code, 2);
  EXPECT_NE(merged.error.find(record.at("point").get<std::string>()), std::string::npos);
  EXPECT_FALSE(fs::exists(path("merged")));
}

TEST_F(Resume, AFailureIsRecordedWithItsReasonAndRetriedOnlyWhenAsked) {
  text_ =
      "[dataset]\nspec = \"uniform(n=2000, d=64, queries=10)\"\n[build]\nmetric = \"euclidean\"\n"
      "M = 4\nstore = [\"memory\", \"lmdb\"]\n";
  EXPECT_EQ(run("", "results", "ulimit -f 400").exit_code, 3);
  std::vector<json> failures = lines(path("results") + "/failures.jsonl");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].at("config").at("store"), "lmdb");
  EXPECT_FALSE(failures[0].at("why").get<std::string>().empty());
  EXPECT_NE(skerry("status " + path("results")).out.find("1 failed"), std::string::npos);
  EXPECT_EQ(run("").exit_code, 3);
  EXPECT_EQ(lines(path("results") + "/results.jsonl").size(), 1U);
  EXPECT_EQ(run("--retry-failed").exit_code, 0);
  EXPECT_EQ(lines(path("results") + "/results.jsonl").size(), 2U);
  EXPECT_FALSE(fs::exists(path("results") + "/failures.jsonl"));
}

TEST_F(Resume, ABuildThatTakesTooLongIsAFailureOfItsPoints) {
  text_ =
      "[dataset]\nspec = \"uniform(n=200000, d=64, queries=10)\"\n[build]\nmetric = "
      "\"euclidean\"\nef_construction = 2000\nschedule = \"prefix_doubling(cap=1)\"\n";
  const ProgramRun outcome = run("--timeout-build 0.2s");
  EXPECT_EQ(outcome.exit_code, 3) << outcome.error;
  const std::vector<json> failures = lines(path("results") + "/failures.jsonl");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].at("stage"), "graph");
  EXPECT_NE(failures[0].at("why").get<std::string>().find("timed out"), std::string::npos);
}

TEST_F(Resume, AGraphIsBuiltOnceForAllRunsAndADamagedCopyIsNotTrusted) {
  ASSERT_EQ(run("--only M=4", "one").exit_code, 0);
  ASSERT_EQ(run("--only M=4", "two").exit_code, 0);
  EXPECT_EQ(lines(path("one") + "/results.jsonl").at(0).at("build").at("cached"), false);
  EXPECT_EQ(lines(path("two") + "/results.jsonl").at(0).at("build").at("cached"), true);
  EXPECT_EQ(essence(path("one")), essence(path("two")));
  for (const auto& entry : fs::directory_iterator(path("cache") + "/skerry/graphs")) {
    if (entry.path().extension() == ".graph") fs::resize_file(entry.path(), 1000);
  }
  ASSERT_EQ(run("--only M=4", "three").exit_code, 0);
  EXPECT_EQ(lines(path("three") + "/results.jsonl").at(0).at("build").at("cached"), false);
  EXPECT_EQ(essence(path("one")), essence(path("three")));
}

TEST_F(Resume, SomePointsAreMeasuredTwiceAndAgreeInAllButTime) {
  ASSERT_EQ(run("--only M=4").exit_code, 0);
  std::map<std::string, json> first;
  for (const json& record : lines(path("results") + "/results.jsonl")) {
    first[record.at("point")] = record;
  }
  const std::vector<json> noise = lines(path("results") + "/noise.jsonl");
  ASSERT_EQ(noise.size(), 5U);
  for (const json& again : noise) {
    EXPECT_EQ(again.at("aa"), 1);
    const json& record = first.at(again.at("point"));
    EXPECT_EQ(record.at("recall"), again.at("recall"));
    EXPECT_EQ(record.at("work"), again.at("work"));
  }
  ASSERT_EQ(run("--only M=4 --repeat").exit_code, 0);
  EXPECT_EQ(lines(path("results") + "/noise.jsonl").size(), 5U);
}

TEST_F(Resume, NeighboursAreKeptWhenAskedFor) {
  ASSERT_EQ(run("--only 'M=4&store=memory&view=memo' --save-neighbours").exit_code, 0);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(path("results") + "/neighbours")) {
    EXPECT_EQ(fs::file_size(entry.path()) % 64, (50 * 10 * 4) % 64);
    ++files;
  }
  EXPECT_EQ(files, 10U);
}

}  // namespace
}  // namespace skerry::experiments
