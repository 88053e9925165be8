#include "experiments/statistics/t_interval.h"

#include <gtest/gtest.h>

#include <array>

namespace skerry::experiments {
namespace {

// t(0.975; 2) = 4.30265, of any table; s / sqrt(3) = 1 / sqrt(3).
TEST(TInterval, IsTheTextbooksForThreeValues) {
  const std::optional<Interval> interval = t_interval(std::array{1.0, 2.0, 3.0});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 2 - 4.30265 / std::sqrt(3.0), 1e-5);
  EXPECT_NEAR(interval->high, 2 + 4.30265 / std::sqrt(3.0), 1e-5);
}

TEST(TInterval, NeedsTwoValues) {
  EXPECT_FALSE(t_interval(std::array{1.0}));
  EXPECT_FALSE(t_test(std::array{1.0}));
}

TEST(TInterval, OfEqualValuesHasNoWidthThoughTheirMeanIsRounded) {
  const std::optional<Interval> interval = t_interval(std::array{0.1, 0.1, 0.1});
  EXPECT_EQ(interval->low, 0.1);
  EXPECT_EQ(interval->high, 0.1);
}

TEST(TTest, AgreesWithTheIntervalAtItsEdge) {
  // The interval of these values begins at 0, so p is 0.05.
  const double edge = 4.302652729749464 / std::sqrt(3.0);
  EXPECT_NEAR(*t_test(std::array{edge - 1, edge, edge + 1}), 0.05, 1e-9);
  EXPECT_EQ(*t_test(std::array{0.0, 0.0}), 1);
  EXPECT_EQ(*t_test(std::array{2.0, 2.0}), 0);
}

TEST(RuleOfThree, IsThreeOverTheUnitsAndAShare) {
  EXPECT_DOUBLE_EQ(rule_of_three(300), 0.01);
  EXPECT_EQ(rule_of_three(1), 1);
}

}  // namespace
}  // namespace skerry::experiments
