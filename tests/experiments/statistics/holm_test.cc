#include "experiments/statistics/holm.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>

namespace skerry::experiments {
namespace {

// By hand: sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 are 0.02, 0.03, 0.06, 0.04; no adjusted
// p is below the one before it.
TEST(Holm, IsTheHandComputedExampleInTheOrderGiven) {
  const std::vector<double> adjusted = holm(std::array{0.01, 0.04, 0.03, 0.005});
  ASSERT_EQ(adjusted.size(), 4U);
  EXPECT_DOUBLE_EQ(adjusted[0], 0.03);
  EXPECT_DOUBLE_EQ(adjusted[1], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[2], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[3], 0.02);
}

RC_GTEST_PROP(Holm, LiesBetweenTheRawPAndBonferroniAndKeepsTheOrder, ()) {
  std::vector<double> p;
  for (const int thousandths : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1001))) {
    p.push_back(thousandths / 1000.0);
  }
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < p.size(); ++i) {
    RC_ASSERT(adjusted[i] >= p[i]);
    RC_ASSERT(adjusted[i] <= std::min(1.0, p[i] * static_cast<double>(p.size())));
    for (std::size_t j = 0; j < p.size(); ++j) {
      if (p[i] < p[j]) RC_ASSERT(adjusted[i] <= adjusted[j]);
    }
  }
}

}  // namespace
}  // namespace skerry::experiments
