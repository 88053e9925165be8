#pragma once
// Reverse links: what graph/linker.h does with each list that items of a batch link to, on all
// threads. A list that is full gets what the overflow policy makes of it.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "graph/linker.h"

namespace skerry::graph {

template <LinkSpace Space>
void Linker<Space>::measure(Slot target, std::span<const Slot> slots, Worker& worker,
                            std::vector<Neighbor>& links) const {
  SearchScratch& scratch = worker.scratch;
  scratch.rows.resize(std::max(scratch.rows.size(), slots.size()));
  scratch.distances.resize(std::max(scratch.distances.size(), slots.size()));
  for (std::size_t i = 0; i < slots.size(); ++i) scratch.rows[i] = worker.window->row(slots[i]);
  kernels_.batch(worker.window->row(target), scratch.rows.data(), slots.size(), dimension_,
                 scratch.distances.data());
  worker.list_distances += slots.size();
  links.clear();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    links.push_back({scratch.distances[i], slots[i]});
  }
}

template <LinkSpace Space>
template <class Selection, class Overflow>
void Linker<Space>::link_target(const Selection& selection, const Overflow& overflow,
                                std::span<const Incoming> arrivals, Worker& worker) {
  const Slot target = arrivals.front().target;
  const unsigned level = arrivals.front().level;
  const std::span<const Slot> present = worker.window->list(level, target);
  const std::size_t cap = space_->bounds().at(level);

  worker.slots.assign(present.begin(), present.end());
  const bool with_children = level == 0 && ranked();
  if (present.size() + arrivals.size() <= cap) {
    for (const Incoming& arrival : arrivals) worker.slots.push_back(arrival.source);
    space_->set_links(level, target, worker.slots);
    return;
  }
  // Lists keep no distances (they would double a build's memory), so a full one is measured anew.
  measure(target, worker.slots, worker, worker.links);
  worker.arrivals.clear();
  for (const Incoming& arrival : arrivals) {
    worker.arrivals.push_back({arrival.distance, arrival.source});
  }
  worker.around.aim(target, level);
  const auto select = [&](std::span<const Neighbor> pool, std::vector<Neighbor>& selected) {
    selection.select(pool, cap, false, worker.around, selected);
  };
  if (with_children) {
    worker.pool = worker.links;
    worker.pool.insert(worker.pool.end(), worker.arrivals.begin(), worker.arrivals.end());
  }
  overflow.merge(worker.links, worker.arrivals, cap, select);
  if (with_children) {
    keep_children(*worker.window, target, worker.pool, cap, worker.links, worker.displaced);
  }
  slots_of(worker.links, worker.slots);
  space_->set_links(level, target, worker.slots);
}

}  // namespace skerry::graph
