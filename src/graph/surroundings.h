#pragma once
// What selection rules may ask while a graph is built or updated: a model of
// heuristics::Surroundings over whatever holds rows and lists.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"
#include "distance/metric.h"
#include "graph/pair_memo.h"

namespace skerry::graph {

/// One thread's, for one target at a time. `View` has row(slot), the row of an item that is there,
/// and list(level, slot), its links (graph/link_space.h).
template <class View>
class Surroundings {
 public:
  /// A memo of `memo_entries` pair distances serves occluded(); 0: none.
  Surroundings(View& view, distance::Kernels kernels, std::size_t dimension,
               std::size_t memo_entries = 0)
      : view_(&view), kernels_(kernels), dimension_(dimension), memo_(memo_entries) {}

  void aim(Slot target, unsigned level) noexcept {
    target_ = target;
    level_ = level;
  }

  Slot target() const noexcept { return target_; }

  float distance(Slot a, Slot b) {
    ++distances_;
    return kernels_.pair(view_->row(a), view_->row(b), dimension_);
  }

  float to_target(Slot slot) { return distance(target_, slot); }

  bool occluded(Slot candidate, std::span<const Slot> kept, float bound) {
    if (!memo_.empty()) return occluded_by_memo(candidate, kept, bound);
    const std::byte* const row = view_->row(candidate);
    std::array<const std::byte*, group> others;
    std::array<float, group> distances;
    for (std::size_t at = 0; at < kept.size(); at += group) {
      const std::size_t count = std::min(group, kept.size() - at);
      for (std::size_t i = 0; i < count; ++i) others[i] = view_->row(kept[at + i]);
      kernels_.batch(row, others.data(), count, dimension_, distances.data());
      distances_ += count;
      for (std::size_t i = 0; i < count; ++i) {
        if (distances[i] < bound) return true;
      }
    }
    return false;
  }

  std::span<const Slot> neighbors(Slot slot) { return view_->list(level_, slot); }

  /// Pair distances so far, without those that the memo gave.
  std::uint64_t distances() const noexcept { return distances_; }

  const PairMemo& memo() const noexcept { return memo_; }

 private:
  /// The same answer. What is remembered is asked first: it may spare the kernel altogether.
  bool occluded_by_memo(Slot candidate, std::span<const Slot> kept, float bound) {
    unknown_.clear();
    for (const Slot other : kept) {
      float known = 0;
      if (!memo_.find(candidate, other, known)) {
        unknown_.push_back(other);
      } else if (known < bound) {
        return true;
      }
    }
    const std::byte* const row = view_->row(candidate);
    for (const Slot other : unknown_) {
      const std::byte* const other_row = view_->row(other);
      float measured = 0;
      kernels_.batch(row, &other_row, 1, dimension_, &measured);
      ++distances_;
      memo_.put(candidate, other, measured);
      if (measured < bound) return true;
    }
    return false;
  }

  // Four rows at once cost little more than one; most candidates are occluded by one of the first.
  static constexpr std::size_t group = 4;

  View* view_;
  distance::Kernels kernels_;
  std::size_t dimension_;
  Slot target_ = 0;
  unsigned level_ = 0;
  std::uint64_t distances_ = 0;
  PairMemo memo_;
  std::vector<Slot> unknown_;
};

}  // namespace skerry::graph
