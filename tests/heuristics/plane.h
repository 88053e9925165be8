#pragma once
// Points of a lattice under squared L2: a model of Surroundings whose distances are exact integers.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.h"
#include "heuristics/concepts.h"
#include "heuristics/registry.h"

namespace skerry::heuristics {

inline constexpr MetricTraits squared_euclidean{"euclidean", true, 2};

struct Point {
  int x = 0;
  int y = 0;
};

/// Slot i is points[i]; slot 0 is the target.
class Plane {
 public:
  explicit Plane(std::vector<Point> points) : links(points.size()), points_(std::move(points)) {}

  /// `count` points in [-extent, extent]^2: the smaller the extent, the more ties and duplicates.
  static Plane random(std::size_t count, int extent, std::uint64_t seed) {
    Random random(seed);
    std::vector<Point> points;
    const auto coordinate = [&] {
      return static_cast<int>(random.below(2 * static_cast<std::uint64_t>(extent) + 1)) - extent;
    };
    for (std::size_t i = 0; i < count; ++i) {
      const int x = coordinate();
      points.push_back({x, coordinate()});
    }
    return Plane(std::move(points));
  }

  float distance(Slot a, Slot b) const {
    const int x = points_.at(a).x - points_.at(b).x;
    const int y = points_.at(a).y - points_.at(b).y;
    return static_cast<float>(x * x + y * y);
  }

  bool occluded(Slot candidate, std::span<const Slot> kept, float bound) const {
    return std::any_of(kept.begin(), kept.end(),
                       [&](Slot k) { return distance(k, candidate) < bound; });
  }

  std::span<const Slot> neighbors(Slot slot) const { return links.at(slot); }

  Slot target() const { return 0; }

  float to_target(Slot slot) const { return distance(0, slot); }

  /// The target's distances to these slots, ascending.
  std::vector<Neighbor> pool(std::span<const Slot> slots) const {
    std::vector<Neighbor> all;
    for (const Slot slot : slots) all.push_back({to_target(slot), slot});
    std::sort(all.begin(), all.end());
    return all;
  }

  /// All slots but the target.
  std::vector<Neighbor> pool() const {
    std::vector<Slot> slots;
    for (Slot slot = 1; slot < points_.size(); ++slot) slots.push_back(slot);
    return pool(slots);
  }

  std::vector<std::vector<Slot>> links;

 private:
  std::vector<Point> points_;
};

static_assert(Surroundings<Plane>);

/// A rule as a config gets it, for squared L2.
inline AnySelection rule(std::string_view spec, const MetricTraits& metric = squared_euclidean) {
  AnySelection any = selection(spec);
  bind(any, metric);
  return any;
}

inline std::vector<Neighbor> select(const AnySelection& any, Plane& plane,
                                    std::span<const Neighbor> pool, std::size_t max_links,
                                    bool forward = true) {
  std::vector<Neighbor> selected{{-1, 12345}};  // to be cleared
  std::visit([&](const auto& rule) { rule.select(pool, max_links, forward, plane, selected); },
             any);
  return selected;
}

/// The slots that a rule chooses from all of the plane, nearest first.
inline std::vector<Slot> chosen(std::string_view spec, Plane plane, std::size_t max_links) {
  std::vector<Slot> slots;
  for (const Neighbor& neighbor : select(rule(spec), plane, plane.pool(), max_links)) {
    slots.push_back(neighbor.slot);
  }
  return slots;
}

}  // namespace skerry::heuristics
