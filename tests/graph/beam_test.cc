#include "graph/beam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
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

TEST(Beam, TakesManyAtOnceAsOneByOneAndNothingThatIsNotFinite) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> odd = {infinity, not_a_number, -not_a_number, 0.0F, -0.0F};
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    const std::size_t capacity = 1 + random.below(40);
    Beam together;
    Beam one_by_one;
    together.reset(capacity);
    one_by_one.reset(capacity);
    Slot next = 0;
    for (int hop = 0; hop < 12; ++hop) {
      std::vector<float> distances;
      std::vector<Slot> slots;
      for (std::uint64_t i = random.below(34); i > 0; --i) {
        const std::uint64_t drawn = random.below(40);
        distances.push_back(drawn < odd.size() ? odd[drawn] : static_cast<float>(drawn) - 12.0F);
        slots.push_back(next++);
      }
      together.insert(distances.data(), slots.data(), slots.size());
      for (std::size_t i = 0; i < slots.size(); ++i) {
        if (distances[i] < infinity) one_by_one.insert(distances[i], slots[i]);
      }
      ASSERT_EQ(together.size(), one_by_one.size());
      for (std::size_t i = 0; i < together.size(); ++i) ASSERT_EQ(together[i], one_by_one[i]);
      ASSERT_EQ(together.peek(max_slots), one_by_one.peek(max_slots));
      Slot popped = 0;
      together.pop(popped);
      one_by_one.pop(popped);
    }
  }
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
