// Overflow policies: a contract over all registered ones, then each by hand.

#include <gtest/gtest.h>

#include <string>

#include "tests/heuristics/plane.h"

namespace skerry::heuristics {
namespace {

static_assert(OverflowPolicy<Union>);
static_assert(OverflowPolicy<Reselect>);
static_assert(OverflowPolicy<Truncate>);
static_assert(OverflowPolicy<DropNew>);

using Slots = std::vector<Slot>;

/// The target's list after a merge, ascending. `incoming` keeps its order, which is the rank order.
std::vector<Neighbor> merged(std::string_view overflow_spec, std::string_view rule_spec,
                             Plane plane, const Slots& links, const Slots& incoming,
                             std::size_t max_links) {
  const AnySelection selection = rule(rule_spec);
  std::vector<Neighbor> list = plane.pool(links);
  std::vector<Neighbor> arrivals;
  for (const Slot slot : incoming) arrivals.push_back({plane.to_target(slot), slot});
  const auto reselect = [&](std::span<const Neighbor> pool, std::vector<Neighbor>& selected) {
    EXPECT_TRUE(std::is_sorted(pool.begin(), pool.end()));
    EXPECT_EQ(std::adjacent_find(pool.begin(), pool.end()), pool.end());
    selected = select(selection, plane, pool, max_links, false);
  };
  std::visit([&](const auto& policy) { policy.merge(list, arrivals, max_links, reselect); },
             overflow(overflow_spec));
  std::sort(list.begin(), list.end());
  return list;
}

Slots merged_slots(std::string_view overflow_spec, std::string_view rule_spec, const Plane& plane,
                   const Slots& links, const Slots& incoming, std::size_t max_links) {
  Slots slots;
  for (const Neighbor& neighbor :
       merged(overflow_spec, rule_spec, plane, links, incoming, max_links)) {
    slots.push_back(neighbor.slot);
  }
  return slots;
}

class OverflowContract : public testing::TestWithParam<std::string> {
 protected:
  /// Calls `check(before, incoming, max_links, after)` for lists that overflow by little and much.
  template <class Check>
  void on_many_lists(Check&& check) const {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      for (const int extent : {0, 3, 100}) {
        for (const std::size_t max_links : {1U, 2U, 8U, 16U}) {
          for (const std::size_t arrivals : {1U, 2U, 20U}) {
            const Plane plane = Plane::random(40, extent, seed);
            Random random(seed);
            Slots slots;
            for (Slot slot = 1; slot < 40; ++slot) slots.push_back(slot);
            shuffle(slots, random);
            const std::size_t present = max_links - std::min<std::size_t>(seed % 2, arrivals - 1);
            const Slots before(slots.begin(), slots.begin() + static_cast<long>(present));
            const Slots incoming(slots.begin() + static_cast<long>(present),
                                 slots.begin() + static_cast<long>(present + arrivals));
            for (const char* selection : {"hnsw", "closest", "robust_prune"}) {
              check(plane, before, incoming, max_links,
                    merged(GetParam(), selection, plane, before, incoming, max_links));
            }
          }
        }
      }
    }
  }
};

TEST_P(OverflowContract, KeepsAtMostMaxLinksAndNothingTwice) {
  on_many_lists([](const Plane&, const Slots&, const Slots&, std::size_t max_links,
                   const std::vector<Neighbor>& after) {
    EXPECT_LE(after.size(), max_links);
    EXPECT_EQ(std::adjacent_find(after.begin(), after.end()), after.end());
  });
}

TEST_P(OverflowContract, KeepsOnlyOldAndNewLinksWithTheirDistances) {
  on_many_lists([](const Plane& plane, const Slots& before, const Slots& incoming, std::size_t,
                   const std::vector<Neighbor>& after) {
    for (const Neighbor& neighbor : after) {
      EXPECT_EQ(neighbor.distance, plane.to_target(neighbor.slot));
      EXPECT_TRUE(std::count(before.begin(), before.end(), neighbor.slot) == 1 ||
                  std::count(incoming.begin(), incoming.end(), neighbor.slot) == 1);
    }
  });
}

TEST_P(OverflowContract, LeavesATargetWithALink) {
  on_many_lists([](const Plane&, const Slots&, const Slots&, std::size_t,
                   const std::vector<Neighbor>& after) { EXPECT_FALSE(after.empty()); });
}

TEST_P(OverflowContract, KeepsAllThatFits) {
  const Plane plane({{0, 0}, {1, 0}, {2, 0}, {3, 0}});
  EXPECT_EQ(merged_slots(GetParam(), "hnsw", plane, {3}, {2, 1}, 3), (Slots{1, 2, 3}));
  EXPECT_EQ(merged_slots(GetParam(), "hnsw", plane, {}, {2}, 3), (Slots{2}));
  EXPECT_EQ(merged_slots(GetParam(), "hnsw", plane, {3, 1}, {}, 3), (Slots{1, 3}));
}

std::vector<std::string> overflow_names() {
  std::vector<std::string> names;
  for (const PolicyDescription& policy : describe_policies()) {
    if (policy.slot == "overflow") names.emplace_back(policy.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(EveryPolicy, OverflowContract, testing::ValuesIn(overflow_names()),
                         [](const auto& info) { return info.param; });

/// On a line, slots 1..5 at 1, 2, -3, -4, 5: squared, 1, 4, 9, 16, 25 from the target. Those on one
/// side are occluded by the nearest on that side: hnsw keeps 1 and 3 of any pool that has both.
Plane line() { return Plane({{0, 0}, {1, 0}, {2, 0}, {-3, 0}, {-4, 0}, {5, 0}}); }

TEST(UnionPolicy, SelectsOnceFromOldAndNewTogether) {
  // hnsw over 1, 2, 3, 4: 2 (1 < 4) and 4 (1 < 16) are dropped.
  EXPECT_EQ(merged_slots("union", "hnsw", line(), {2, 4}, {1, 3}, 2), (Slots{1, 3}));
  // 5 is occluded by 1 too, so the list ends below its cap.
  EXPECT_EQ(merged_slots("union", "hnsw", line(), {1, 2, 5}, {3, 4}, 3), (Slots{1, 3}));
}

TEST(ReselectPolicy, TakesNewcomersOneByOne) {
  // {2, 5} is full. 3 comes: hnsw over 2, 3, 5 keeps 2 and 3 (5: 9 < 25), full again. 4 comes: over
  // 2, 3, 4 it keeps 2 and 3 (4: 1 < 16).
  EXPECT_EQ(merged_slots("reselect", "hnsw", line(), {2, 5}, {3, 4}, 2), (Slots{2, 3}));
}

TEST(ReselectPolicy, FillsTheRoomThatAReselectionFreed) {
  // {1, 2, 3} is full. 4 comes: 2 and 4 go. Then 5 is appended unasked: there is room. All five
  // together would have left 1 and 3.
  EXPECT_EQ(merged_slots("reselect", "hnsw", line(), {1, 2, 3}, {4, 5}, 3), (Slots{1, 3, 5}));
  EXPECT_EQ(merged_slots("union", "hnsw", line(), {1, 2, 3}, {4, 5}, 3), (Slots{1, 3}));
}

TEST(TruncatePolicy, KeepsTheNearestWhateverTheRule) {
  EXPECT_EQ(merged_slots("truncate", "hnsw", line(), {1, 5}, {4, 2}, 2), (Slots{1, 2}));
  EXPECT_EQ(merged_slots("truncate", "hnsw", line(), {3, 4}, {5, 2, 1}, 3), (Slots{1, 2, 3}));
}

TEST(DropNewPolicy, LosesTheNewcomerThatMetAFullList) {
  // {2, 4} is full and diverse (d(2, 4) = 36). 1 is lost, though nearest.
  EXPECT_EQ(merged_slots("drop_new", "hnsw", line(), {2, 4}, {1}, 2), (Slots{2, 4}));
}

TEST(DropNewPolicy, RefillsFreedRoomWithLaterNewcomersUnasked) {
  // {1, 2} is full. 3 comes: 2 goes, 3 is lost. 5 is appended, though 1 occludes it.
  EXPECT_EQ(merged_slots("drop_new", "hnsw", line(), {1, 2}, {3, 5}, 2), (Slots{1, 5}));
}

TEST(DropNewPolicy, NeverKeepsANewcomerThatMetAFullList) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plane plane = Plane::random(12, 10, seed);
    const Slots after =
        merged_slots("drop_new", "hnsw", plane, {1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11}, 6);
    EXPECT_EQ(std::count(after.begin(), after.end(), 7), 0) << seed;
  }
}

}  // namespace
}  // namespace skerry::heuristics
