#pragma once
// What one thread needs while it links items (graph/linker.h).

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "base/types.h"
#include "distance/metric.h"
#include "graph/lineage.h"
#include "graph/search.h"
#include "graph/surroundings.h"

namespace skerry::graph {

/// A reverse link on its way into `target`'s list.
struct Incoming {
  Slot target;
  std::uint32_t level;
  std::uint32_t order;  ///< of the source in the batch: its rank
  Slot source;
  float distance;
  bool child = false;  ///< the target is the source's parent

  friend bool operator<(const Incoming& a, const Incoming& b) noexcept {
    return std::tie(a.level, a.target, a.order) < std::tie(b.level, b.target, b.order);
  }
};

/// One thread's memory.
template <class Window>
struct LinkWorker {
  LinkWorker(Window& view, distance::Kernels kernels, std::size_t dimension, std::size_t pair_memo)
      : window(&view), around(view, kernels, dimension, pair_memo) {}

  Window* window;
  Surroundings<Window> around;
  SearchScratch scratch;
  SearchWork search_work;
  std::vector<std::byte> query;      ///< code of the item that a walk looks for
  std::vector<Neighbor> pool;        ///< what a walk found, by its distances
  std::vector<Neighbor> candidates;  ///< the same by rows, after a walk by codes
  std::vector<Neighbor> selected;
  std::vector<Neighbor> links;
  std::vector<Neighbor> arrivals;
  std::vector<Slot> slots;
  std::vector<Incoming> incoming;
  std::vector<Displaced> displaced;
  std::uint64_t list_distances = 0;
};

inline void slots_of(std::span<const Neighbor> neighbors, std::vector<Slot>& slots) {
  slots.clear();
  for (const Neighbor& neighbor : neighbors) slots.push_back(neighbor.slot);
}

}  // namespace skerry::graph
