#include "experiments/canonical.h"

#include <gtest/gtest.h>

#include "experiments/identity.h"
#include "experiments/plan.h"
#include "tests/experiments/config_file.h"

namespace skerry::experiments {
namespace {

Plan plan(const std::string& build) {
  const ConfigFile file(
      "[dataset]\nspec = \"uniform(n=100, d=8, queries=10)\"\n[build]\nmetric = "
      "\"euclidean\"\n" +
      build);
  return make_plan(read_config(file.path(), {}));
}

Settings only_point(const std::string& build) {
  return plan(build).graphs.at(0).layouts.at(0).points.at(0);
}

TEST(Canonical, SpecsThatMeanTheSameHaveOneSpelling) {
  EXPECT_EQ(canonical("codec", "rice(from=zero)"), "rice");
  EXPECT_EQ(canonical("codec", "rice( from = own )"), canonical("codec", "rice(own)"));
  EXPECT_EQ(canonical("selection", "hnsw(prune_small=true)"), "hnsw");
  EXPECT_EQ(canonical("selection", "robust_prune(1.30)"), "robust_prune(alpha=1.3)");
  EXPECT_EQ(canonical("schedule", "prefix_doubling(cap=0.02)"), "prefix_doubling");
  EXPECT_EQ(canonical("levels", "geometric(ml=auto)"), "geometric");
  EXPECT_EQ(canonical("layout", "apart(links=1)"), "apart");
  EXPECT_EQ(canonical("via", "transactions(1000)"), "transactions");
  EXPECT_EQ(canonical("store", "memory()"), "memory");
}

TEST(Canonical, WhatDiffersStaysApart) {
  EXPECT_NE(canonical("codec", "rice(from=own)"), canonical("codec", "rice"));
  EXPECT_NE(canonical("via", "transactions"), canonical("via", "bulk"));
  EXPECT_NE(canonical("layout", "apart(vectors=2)"), canonical("layout", "apart(links=2)"));
}

TEST(Canonical, PathsAndPlainWordsAreTheirOwn) {
  EXPECT_EQ(canonical("graph", "a b(c)/d.graph"), "a b(c)/d.graph");
  EXPECT_EQ(canonical("memory_limit", "256MiB"), "256MiB");
}

TEST(Canonical, EqualWorkHasOneIdAtEveryStage) {
  const Settings plain = only_point("codec = \"rice\"\nselection = \"hnsw\"\n");
  const Settings spelt =
      only_point("codec = \"rice(from=zero)\"\nselection = \"hnsw(keep_pruned=false)\"\n");
  EXPECT_EQ(graph_id(plain, "data"), graph_id(spelt, "data"));
  EXPECT_EQ(layout_id(plain, "data"), layout_id(spelt, "data"));
  EXPECT_EQ(point_id(plain, "data"), point_id(spelt, "data"));
  EXPECT_NE(point_id(plain, "data"), point_id(only_point("codec = \"rice(own)\"\n"), "data"));
}

TEST(Canonical, EqualPointsOfAPlanRunOnceAndKeepTheirFirstSpelling) {
  const Plan all = plan("codec = [\"rice(from=zero)\", \"rice\", \"rice(own)\"]\n");
  EXPECT_EQ(all.points, 2U);
  EXPECT_EQ(all.duplicates, 1U);
  EXPECT_EQ(all.graphs.at(0).layouts.at(0).settings().word("codec"), "rice(from=zero)");
}

}  // namespace
}  // namespace skerry::experiments
