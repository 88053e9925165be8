#pragma once
// All accepted items within a distance, for every view and metric.
//
// A search with a beam of ef finds the region; then the walk goes on while the nearest node that
// waits lies within reach, which is the radius and a slack: items are within the radius whose
// neighbours are not. What is connected to the region only through nodes out of reach is missed.

#include <limits>
#include <span>
#include <vector>

#include "graph/explorer.h"
#include "graph/filtered_search.h"

namespace skerry::graph {

/// Distances up to which items are wanted and up to which nodes are expanded, as people see them.
struct RangeBounds {
  const distance::Metric* metric;
  double radius;
  double reach;

  bool within(float stored) const { return metric->reported(stored) <= radius; }

  bool reached(float stored) const { return metric->reported(stored) <= reach; }
};

/// Replaces `found`, in no order. `entries` as for FilteredSearch::begin(). On a limit: cancelled,
/// with what was found before.
template <GraphView View>
Code range_walk(Explorer<View>& explorer, const Acceptance& accepts, const RangeBounds& bounds,
                std::size_t ef, std::span<const Neighbor> entries, FilteredScratch& scratch,
                std::vector<Neighbor>& found) {
  SearchScratch& search = scratch.search;
  NeighborHeap& frontier = scratch.rejected;
  Beam& beam = search.beam;
  found.clear();
  frontier.clear();
  beam.reset(ef);
  search.visited.reset(explorer.view().size());
  const auto beyond = [&](const Neighbor& neighbor) {
    return beam.full() && beam[beam.size() - 1] < neighbor && !bounds.reached(neighbor.distance);
  };
  const auto meet = [&](float distance, Slot slot) {
    const Neighbor neighbor{distance, slot};
    if (bounds.within(distance) && accepts(slot)) found.push_back(neighbor);
    beam.insert(distance, slot);
    if (!beyond(neighbor)) frontier.push(neighbor);
  };
  for (const Neighbor& entry : entries) {
    if (!search.visited.insert(entry.slot)) continue;
    if (entry.distance < std::numeric_limits<float>::infinity()) {
      meet(entry.distance, entry.slot);
    } else {
      frontier.push(entry);
    }
  }
  while (!frontier.empty() && !beyond(frontier.top())) {
    const Slot node = frontier.pop().slot;
    if (!frontier.empty()) explorer.view().prefetch(frontier.top().slot);
    std::span<const Slot> links;
    if (const Code code = explorer.links(0, node, links); code != Code::ok) return code;
    search.take_unseen(links);
    const Code code = explorer.compare();
    explorer.for_each_compared(meet);
    if (code != Code::ok) return code;
    if (!frontier.empty()) explorer.view().prefetch(frontier.top().slot);
  }
  return Code::ok;
}

/// The same by comparing every accepted item: exact.
template <GraphView View>
Code range_scan(Explorer<View>& explorer, const Acceptance& accepts, const RangeBounds& bounds,
                FilteredScratch& scratch, std::vector<Neighbor>& found) {
  found.clear();
  scratch.search.visited.reset(explorer.view().size());
  return compare_unseen(explorer, accepts, scratch.search, [&](float distance, Slot slot) {
    if (bounds.within(distance)) found.push_back({distance, slot});
  });
}

}  // namespace skerry::graph
