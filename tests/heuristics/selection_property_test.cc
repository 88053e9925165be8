// Selection rules against the listings of their papers, on random lattices with their many ties.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/heuristics/plane.h"

namespace skerry::heuristics {
namespace {

/// A plane of up to 40 points; small extents give ties and duplicates.
Plane any_plane(int extent) {
  const auto count = *rc::gen::inRange<std::size_t>(1, 41);
  const auto coordinates =
      *rc::gen::container<std::vector<int>>(2 * count, rc::gen::inRange(-extent, extent + 1));
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back({coordinates[2 * i], coordinates[2 * i + 1]});
  }
  return Plane(std::move(points));
}

std::size_t any_cap() { return *rc::gen::inRange<std::size_t>(0, 20); }

/// HNSW (TPAMI 2020), Algorithm 4, lines 7-13.
std::vector<Neighbor> listing_of_hnsw(const Plane& plane, std::size_t max_links) {
  std::vector<Neighbor> result;
  for (const Neighbor& e : plane.pool()) {
    if (result.size() == max_links) break;
    bool near = false;
    for (const Neighbor& r : result) near = near || plane.distance(r.slot, e.slot) < e.distance;
    if (!near) result.push_back(e);
  }
  return result;
}

/// DiskANN (NeurIPS 2019), Algorithm 2: take the nearest, strike out what it occludes.
std::vector<Neighbor> listing_of_robust_prune(const Plane& plane, std::size_t max_links,
                                              double alpha) {
  std::vector<Neighbor> result;
  std::vector<Neighbor> left = plane.pool();
  while (!left.empty() && result.size() < max_links) {
    const Neighbor nearest = left.front();
    result.push_back(nearest);
    std::erase_if(left, [&](const Neighbor& p) {
      return p == nearest || alpha * double{plane.distance(nearest.slot, p.slot)} <= p.distance;
    });
  }
  return result;
}

RC_GTEST_PROP(SelectionProperty, HnswIsTheListingOfItsPaper, ()) {
  Plane plane = any_plane(*rc::gen::element(1, 4, 30, 1000));
  const std::size_t cap = any_cap();
  RC_ASSERT(select(rule("hnsw"), plane, plane.pool(), cap) == listing_of_hnsw(plane, cap));
}

RC_GTEST_PROP(SelectionProperty, RobustPruneIsTheListingOfItsPaper, ()) {
  Plane plane = any_plane(*rc::gen::element(1, 4, 30, 1000));
  const std::size_t cap = any_cap();
  using Case = std::pair<std::string_view, double>;
  const auto [spec, factor] = *rc::gen::elementOf(std::vector<Case>{
      {"robust_prune(alpha=0.5)", 0.5},
      {"robust_prune(alpha=1)", 1},
      {"robust_prune(alpha=1.25)", 1.25},
      {"robust_prune(alpha=2)", 2},
      {"robust_prune(alpha=1.5, scale=metric)", 2.25},
  });
  RC_ASSERT(select(rule(spec), plane, plane.pool(), cap) ==
            listing_of_robust_prune(plane, cap, factor));
}

RC_GTEST_PROP(SelectionProperty, RobustPruneAtAlphaOneIsHnswButForTies, ()) {
  Plane plane = any_plane(3000);
  const std::vector<Neighbor> pool = plane.pool();
  for (const Neighbor& a : pool) {
    for (const Neighbor& b : pool) {
      RC_PRE(a == b || plane.distance(a.slot, b.slot) != b.distance);
    }
  }
  const std::size_t cap = any_cap();
  RC_ASSERT(select(rule("robust_prune(alpha=1)"), plane, pool, cap) ==
            select(rule("hnsw"), plane, pool, cap));
}

RC_GTEST_PROP(SelectionProperty, ASecondPassKeepsAllOfTheFirst, ()) {
  Plane plane = any_plane(*rc::gen::element(4, 30, 1000));
  const std::size_t cap = any_cap();
  const auto first = select(rule("robust_prune(alpha=1)"), plane, plane.pool(), cap);
  const auto both = select(rule("robust_prune(alpha=1.5, passes=2)"), plane, plane.pool(), cap);
  RC_ASSERT(std::includes(both.begin(), both.end(), first.begin(), first.end()));
}

RC_GTEST_PROP(SelectionProperty, KeepPrunedFillsTheListAndKeepsAllThatIsDiverse, ()) {
  Plane plane = any_plane(*rc::gen::element(4, 30, 1000));
  const std::size_t cap = any_cap();
  const std::vector<Neighbor> pool = plane.pool();
  const auto diverse = select(rule("hnsw"), plane, pool, cap);
  const auto filled = select(rule("hnsw(keep_pruned=true)"), plane, pool, cap);
  RC_ASSERT(filled.size() == std::min(cap, pool.size()));
  RC_ASSERT(std::includes(filled.begin(), filled.end(), diverse.begin(), diverse.end()));
}

RC_GTEST_PROP(SelectionProperty, SelectingAgainChangesNothing, ()) {
  Plane plane = any_plane(*rc::gen::element(1, 4, 30, 1000));
  const std::size_t cap = any_cap();
  for (const char* spec : {"closest", "hnsw", "robust_prune(alpha=1)", "robust_prune"}) {
    const auto once = select(rule(spec), plane, plane.pool(), cap);
    RC_ASSERT(select(rule(spec), plane, once, cap) == once);
  }
}

}  // namespace
}  // namespace skerry::heuristics
