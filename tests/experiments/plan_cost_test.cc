#include "experiments/plan_cost.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/experiments/config_file.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

PlanCost cost(const std::string& text, const std::vector<ordered_json>& records = {}) {
  const ConfigFile file("[dataset]\nspec = \"uniform(n=1000, d=100, queries=50)\"\n" + text);
  const Config config = read_config(file.path(), {});
  return plan_cost(config, make_plan(config), records);
}

ordered_json measured(const char* selection, double graph_seconds, double qps) {
  return {{"config",
           {{"M", 16},
            {"M0", 32},
            {"ef_construction", 50},
            {"build_threads", 2},
            {"selection", selection},
            {"view", "frozen"},
            {"store", "memory"},
            {"ef", 48}}},
          {"dataset", {{"n", 500}, {"dimension", 100}}},
          {"build", {{"graph_seconds", graph_seconds}}},
          {"qps", {{"median", qps}}},
          {"links", {{"edges_per_vector", 20}}}};
}

const std::string build = "[build]\nmetric = \"euclidean\"\n";

TEST(PlanCost, WithoutEarlierResultsAllIsRough) {
  const PlanCost rough = cost(build + "M = [8, 16]\n[search]\nef = [16, 32]\n");
  EXPECT_EQ(rough.rough_graphs, 2U);
  EXPECT_EQ(rough.rough_points, 4U);
  EXPECT_GT(rough.graph_seconds, 0);
  EXPECT_GT(rough.search_seconds, 0);
}

TEST(PlanCost, EarlierBuildsScaleWithItemsBeamAndThreads) {
  // Twice the items, twice the beam, half the threads: eight times as long.
  const PlanCost scaled = cost(build, {measured("hnsw", 3, 1000)});
  EXPECT_NEAR(scaled.graph_seconds, 24, 1e-9);
  EXPECT_EQ(scaled.rough_graphs, 0U);
}

TEST(PlanCost, EarlierSearchesScaleWithTheBeamAndCountAllPasses) {
  // ef + M is 144 where it was 64; 50 queries, 3 passes and 2 more.
  const PlanCost scaled = cost(build + "[search]\nef = 128\n", {measured("hnsw", 3, 1000)});
  EXPECT_NEAR(scaled.search_seconds, 0.001 * 144 / 64 * 50 * 5, 1e-9);
  EXPECT_EQ(scaled.rough_points, 0U);
}

TEST(PlanCost, BuildsOfTheSameSelectionCountBeforeOthers) {
  const std::vector<ordered_json> records = {
      measured("hnsw", 3, 1000), measured("closest", 1, 1000), measured("closest", 1, 1000)};
  EXPECT_NEAR(cost(build, records).graph_seconds, 24, 1e-9);
  EXPECT_NEAR(cost(build + "selection = \"closest\"\n", records).graph_seconds, 8, 1e-9);
}

TEST(PlanCost, OnlyPersistentStoresTakeDisk) {
  EXPECT_EQ(cost(build).disk_bytes, 0);
  const PlanCost both =
      cost(build + "store = [\"memory\", \"lmdb\"]\ncodec = [\"u32\", \"delta\"]\n");
  EXPECT_GT(both.largest_store_bytes, 1000 * 100 * 4);
  EXPECT_LT(both.largest_store_bytes, both.disk_bytes);
  EXPECT_LT(both.disk_bytes, 2 * both.largest_store_bytes);
}

TEST(PlanCost, UnreadableResultsAreNoResults) {
  EXPECT_TRUE(earlier_records("/nonexistent").empty());
}

}  // namespace
}  // namespace skerry::experiments
