#pragma once
// The links of a new item: what graph/linker.h does with each item of a batch, on all threads.
//
// A walk from the entry points finds candidates on each level of the item, a rule selects among
// them, and each link that it takes is noted for the list of its target (graph/link_target.h).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "graph/construction_codes.h"
#include "graph/linker.h"

namespace skerry::graph {

template <LinkSpace Space>
template <class Selection>
void Linker<Space>::link_item(const Selection& selection, Slot item, std::uint32_t order,
                              Worker& worker) {
  Window& window = *worker.window;
  const std::byte* row = window.row(item);
  if (codes_ == nullptr) {
    link_item(selection, item, order, window, {row, kernels_.batch, dimension_}, worker);
  } else {
    link_item(selection, item, order, CodedWindow<Window>(window, codes_->codes()),
              codes_->aim(row, worker.query), worker);
  }
}

template <LinkSpace Space>
std::span<const Neighbor> Linker<Space>::candidates(Slot item, const Target& target,
                                                    Worker& worker) const {
  if (!target.codes) return worker.pool;
  slots_of(worker.pool, worker.slots);
  measure(item, worker.slots, worker, worker.candidates);
  std::sort(worker.candidates.begin(), worker.candidates.end());
  return worker.candidates;
}

template <LinkSpace Space>
template <class Selection, class View>
void Linker<Space>::link_item(const Selection& selection, Slot item, std::uint32_t order,
                              View&& view, const Target& target, Worker& worker) {
  Window& window = *worker.window;
  const unsigned item_top = space_->top_of(item);
  SearchScratch& scratch = worker.scratch;
  const unsigned first = std::min(item_top, top_level_);

  window.check(search_graph(view, target, space_->entry_points(), top_level_, first,
                            parameters_->ef_construction, scratch, worker.search_work,
                            space_->root()));
  for (unsigned level = first;; --level) {
    worker.pool.clear();
    for (std::size_t i = 0; i < scratch.beam.size(); ++i) worker.pool.push_back(scratch.beam[i]);
    worker.around.aim(item, level);
    const std::size_t cap = level == 0 ? parameters_->forward_links : space_->bounds().M;
    selection.select(candidates(item, target, worker), cap, true, worker.around, worker.selected);
    slots_of(worker.selected, worker.slots);
    space_->set_links(level, item, worker.slots);
    for (const Neighbor& chosen : worker.selected) {
      worker.incoming.push_back({chosen.slot, level, order, item, chosen.distance});
    }
    if (level == 0) {
      if (ranked() && !worker.selected.empty()) mark_parent(worker);
      break;
    }
    if (level == 1 && space_->root() != no_slot) {
      window.check(
          add_entry(view, target, space_->root(), worker.pool, scratch, worker.search_work));
    }
    window.check(search_level(view, target, worker.pool, parameters_->ef_construction, level - 1,
                              scratch, worker.search_work));
  }
}

}  // namespace skerry::graph
