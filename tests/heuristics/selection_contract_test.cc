// One suite over every registered selection rule, with its defaults and with its options.

#include <gtest/gtest.h>

#include <string>

#include "tests/heuristics/plane.h"

namespace skerry::heuristics {
namespace {

class SelectionContract : public testing::TestWithParam<std::string> {
 protected:
  /// Calls `check(plane, pool, max_links, forward)` for planes without, with some and with many
  /// ties and duplicates.
  template <class Check>
  void on_many_planes(Check&& check) const {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      for (const int extent : {0, 2, 10, 1000}) {
        for (const std::size_t max_links : {0U, 1U, 2U, 7U, 30U, 60U}) {
          Plane plane = Plane::random(41, extent, seed);
          Random random(seed);
          std::vector<Slot> known;
          for (Slot slot = 0; slot < plane.links.size(); ++slot) {
            for (int i = 0; i < 4; ++i) {
              plane.links[slot].push_back(static_cast<Slot>(random.below(41)));
            }
            if (slot % 2 == 1) known.push_back(slot);
          }
          for (const bool forward : {false, true}) {
            check(plane, plane.pool(known), max_links, forward);
          }
        }
      }
    }
  }

  const AnySelection rule_ = rule(GetParam());
};

TEST_P(SelectionContract, KeepsAtMostMaxLinks) {
  on_many_planes([&](Plane& plane, const auto& pool, std::size_t max_links, bool forward) {
    EXPECT_LE(select(rule_, plane, pool, max_links, forward).size(), max_links);
  });
}

TEST_P(SelectionContract, KeepsNothingTwiceAndIsAscending) {
  on_many_planes([&](Plane& plane, const auto& pool, std::size_t max_links, bool forward) {
    const std::vector<Neighbor> selected = select(rule_, plane, pool, max_links, forward);
    for (std::size_t i = 1; i < selected.size(); ++i) EXPECT_LT(selected[i - 1], selected[i]);
  });
}

TEST_P(SelectionContract, KeepsOnlyCandidatesWhenAListIsCut) {
  on_many_planes([&](Plane& plane, const auto& pool, std::size_t max_links, bool) {
    for (const Neighbor& neighbor : select(rule_, plane, pool, max_links, false)) {
      EXPECT_TRUE(std::binary_search(pool.begin(), pool.end(), neighbor));
    }
  });
}

TEST_P(SelectionContract, NeverKeepsTheTargetAndTellsTrueDistances) {
  on_many_planes([&](Plane& plane, const auto& pool, std::size_t max_links, bool) {
    for (const Neighbor& neighbor : select(rule_, plane, pool, max_links, true)) {
      EXPECT_NE(neighbor.slot, plane.target());
      EXPECT_EQ(neighbor.distance, plane.to_target(neighbor.slot));
    }
  });
}

TEST_P(SelectionContract, KeepsTheNearestCandidate) {
  on_many_planes([&](Plane& plane, const auto& pool, std::size_t max_links, bool) {
    if (max_links == 0) return;
    const std::vector<Neighbor> selected = select(rule_, plane, pool, max_links, false);
    ASSERT_FALSE(selected.empty());
    EXPECT_EQ(selected.front(), pool.front());
  });
}

TEST_P(SelectionContract, EqualInputGivesEqualOutput) {
  on_many_planes([&](Plane& plane, const auto& pool, std::size_t max_links, bool forward) {
    EXPECT_EQ(select(rule_, plane, pool, max_links, forward),
              select(rule_, plane, pool, max_links, forward));
  });
}

TEST_P(SelectionContract, AnEmptyPoolClearsTheOutput) {
  Plane plane({{0, 0}});
  for (const std::size_t max_links : {0U, 1U, 16U}) {
    EXPECT_TRUE(select(rule_, plane, {}, max_links, true).empty());
    EXPECT_TRUE(select(rule_, plane, {}, max_links, false).empty());
  }
}

TEST_P(SelectionContract, OneLinkGoesToTheNearest) {
  Plane plane({{0, 0}, {5, 0}, {0, 3}, {-4, 0}});
  EXPECT_EQ(select(rule_, plane, plane.pool(), 1), (std::vector<Neighbor>{{9, 2}}));
}

TEST_P(SelectionContract, WorksOnDistancesBelowZeroWhereItsMetricMayHaveThem) {
  // Dot products of unit length and more, negated: what inner_product stores.
  const MetricTraits inner_product{"inner_product", false, 1};
  AnySelection bound = selection(GetParam());
  try {
    bind(bound, inner_product);
  } catch (const Error&) {
    return;  // refused before any work, as registry_test.cc checks
  }
  Plane plane = Plane::random(4, 3, 1);
  const std::vector<Neighbor> pool{{-9, 2}, {-4, 1}, {-1, 3}};
  const std::vector<Neighbor> selected = select(bound, plane, pool, 2);
  ASSERT_FALSE(selected.empty());
  EXPECT_EQ(selected.front(), pool.front());
  EXPECT_LE(selected.size(), 2U);
}

/// Every registered name with its defaults, and what the options add.
std::vector<std::string> specs() {
  std::vector<std::string> all{
      "hnsw(extend_candidates=true)",    "hnsw(keep_pruned=true)",
      "hnsw(prune_small=false)",         "hnsw(true, true, false)",
      "robust_prune(alpha=1)",           "robust_prune(alpha=0.5)",
      "robust_prune(alpha=2, passes=2)", "robust_prune(alpha=1.2, passes=2, scale=metric)",
  };
  for (const PolicyDescription& policy : describe_policies()) {
    if (policy.slot == "selection") all.emplace_back(policy.name);
  }
  return all;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(EveryRule, SelectionContract, testing::ValuesIn(specs()), test_name);

}  // namespace
}  // namespace skerry::heuristics
