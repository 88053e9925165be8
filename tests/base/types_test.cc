#include "base/types.h"

#include <gtest/gtest.h>

namespace skerry {
namespace {

TEST(Neighbor, IsOrderedByDistanceThenSlot) {
  EXPECT_LT((Neighbor{1, 9}), (Neighbor{2, 3}));
  EXPECT_LT((Neighbor{1, 3}), (Neighbor{1, 9}));
  EXPECT_FALSE((Neighbor{1, 3}) < (Neighbor{1, 3}));
  EXPECT_FALSE((Neighbor{2, 3}) < (Neighbor{1, 9}));
  EXPECT_LT((Neighbor{-1, 9}), (Neighbor{0, 3}));
}

TEST(Neighbor, ZeroesOfBothSignsAreOneDistance) {
  EXPECT_LT((Neighbor{0.0F, 3}), (Neighbor{-0.0F, 9}));
  EXPECT_LT((Neighbor{-0.0F, 3}), (Neighbor{0.0F, 9}));
}

TEST(Slot, LeavesOneBitFree) { EXPECT_EQ(max_slots - 1, (~Slot{0}) >> 1); }

}  // namespace
}  // namespace skerry
