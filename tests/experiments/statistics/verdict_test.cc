#include "experiments/statistics/verdict.h"

#include <gtest/gtest.h>

namespace skerry::experiments {
namespace {

TEST(Verdict, AnIntervalOnOneSideOfZeroIsBetterOrWorseByTheMetricsDirection) {
  EXPECT_EQ(judge({.effect = 2, .interval = Interval{1, 3}}), Verdict::better);
  EXPECT_EQ(judge({.effect = -2, .interval = Interval{-3, -1}}), Verdict::worse);
  EXPECT_EQ(judge({.effect = 2, .interval = Interval{1, 3}, .larger_is_better = false}),
            Verdict::worse);
}

TEST(Verdict, AnIntervalWithinTheMarginIsEquivalentThoughItExcludesZero) {
  EXPECT_EQ(judge({.effect = 2, .interval = Interval{1, 3}, .margin = 3}), Verdict::equivalent);
  EXPECT_EQ(judge({.effect = 2, .interval = Interval{1, 3}, .margin = 2.9}), Verdict::better);
}

TEST(Verdict, AnIntervalAroundZeroBeyondTheMarginResolvesNothing) {
  EXPECT_EQ(judge({.effect = 0, .interval = Interval{-2, 2}, .margin = 1}), Verdict::unresolved);
}

TEST(Verdict, NothingIsSaidWithoutAnInterval) {
  EXPECT_EQ(judge({.effect = 5}), Verdict::unresolved);
}

TEST(Verdict, AnAdjustedPAboveFivePercentWithholdsTheVerdict) {
  EXPECT_EQ(judge({.effect = 2, .interval = Interval{1, 3}, .p = 0.05}), Verdict::better);
  EXPECT_EQ(judge({.effect = 2, .interval = Interval{1, 3}, .p = 0.06}), Verdict::unresolved);
}

TEST(Verdict, AnEffectWithinTheNoiseIsNoEffect) {
  Evidence evidence{.effect = 2, .interval = Interval{1, 3}, .noise = 2};
  EXPECT_TRUE(within_noise(evidence));
  EXPECT_EQ(judge(evidence), Verdict::unresolved);
  evidence.noise = 1.9;
  EXPECT_EQ(judge(evidence), Verdict::better);
}

TEST(Verdict, NoiseBeyondTheMarginHidesWhetherTwoAreEquivalent) {
  Evidence evidence{.effect = 0, .interval = Interval{-1, 1}, .noise = 1, .margin = 1};
  EXPECT_EQ(judge(evidence), Verdict::equivalent);
  evidence.noise = 1.1;
  EXPECT_EQ(judge(evidence), Verdict::unresolved);
}

}  // namespace
}  // namespace skerry::experiments
