#include "experiments/report/equal_recall.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace skerry::experiments {
namespace {

TEST(EqualRecall, APowerOfTheMissShareIsReadExactly) {
  std::vector<RecallPoint> points;
  for (const double recall : {0.99, 0.8, 0.95}) points.push_back({recall, 5 / (1 - recall)});
  for (const double recall : {0.8, 0.85, 0.95, 0.97, 0.99}) {
    EXPECT_NEAR(value_at_recall(points, recall, false).value(), 5 / (1 - recall), 1e-9);
  }
}

TEST(EqualRecall, NothingIsReadOutsideOfTheMeasuredRange) {
  const std::vector<RecallPoint> points = {{0.8, 2}, {0.9, 3}};
  EXPECT_FALSE(value_at_recall(points, 0.79, false));
  EXPECT_FALSE(value_at_recall(points, 0.91, false));
  EXPECT_FALSE(value_at_recall({}, 0.9, false));
}

TEST(EqualRecall, NothingIsReadTowardsPerfectRecall) {
  EXPECT_FALSE(value_at_recall({{0.9, 3}, {1.0, 4}}, 0.95, false));
  EXPECT_EQ(value_at_recall({{0.9, 3}, {1.0, 4}}, 0.9, false), 3);
}

TEST(EqualRecall, PointsThatAnotherBeatsInBothDoNotCount) {
  const std::vector<RecallPoint> points = {{0.8, 100}, {0.85, 20}, {0.9, 50}};
  const double share = std::log(0.15 / 0.2) / std::log(0.1 / 0.2);
  EXPECT_NEAR(value_at_recall(points, 0.85, true).value(), 100 * std::pow(0.5, share), 1e-9);
}

TEST(EqualRecall, WhatIsFasterAtHigherRecallIsAsFastBelowIt) {
  EXPECT_EQ(value_at_recall({{0.8, 10}, {0.9, 30}}, 0.85, true), 30);
  EXPECT_FALSE(value_at_recall({{0.8, 10}, {0.9, 30}}, 0.75, true));
}

TEST(EqualRecall, ValuesLieBetweenTheNeighboursAndDoNotDependOnTheOrder) {
  EXPECT_TRUE(rc::check([] {
    std::vector<RecallPoint> points;
    double value = 1;
    for (int i = 1; i < 10; ++i) {
      value += *rc::gen::inRange(1, 100);
      points.push_back({0.1 * i, value});
    }
    const double recall = 0.1 + 0.8 * *rc::gen::inRange(0, 1000) / 1000.0;
    const auto forward = value_at_recall(points, recall, false);
    const auto backward = value_at_recall({points.rbegin(), points.rend()}, recall, false);
    RC_ASSERT(forward.has_value() && forward == backward);
    const auto below = static_cast<std::size_t>(std::floor(recall * 10 + 1e-9)) - 1;
    RC_ASSERT(*forward >= points[below].value * (1 - 1e-9));
    RC_ASSERT(*forward <= points[std::min<std::size_t>(below + 1, 8)].value * (1 + 1e-9));
  }));
}

}  // namespace
}  // namespace skerry::experiments
