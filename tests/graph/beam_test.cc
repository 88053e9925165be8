#include "graph/beam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace skerry::graph {
namespace {

TEST(Beam, KeepsTheNearestOfAnyInsertionOrder) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    const std::size_t capacity = 1 + random.below(20);
    std::vector<Neighbor> all;
    for (Slot slot = 0; slot < 50; ++slot) {
      // Few distinct values, so that ties are common; negative ones for inner products.
      all.push_back({static_cast<float>(random.below(9)) - 4.0F, slot});
    }
    shuffle(all, random);
    Beam beam;
    beam.reset(capacity);
    for (const Neighbor& neighbor : all) beam.insert(neighbor.distance, neighbor.slot);
    std::sort(all.begin(), all.end());
    ASSERT_EQ(beam.size(), capacity);
    for (std::size_t i = 0; i < capacity; ++i) EXPECT_EQ(beam[i], all[i]);
  }
}

TEST(Beam, PopsEachEntryOnceNearestFirst) {
  Beam beam;
  beam.reset(4);
  beam.insert(3, 30);
  beam.insert(1, 10);
  Slot slot = 0;
  ASSERT_TRUE(beam.pop(slot));
  EXPECT_EQ(slot, 10U);
  beam.insert(2, 20);
  ASSERT_TRUE(beam.pop(slot));
  EXPECT_EQ(slot, 20U);
  beam.insert(0.5F, 5);
  EXPECT_EQ(beam.peek(99), 5U);
  ASSERT_TRUE(beam.pop(slot));
  EXPECT_EQ(slot, 5U);
  ASSERT_TRUE(beam.pop(slot));
  EXPECT_EQ(slot, 30U);
  EXPECT_FALSE(beam.pop(slot));
  EXPECT_EQ(beam.peek(99), 99U);
}

TEST(Beam, RefusesWhatIsFartherThanAFullBeam) {
  Beam beam;
  beam.reset(2);
  EXPECT_TRUE(beam.insert(1, 1));
  EXPECT_TRUE(beam.insert(2, 2));
  EXPECT_FALSE(beam.insert(2, 3));  // a tie goes to the smaller slot
  EXPECT_TRUE(beam.insert(2, 0));
  EXPECT_EQ(beam[1].slot, 0U);
}

TEST(Beam, TreatsNegativeZeroAsZero) {
  Beam beam;
  beam.reset(2);
  beam.insert(0.0F, 1);
  beam.insert(-0.0F, 2);
  EXPECT_EQ(beam[0].slot, 1U);
}

TEST(Beam, HoldsTheLargestSlot) {
  Beam beam;
  beam.reset(1);
  beam.insert(1, max_slots - 1);
  EXPECT_EQ(beam[0].slot, max_slots - 1);
}

}  // namespace
}  // namespace skerry::graph
