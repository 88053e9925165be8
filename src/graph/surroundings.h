#pragma once
// What selection rules may ask while a graph is built: a model of heuristics::Surroundings over
// rows in memory.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "distance/metric.h"
#include "graph/graph.h"
#include "graph/rows.h"

namespace skerry::graph {

/// One thread's, for one target at a time.
class Surroundings {
 public:
  Surroundings(const Graph& graph, const Rows& rows, distance::Kernels kernels)
      : graph_(&graph), rows_(&rows), kernels_(kernels), dimension_(rows.dimension()) {}

  void aim(Slot target, unsigned level) noexcept {
    target_ = target;
    level_ = level;
  }

  Slot target() const noexcept { return target_; }

  float distance(Slot a, Slot b) noexcept {
    ++distances_;
    return kernels_.pair((*rows_)[a], (*rows_)[b], dimension_);
  }

  float to_target(Slot slot) noexcept { return distance(target_, slot); }

  bool occluded(Slot candidate, std::span<const Slot> kept, float bound) noexcept {
    const std::byte* const row = (*rows_)[candidate];
    std::array<const std::byte*, group> others;
    std::array<float, group> distances;
    for (std::size_t at = 0; at < kept.size(); at += group) {
      const std::size_t count = std::min(group, kept.size() - at);
      for (std::size_t i = 0; i < count; ++i) others[i] = (*rows_)[kept[at + i]];
      kernels_.batch(row, others.data(), count, dimension_, distances.data());
      distances_ += count;
      for (std::size_t i = 0; i < count; ++i) {
        if (distances[i] < bound) return true;
      }
    }
    return false;
  }

  std::span<const Slot> neighbors(Slot slot) const noexcept { return graph_->links(level_, slot); }

  /// Pair distances so far.
  std::uint64_t distances() const noexcept { return distances_; }

 private:
  // Four rows at once cost little more than one; most candidates are occluded by one of the first.
  static constexpr std::size_t group = 4;

  const Graph* graph_;
  const Rows* rows_;
  distance::Kernels kernels_;
  std::size_t dimension_;
  Slot target_ = 0;
  unsigned level_ = 0;
  std::uint64_t distances_ = 0;
};

}  // namespace skerry::graph
