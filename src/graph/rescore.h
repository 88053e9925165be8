#pragma once
// The second look at what a walk by codes has found: by exact rows.

#include <algorithm>
#include <cstddef>

#include "graph/search.h"

namespace skerry::graph {

/// How many of `found` items are compared by exact rows: `oversample` times k, at least k.
inline std::size_t rescored(std::size_t found, std::size_t k, std::size_t oversample) noexcept {
  return k > found / oversample ? found : k * oversample;
}

/// Replaces scratch.beam, whose distances are those of codes, by the `most` nearest of it with
/// exact distances; most <= beam.size(). Returns what the view returned.
template <GraphView View>
Code rescore(View& view, const Target& target, std::size_t most, SearchScratch& scratch,
             SearchWork& work) {
  std::vector<Slot>& slots = scratch.fresh;
  slots.clear();
  for (std::size_t i = 0; i < most; ++i) slots.push_back(scratch.beam[i].slot);
  std::sort(slots.begin(), slots.end());  // as they lie in a store
  scratch.beam.reset(slots.size());
  if (slots.empty()) return Code::ok;
  if (const Code code = score(view, target, slots, scratch, work); code != Code::ok) return code;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    scratch.beam.insert(scratch.distances[i], slots[i]);
  }
  return Code::ok;
}

}  // namespace skerry::graph
