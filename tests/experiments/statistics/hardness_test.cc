#include "experiments/statistics/hardness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/experiments/statistics/draw.h"

namespace skerry::experiments {
namespace {

// Seen from the centre of a d-ball filled evenly, the share of points within r is r^d.
TEST(LocalIntrinsicDimension, OfABallIsItsDimension) {
  Random random(5);
  for (const double dimension : {2.0, 8.0, 32.0}) {
    double sum = 0;
    constexpr int trials = 200;
    for (int trial = 0; trial < trials; ++trial) {
      std::vector<double> distances(5000);
      for (double& distance : distances) {
        distance = std::pow(1 - random.unit(), 1 / dimension);
      }
      std::sort(distances.begin(), distances.end());
      sum += *local_intrinsic_dimension(std::span(distances).first(100));
    }
    // Of the estimate: standard deviation d / sqrt(98), bias d / 98 (both known exactly).
    EXPECT_NEAR(sum / trials, dimension * 99 / 98, dimension * 0.03) << dimension;
  }
}

TEST(LocalIntrinsicDimension, LeavesCopiesOfTheQueryOut) {
  EXPECT_EQ(local_intrinsic_dimension(std::array{0.0, 0.0, 1.0, 2.0, 4.0}),
            local_intrinsic_dimension(std::array{1.0, 2.0, 4.0}));
}

TEST(LocalIntrinsicDimension, DoesNotExistWhereDistancesSayNothing) {
  EXPECT_FALSE(local_intrinsic_dimension({}));
  EXPECT_FALSE(local_intrinsic_dimension(std::array{0.0, 0.0, 1.0}));
  EXPECT_FALSE(local_intrinsic_dimension(std::array{2.0, 2.0, 2.0}));
}

TEST(RelativeContrast, IsARatioUnlessTheNearestIsACopy) {
  EXPECT_EQ(relative_contrast(6, 2), 3);
  EXPECT_FALSE(relative_contrast(6, 0));
}

}  // namespace
}  // namespace skerry::experiments
