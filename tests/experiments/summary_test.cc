#include "experiments/summary.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/experiments/config_file.h"

namespace skerry::experiments {
namespace {

struct Sample {
  Plan plan;
  RunOutcome outcome;
};

/// A plan over two stores and views with made-up results.
Sample sample() {
  const ConfigFile file(
      "[dataset]\nspec = \"uniform(n=100, d=8, queries=10)\"\n[build]\nmetric = \"euclidean\"\n"
      "store = [\"memory\", \"lmdb\"]\n[search]\nef = [16, 32]\nview = [\"direct\", \"frozen\"]\n");
  Sample sample{make_plan(read_config(file.path(), {})), {}};
  sample.outcome.dataset = "data";
  for (const GraphPlan& graph : sample.plan.graphs) {
    GraphResult& result = sample.outcome.graphs.emplace_back();
    result.settings = graph.settings();
    result.digest = "0123456789abcdef0123456789abcdef";
    result.edges = 1234;
    for (const LayoutPlan& layout : graph.layouts) {
      for (const Settings& point : layout.points) {
        const auto ef = static_cast<double>(point.number("ef"));
        result.points.push_back({point, ef / 100, ef * 3, 1e6 / ef, 40, 1 << 20, 0.5});
      }
    }
  }
  return sample;
}

TEST(Summary, ShowsEachSearchOnceAndEachRateInItsColumn) {
  const Sample made = sample();
  const std::string text = summary_text(made.outcome, made.plan);
  EXPECT_EQ(text,
            "data, euclidean\n"
            "\n"
            "graph: digest 01234567, built in 0.00 s, 1,234 links (0.00 per vector)\n"
            "                                                       ef=16   ef=32\n"
            "recall@10                                             0.1600  0.3200\n"
            "distances                                               48.0    96.0\n"
            "store      view    link B/vector  disk MiB  layout s     q/s     q/s\n"
            "memory     direct           40.0       1.0      0.50  62,500  31,250\n"
            "           frozen                                     62,500  31,250\n"
            "lmdb       direct           40.0       1.0      0.50  62,500  31,250\n"
            "           frozen                                     62,500  31,250\n");
}

TEST(Summary, WhatChurnMadeOfAGraphHasItsOwnRecall) {
  Sample made = sample();
  std::vector<PointResult>& points = made.outcome.graphs[0].points;
  for (std::size_t i = 4; i < points.size(); ++i) {
    points[i].settings.set("via", "churn(rounds=2)");
    points[i].recall -= 0.05;
  }
  const std::string text = summary_text(made.outcome, made.plan);
  EXPECT_NE(text.find("recall@10                                               0.1600  0.3200\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  recall@10                                             0.1100  0.2700\n"),
            std::string::npos)
      << text;
  EXPECT_TRUE(disagreements(made.outcome).empty());
}

TEST(Summary, WalksByCodesHaveARecallOfTheirOwnAndNeedNotAgreeWithOthers) {
  const ConfigFile file(
      "[dataset]\nspec = \"uniform(n=100, d=8, queries=10)\"\n[build]\nmetric = \"euclidean\"\n"
      "[search]\ntraversal = [\"f32\", \"i8\"]\noversample = [1, 4]\n");
  const Plan plan = make_plan(read_config(file.path(), {}));
  RunOutcome outcome;
  GraphResult& result = outcome.graphs.emplace_back();
  result.settings = plan.graphs[0].settings();
  result.digest = "0123456789abcdef0123456789abcdef";
  for (const Settings& point : plan.graphs[0].layouts[0].points) {
    const bool by_codes = point.word("traversal") == "i8";
    const auto oversample = static_cast<double>(point.number("oversample"));
    const double distances = by_codes ? 10 * oversample : 500;
    result.points.push_back(
        {point, by_codes ? 0.5 + oversample / 10 : 0.95, distances, 1, 1, 1, 1});
  }
  const std::string text = summary_text(outcome, plan);
  EXPECT_NE(text.find("recall@10 "), std::string::npos);
  EXPECT_NE(text.find("recall@10 i8 x1"), std::string::npos);
  EXPECT_NE(text.find("recall@10 i8 x4"), std::string::npos);
  EXPECT_EQ(disagreements(outcome), std::vector<std::string>());
}

TEST(Summary, GraphThatWasNotBuiltSaysSo) {
  Sample made = sample();
  made.outcome.graphs[0].digest.clear();
  made.outcome.graphs[0].points.clear();
  EXPECT_NE(summary_text(made.outcome, made.plan).find("graph: not built"), std::string::npos);
}

TEST(Summary, PointThatFailedLeavesADash) {
  Sample made = sample();
  made.outcome.graphs[0].points.pop_back();
  EXPECT_NE(summary_text(made.outcome, made.plan).find("62,500       -"), std::string::npos);
}

TEST(Disagreements, EqualSearchesMustFindAndCostTheSameEverywhere) {
  Sample made = sample();
  EXPECT_TRUE(disagreements(made.outcome).empty());
  made.outcome.graphs[0].points.back().recall += 1e-9;
  EXPECT_EQ(disagreements(made.outcome).size(), 1U);
  made.outcome.graphs[0].points.front().distances += 1;
  EXPECT_EQ(disagreements(made.outcome).size(), 2U);
}

}  // namespace
}  // namespace skerry::experiments
