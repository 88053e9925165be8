#pragma once
// Candidates of which the nearest is wanted next, without a bound on their number.

#include <algorithm>
#include <span>
#include <vector>

#include "base/types.h"

namespace skerry::graph {

class NeighborHeap {
 public:
  void clear() noexcept { heap_.clear(); }

  bool empty() const noexcept { return heap_.empty(); }

  /// All, in no order.
  std::span<const Neighbor> items() const noexcept { return heap_; }

  /// The nearest; not of an empty heap.
  const Neighbor& top() const noexcept { return heap_.front(); }

  void push(const Neighbor& neighbor) {
    heap_.push_back(neighbor);
    std::push_heap(heap_.begin(), heap_.end(), farther);
  }

  Neighbor pop() noexcept {
    std::pop_heap(heap_.begin(), heap_.end(), farther);
    const Neighbor nearest = heap_.back();
    heap_.pop_back();
    return nearest;
  }

 private:
  static bool farther(const Neighbor& a, const Neighbor& b) noexcept { return b < a; }

  std::vector<Neighbor> heap_;
};

}  // namespace skerry::graph
