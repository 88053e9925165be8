#include "experiments/advice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

ordered_json record(int M, int ef, double recall, double qps, double distances) {
  return {{"schema", 1},
          {"point", std::to_string(M) + "-" + std::to_string(ef)},
          {"config", {{"M", M}, {"selection", "hnsw"}, {"ef", ef}}},
          {"recall", {{"strict", recall}}},
          {"qps", {{"median", qps}}},
          {"work", {{"distances", distances}, {"code_distances", 0}}},
          {"disk_bytes", 1000 * M},
          {"dataset", {{"n", 100}, {"queries", 400}}}};
}

/// M = 8 needs ef 64 for 0.95, M = 16 ef 32; M = 4 never gets there.
std::vector<ordered_json> sweep() {
  return {record(8, 64, 0.95, 500, 200),  record(8, 16, 0.80, 2000, 50),
          record(16, 16, 0.90, 1500, 90), record(16, 64, 1.00, 400, 390),
          record(4, 16, 0.50, 3000, 30),  record(4, 64, 0.70, 1000, 100)};
}

TEST(Advice, MeasuredPointOfExactlyTheRecallIsTaken) {
  const auto reached = reach({{16, 0.8, 1}, {64, 0.95, 3}, {128, 1, 9}}, 0.95);
  ASSERT_TRUE(reached);
  EXPECT_EQ(reached->ef, 64);
  EXPECT_EQ(reached->cost, 3);
  EXPECT_TRUE(reached->measured);
  EXPECT_FALSE(reached->at_first);
}

TEST(Advice, RecallIsLinearInLogEfAndCostInEf) {
  // Half of the way from 0.9 to 1.0 is half of the way from log 16 to log 64.
  const auto reached = reach({{16, 0.90, 10}, {64, 1.00, 58}}, 0.95);
  ASSERT_TRUE(reached);
  EXPECT_EQ(reached->ef, 32);
  EXPECT_DOUBLE_EQ(reached->cost, 26);
  EXPECT_FALSE(reached->measured);
}

TEST(Advice, NothingIsSaidBeyondTheMeasuredRange) {
  EXPECT_FALSE(reach({{16, 0.8, 1}, {64, 0.94, 3}}, 0.95));
  EXPECT_FALSE(reach({}, 0.95));
  const auto first = reach({{16, 0.97, 1}, {64, 1, 3}}, 0.95);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->ef, 16);
  EXPECT_TRUE(first->at_first);
}

TEST(Advice, DipInRecallDoesNotMoveTheAnswerBelowWhatWasMeasured) {
  // 0.94 at 32 dips to 0.90 at 64: the way to 0.95 at 128 starts at 0.94.
  const auto reached = reach({{32, 0.94, 1}, {64, 0.90, 2}, {128, 0.96, 4}}, 0.95);
  ASSERT_TRUE(reached);
  EXPECT_EQ(reached->ef, static_cast<int>(std::ceil(64 * std::sqrt(2.0))));
}

TEST(Advice, CurvesAreRankedByTheirCostAtTheRecall) {
  const std::vector<ordered_json> records = sweep();
  const std::vector<Advice> by_distances = advise(records, 0.95, Goal::distances);
  ASSERT_EQ(by_distances.size(), 3U);
  // M = 16 at ef 32: 90 + 300 / 3 = 190 distances, below the 200 of M = 8.
  EXPECT_EQ(by_distances[0].records.front()->at("config").at("M"), 16);
  EXPECT_DOUBLE_EQ(by_distances[0].reached->cost, 190);
  EXPECT_EQ(by_distances[1].records.front()->at("config").at("M"), 8);
  EXPECT_FALSE(by_distances[2].reached);
  const std::vector<Advice> by_bytes = advise(records, 0.95, Goal::bytes);
  EXPECT_EQ(by_bytes[0].records.front()->at("config").at("M"), 8);
  EXPECT_DOUBLE_EQ(by_bytes[0].reached->cost, 80);
}

TEST(Advice, MarginIsTheWorstThatSoManyQueriesAllow) {
  const std::vector<ordered_json> records = sweep();
  EXPECT_NEAR(advise(records, 0.95, Goal::qps).front().margin, 1.96 * std::sqrt(0.95 * 0.05 / 400),
              1e-12);
}

TEST(Advice, PointsWithoutRecallOrCostAreLeftOut) {
  std::vector<ordered_json> records = sweep();
  for (ordered_json& each : records) each.erase("qps");
  EXPECT_TRUE(advise(records, 0.95, Goal::qps).empty());
  records.front().at("recall").at("strict") = nullptr;
  EXPECT_EQ(advise(records, 0.95, Goal::distances).size(), 3U);
}

TEST(Advice, UnknownGoalNamesTheNearest) {
  try {
    parse_goal("bites");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean `bytes`?"), std::string::npos);
  }
}

TEST(Advice, CommandPrintsSettingsThatAConfigTakes) {
  const support::TempDir folder;
  std::ofstream file(folder.path() / "results.jsonl");
  for (const ordered_json& each : sweep()) file << each.dump() << '\n';
  file.close();
  const std::string directory = folder.path().string();
  const ProgramRun run = skerry("advise " + directory + " --for distances");
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.out.find("[build]\nM = 16\nselection = \"hnsw\"\n[search]\nef = 32\n"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("ef = 32 is interpolated"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("ef = 64, measured 1.0000, excludes missing 0.95"), std::string::npos);
  EXPECT_NE(run.out.find("chosen by the queries that also gave its recall"), std::string::npos);
  const ProgramRun none = skerry("advise " + directory + " --only 'M=4'");
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_NE(none.out.find("ef 16..64, recall 0.5000..0.7000"), std::string::npos) << none.out;
  const ProgramRun misspelt = skerry("advise " + directory + " --only selektion=hnsw");
  EXPECT_EQ(misspelt.exit_code, 2);
  EXPECT_NE(misspelt.error.find("--only: unknown column `selektion`; did you mean `selection`?"),
            std::string::npos)
      << misspelt.error;
  EXPECT_EQ(skerry("advise " + directory + " --recall 1.5").exit_code, 2);
}

}  // namespace
}  // namespace skerry::experiments
