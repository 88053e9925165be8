#include "experiments/statistics/randomisation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/experiments/statistics/draw.h"

namespace skerry::experiments {
namespace {

TEST(SignFlipTest, PIsUniformWhereThereIsNoDifference) {
  constexpr std::size_t trials = 1000;
  Random random(11);
  std::vector<double> p(trials);
  for (double& each : p) {
    each = sign_flip_test(draw_normals(random, 40), {.count = 499, .seed = random.bits()});
  }
  std::sort(p.begin(), p.end());
  double distance = 0;
  for (std::size_t i = 0; i < trials; ++i) {
    distance = std::max(distance, std::abs(p[i] - static_cast<double>(i + 1) / trials));
  }
  // The bound of Kolmogorov and Smirnov at 0.1 %, and the step of p.
  EXPECT_LT(distance, 1.95 / std::sqrt(trials) + 1.0 / 500);
}

TEST(SignFlipTest, SeesAShiftOfHalfAStandardDeviation) {
  Random random(12);
  int seen = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const std::vector<double> values = draw_normals(random, 60, 0.5);
    seen += sign_flip_test(values, {.count = 499, .seed = random.bits()}) <= 0.05 ? 1 : 0;
  }
  EXPECT_GE(seen, 180);  // a t test's power is 0.97
}

// Of the eight signs of 1, 2 and 4, only +++ and --- reach a sum of 7.
TEST(SignFlipTest, ApproachesTheExactShareOfSigns) {
  const double p = sign_flip_test(std::array{1.0, 2.0, 4.0}, {.count = 100'000});
  EXPECT_NEAR(p, 0.25, 0.01);
}

TEST(SignFlipTest, AllZerosGiveOne) {
  EXPECT_EQ(sign_flip_test(std::array{0.0, 0.0}, {.count = 99}), 1);
  EXPECT_EQ(sign_flip_test({}, {.count = 99}), 1);
}

TEST(SignFlipTest, DoesNotDependOnTheNumberOfThreads) {
  Random random(13);
  const std::vector<double> values = draw_normals(random, 100, 0.1);
  EXPECT_EQ(sign_flip_test(values, {.count = 999, .seed = 5, .threads = 1}),
            sign_flip_test(values, {.count = 999, .seed = 5, .threads = 4}));
}

}  // namespace
}  // namespace skerry::experiments
