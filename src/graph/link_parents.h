#pragma once
// Ranks and parents of new items where connectivity is `parent` (graph/lineage.h): what
// graph/linker.h does about them, on one thread between its phases.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "graph/linker.h"

namespace skerry::graph {

/// The nearest link that a new item chose is its parent: of lower rank, as all of an earlier batch.
template <LinkSpace Space>
void Linker<Space>::mark_parent(Worker& worker) const {
  const std::size_t count = worker.selected.size();
  const auto first = worker.incoming.end() - static_cast<std::ptrdiff_t>(count);
  const auto nearest =
      std::min_element(first, worker.incoming.end(), [](const Incoming& a, const Incoming& b) {
        return Neighbor{a.distance, a.target} < Neighbor{b.distance, b.target};
      });
  nearest->child = true;
}

template <LinkSpace Space>
void Linker<Space>::set_parents(std::span<const Slot> batch) {
  // Ranks follow the order in the batch.
  for (const Slot item : batch) space_->set_lineage(item, {space_->next_rank(), no_slot});
  for (const Incoming& link : incoming_) {
    if (!link.child) continue;
    space_->set_lineage(link.source, {workers_[0].window->lineage(link.source).rank, link.target});
  }
}

template <LinkSpace Space>
void Linker<Space>::place_displaced() {
  std::vector<Displaced> displaced;
  for (Worker& worker : workers_) {
    displaced.insert(displaced.end(), worker.displaced.begin(), worker.displaced.end());
    worker.displaced.clear();
  }
  std::sort(displaced.begin(), displaced.end());
  for (const Displaced& each : displaced) adopt_child(each.holder, each.child);
}

template <LinkSpace Space>
void Linker<Space>::adopt_child(Slot holder, Slot child) {
  adopt(*space_, holder, child, [&](Slot a, Slot b) { return workers_[0].around.distance(a, b); });
}

}  // namespace skerry::graph
