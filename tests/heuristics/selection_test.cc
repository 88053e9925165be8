// Each selection rule on cases small enough to work out by hand. Distances are squared.

#include <gtest/gtest.h>

#include "tests/heuristics/plane.h"

namespace skerry::heuristics {
namespace {

static_assert(SelectionPolicy<Closest>);
static_assert(SelectionPolicy<Hnsw>);
static_assert(SelectionPolicy<RobustPrune>);

using Slots = std::vector<Slot>;

/// Target at 0 on a line; slots 1..4 at 2, 4, -3, 20, so at distances 4, 16, 9, 400.
Plane line() { return Plane({{0, 0}, {2, 0}, {4, 0}, {-3, 0}, {20, 0}}); }

TEST(ClosestRule, IsThePrefixOfThePool) {
  EXPECT_EQ(chosen("closest", line(), 3), (Slots{1, 3, 2}));
  EXPECT_EQ(chosen("closest", line(), 9), (Slots{1, 3, 2, 4}));
}

TEST(ClosestRule, BreaksTiesBySlot) {
  EXPECT_EQ(chosen("closest", Plane({{0, 0}, {0, 1}, {1, 0}, {0, -1}}), 2), (Slots{1, 2}));
}

TEST(HnswRule, DropsWhatIsNearerToAKeptNeighbourThanToTheTarget) {
  // 1 is kept. 3: d(1, 3) = 25 >= 9, kept. 2: d(1, 2) = 4 < 16, dropped. 4: d(1, 4) = 324 < 400,
  // dropped.
  EXPECT_EQ(chosen("hnsw", line(), 4), (Slots{1, 3}));
}

TEST(HnswRule, StopsAtMaxLinks) { EXPECT_EQ(chosen("hnsw", line(), 1), (Slots{1})); }

TEST(HnswRule, KeepsOnATie) {
  // 2 is as far from 1 as from the target: 1 + 4 = 5 both.
  EXPECT_EQ(chosen("hnsw", Plane({{0, 0}, {2, 0}, {1, 2}}), 4), (Slots{1, 2}));
}

TEST(HnswRule, KeepsOneOfEqualPointsUnlessTheyEqualTheTarget) {
  EXPECT_EQ(chosen("hnsw", Plane({{0, 0}, {2, 0}, {2, 0}}), 4), (Slots{1}));     // 0 < 4
  EXPECT_EQ(chosen("hnsw", Plane({{0, 0}, {0, 0}, {0, 0}}), 4), (Slots{1, 2}));  // 0 < 0 is false
}

TEST(HnswRule, ADroppedCandidateOccludesNothing) {
  // 1 = (3, 0) at 9. 2 = (4, 3) at 25: d(1, 2) = 10, dropped. 3 = (1, 6) at 37: d(1, 3) = 40, kept,
  // although d(2, 3) = 18.
  EXPECT_EQ(chosen("hnsw", Plane({{0, 0}, {3, 0}, {4, 3}, {1, 6}}), 9), (Slots{1, 3}));
}

TEST(HnswRule, KeepPrunedFillsWithTheNearestDropped) {
  EXPECT_EQ(chosen("hnsw(keep_pruned=true)", line(), 2), (Slots{1, 3}));
  EXPECT_EQ(chosen("hnsw(keep_pruned=true)", line(), 3), (Slots{1, 3, 2}));
  EXPECT_EQ(chosen("hnsw(keep_pruned=true)", line(), 4), (Slots{1, 3, 2, 4}));
}

TEST(HnswRule, KeepPrunedPutsWhatItFillsInItsPlace) {
  // 2 = (3, 0) at 9 is dropped by 1: 4 < 9. 3 = (0, 4) at 16 is kept: 1 + 16 = 17.
  EXPECT_EQ(chosen("hnsw(keep_pruned=true)", Plane({{0, 0}, {1, 0}, {3, 0}, {0, 4}}), 3),
            (Slots{1, 2, 3}));
}

TEST(HnswRule, PruneSmallDecidesOnlyBelowMaxLinks) {
  EXPECT_EQ(chosen("hnsw(prune_small=false)", line(), 5), (Slots{1, 3, 2, 4}));
  EXPECT_EQ(chosen("hnsw(prune_small=false)", line(), 4), (Slots{1, 3}));
  EXPECT_EQ(chosen("hnsw(prune_small=true)", line(), 5), (Slots{1, 3}));
}

TEST(HnswRule, ExtendCandidatesTakesNeighboursOfCandidatesButNotTheTarget) {
  // The pool is 1 = (4, 0) alone; its links are the target, 2 = (0, 3), 3 = (5, 0) and 1 itself.
  // 2 at 9 is kept first. 1 at 16: d(2, 1) = 25, kept. 3 at 25: d(1, 3) = 1, dropped.
  Plane plane({{0, 0}, {4, 0}, {0, 3}, {5, 0}});
  plane.links[1] = {0, 2, 3, 1, 2};
  const std::vector<Neighbor> pool = plane.pool(Slots{1});
  const AnySelection extending = rule("hnsw(extend_candidates=true)");
  EXPECT_EQ(select(extending, plane, pool, 4, true), (std::vector<Neighbor>{{9, 2}, {16, 1}}));
  EXPECT_EQ(select(extending, plane, pool, 4, false), (std::vector<Neighbor>{{16, 1}}));
  EXPECT_EQ(select(rule("hnsw"), plane, pool, 4, true), (std::vector<Neighbor>{{16, 1}}));
}

/// Target at 0, slots 1 and 2 at 1 and 3: d(target, 2) = 9, d(1, 2) = 4.
Plane pair() { return Plane({{0, 0}, {1, 0}, {3, 0}}); }

TEST(RobustPruneRule, AlphaMultipliesTheStoredDistance) {
  EXPECT_EQ(chosen("robust_prune(alpha=2)", pair(), 4), (Slots{1}));       // 8 <= 9
  EXPECT_EQ(chosen("robust_prune(alpha=2.5)", pair(), 4), (Slots{1, 2}));  // 10 > 9
}

TEST(RobustPruneRule, AlphaHoldsWithoutBinding) {
  Plane plane = pair();
  RobustPrune wide(Arguments(Spec::parse("robust_prune(2.5)"), RobustPrune::parameters));
  EXPECT_EQ(select(wide, plane, plane.pool(), 4).size(), 2U);  // 10 > 9
  wide.alpha = 2;
  EXPECT_EQ(select(wide, plane, plane.pool(), 4).size(), 1U);  // 8 <= 9
}

TEST(RobustPruneRule, ALargerAlphaKeepsMore) {
  // On a line 1, 2, 4, -3, at 1, 4, 16, 9. 1 drops 2 while alpha * 1 <= 4, and 4 while alpha * 9
  // <= 16; a kept 2 drops 4 while alpha * 4 <= 16; nothing drops -3, at 16 from 1.
  const Plane plane({{0, 0}, {1, 0}, {2, 0}, {4, 0}, {-3, 0}});
  EXPECT_EQ(chosen("robust_prune(alpha=1.2)", plane, 4), (Slots{1, 4}));
  EXPECT_EQ(chosen("robust_prune(alpha=1.8)", plane, 4), (Slots{1, 4, 3}));
  EXPECT_EQ(chosen("robust_prune(alpha=4.1)", plane, 4), (Slots{1, 2, 4, 3}));
}

TEST(RobustPruneRule, AlphaBelowOneKeepsFewer) {
  // 2 = (0, 3) at 9; 1 = (2, 0) at 4; d(1, 2) = 13 > 9, but half of it is not.
  const Plane plane({{0, 0}, {2, 0}, {0, 3}});
  EXPECT_EQ(chosen("robust_prune(alpha=1)", plane, 4), (Slots{1, 2}));
  EXPECT_EQ(chosen("robust_prune(alpha=0.5)", plane, 4), (Slots{1}));
}

TEST(RobustPruneRule, DropsOnATie) {
  EXPECT_EQ(chosen("robust_prune(alpha=2.25)", pair(), 4), (Slots{1}));  // 9 <= 9
  // 5 <= 5, where hnsw keeps.
  EXPECT_EQ(chosen("robust_prune(alpha=1)", Plane({{0, 0}, {2, 0}, {1, 2}}), 4), (Slots{1}));
}

TEST(RobustPruneRule, KeepsOneOfEqualPointsAlsoAtTheTarget) {
  for (const char* spec : {"robust_prune(alpha=1)", "robust_prune", "robust_prune(alpha=10)"}) {
    EXPECT_EQ(chosen(spec, Plane({{0, 0}, {2, 0}, {2, 0}, {2, 0}}), 4), (Slots{1})) << spec;
    EXPECT_EQ(chosen(spec, Plane({{0, 0}, {0, 0}, {0, 0}}), 4), (Slots{1})) << spec;
  }
}

TEST(RobustPruneRule, ScaleMetricRaisesAlphaToThePowerOfTheMetric) {
  EXPECT_EQ(chosen("robust_prune(alpha=1.4, scale=metric)", pair(), 4), (Slots{1}));     // 7.84
  EXPECT_EQ(chosen("robust_prune(alpha=1.5, scale=metric)", pair(), 4), (Slots{1}));     // 9 <= 9
  EXPECT_EQ(chosen("robust_prune(alpha=1.6, scale=metric)", pair(), 4), (Slots{1, 2}));  // 10.24
  Plane plane = pair();
  const AnySelection first_power =
      rule("robust_prune(alpha=1.6, scale=metric)", {"manhattan", true, 1});
  EXPECT_EQ(select(first_power, plane, plane.pool(), 4).size(), 1U);  // 6.4 <= 9
}

TEST(RobustPruneRule, ASecondPassFillsOnlyTheRoomThatAlphaOneLeft) {
  // On a line: 1, 3, -4. With alpha = 2.5 alone, 1 and 3 fill two places (10 > 9). Two passes give
  // them to 1 and -4 (25 > 16); 3 (4 <= 9) comes back when there is a third.
  const Plane plane({{0, 0}, {1, 0}, {3, 0}, {-4, 0}});
  EXPECT_EQ(chosen("robust_prune(alpha=2.5)", plane, 2), (Slots{1, 2}));
  EXPECT_EQ(chosen("robust_prune(alpha=2.5, passes=2)", plane, 2), (Slots{1, 3}));
  EXPECT_EQ(chosen("robust_prune(alpha=2.5, passes=2)", plane, 3), (Slots{1, 2, 3}));
}

TEST(RobustPruneRule, ASecondPassHoldsACandidateOnlyAgainstNearerOnes) {
  // 2 = (6, 20) at 436 is dropped by 1 = (10, 0): 416 <= 436. 3 = (4, 21) at 457 is kept: 477.
  // In the second pass 2 meets only 1 (1.2 * 416 = 499.2 > 436), not 3, which is 5 away but farther
  // from the target.
  const Plane plane({{0, 0}, {10, 0}, {6, 20}, {4, 21}});
  EXPECT_EQ(chosen("robust_prune(alpha=1)", plane, 3), (Slots{1, 3}));
  EXPECT_EQ(chosen("robust_prune(alpha=1.2, passes=2)", plane, 3), (Slots{1, 2, 3}));
}

TEST(RobustPruneRule, ASecondPassHoldsACandidateAgainstThoseItAdded) {
  // 1 = (1, 0). 2 = (3, 0) and 3 = (3, 0) are dropped (4 <= 9). With alpha = 2.5 the second pass
  // takes 2 (10 > 9), and then not 3, which equals it.
  EXPECT_EQ(chosen("robust_prune(alpha=2.5, passes=2)", Plane({{0, 0}, {1, 0}, {3, 0}, {3, 0}}), 4),
            (Slots{1, 2}));
}

}  // namespace
}  // namespace skerry::heuristics
