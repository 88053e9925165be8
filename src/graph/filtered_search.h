#pragma once
// The beam search of level 0 with a filter, one hop at a time, for every view and metric. What
// decides between its ways is graph/plan_query.h.
//
//   walk     compares all neighbours of a node. Accepted ones enter the beam, rejected ones wait in
//            a heap of their own and lead on. Cost at a share s of accepted items: about that of a
//            search with a beam of ef / s.
//   two hop  compares accepted neighbours only; where they are fewer than the node has links, those
//            of rejected neighbours are taken in, which costs lists, not distances. Source: ACORN-1
//            (Patel et al., SIGMOD 2024, section 5).
//   scan     compares all accepted items that were not compared before.
//
// One walk may go from any way to any other: all share the beam and the marks, so no item is
// compared twice on level 0 and the beam never holds a slot twice.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "graph/explorer.h"
#include "graph/filter.h"
#include "graph/neighbor_heap.h"
#include "graph/search.h"

namespace skerry::graph {

/// A filter without one item: a query by an item never returns the item.
struct Acceptance {
  const Filter* filter;
  Slot excluded = no_slot;

  bool operator()(Slot slot) const { return slot != excluded && filter->accepts(slot); }
};

/// Reusable memory of one thread.
struct FilteredScratch {
  SearchScratch search;
  NeighborHeap rejected;      ///< met, not accepted, not expanded
  std::vector<Slot> bridges;  ///< rejected neighbours of the node that is expanded
  VisitedSet crossed;         ///< nodes whose lists two_hop() need not read again
};

/// What walk() has seen of level 0.
struct Seen {
  std::uint64_t hops = 0;      ///< expanded nodes
  std::uint64_t compared = 0;  ///< neighbours
  std::uint64_t accepted = 0;  ///< of those
};

/// Compares what is accepted and was not visited, and calls `meet(distance, slot)` for each.
/// `scratch` is the explorer's; what it calls visited was reset for this query.
template <GraphView View, class Meet>
Code compare_unseen(Explorer<View>& explorer, const Acceptance& accepts, SearchScratch& scratch,
                    Meet&& meet) {
  constexpr std::size_t together = 64;
  const std::size_t slots = explorer.view().size();
  for (std::size_t at = 0; at < slots;) {
    at = accepts.filter->next_slots(static_cast<Slot>(at), together, scratch.fresh);
    std::erase_if(scratch.fresh, [&](Slot slot) {
      return slot == accepts.excluded || !scratch.visited.insert(slot);
    });
    const Code code = explorer.compare();
    explorer.for_each_compared(meet);
    if (code != Code::ok) return code;
  }
  return Code::ok;
}

/// One query. Its calls return ok, what the view returned, or cancelled when a limit was reached:
/// the beam then holds the best so far.
template <GraphView View>
class FilteredSearch {
 public:
  /// `explorer` works on `scratch.search`.
  FilteredSearch(Explorer<View>& explorer, const Acceptance& accepts, FilteredScratch& scratch)
      : explorer_(&explorer), accepts_(accepts), scratch_(&scratch) {}

  /// Starts level 0 with a beam of `ef` from `entries` that carry their distances.
  void begin(std::size_t ef, std::span<const Neighbor> entries);

  /// Takes the nearest node that is worth expanding; false when there is none: the walk is over.
  bool next(Slot& node);

  /// Expands `node`, which next() gave.
  Code walk(Slot node);
  Code two_hop(Slot node);

  /// Forgets the rejected nodes that wait: from here on only accepted ones lead on.
  void drop_rejected() noexcept { scratch_->rejected.clear(); }

  /// Compares what is accepted and was not compared. begin() comes before it.
  Code scan();

  const Seen& seen() const noexcept { return seen_; }

  const Beam& beam() const noexcept { return scratch_->search.beam; }

 private:
  /// Whether the slot is accepted.
  bool place(float distance, Slot slot);

  bool beyond_beam(const Neighbor& neighbor) const noexcept {
    return beam().full() && beam()[beam().size() - 1] < neighbor;
  }

  void prefetch_next();

  Explorer<View>* explorer_;
  Acceptance accepts_;
  FilteredScratch* scratch_;
  Seen seen_;
};

template <GraphView View>
void FilteredSearch<View>::begin(std::size_t ef, std::span<const Neighbor> entries) {
  SearchScratch& search = scratch_->search;
  search.beam.reset(ef);
  search.visited.reset(explorer_->view().size());
  scratch_->crossed.reset(explorer_->view().size());
  scratch_->rejected.clear();
  seen_ = {};
  for (const Neighbor& entry : entries) {
    if (!search.visited.insert(entry.slot)) continue;
    if (entry.distance < std::numeric_limits<float>::infinity()) {
      place(entry.distance, entry.slot);
    } else {
      scratch_->rejected.push(entry);  // without a row it cannot be returned; its links lead on
    }
  }
}

template <GraphView View>
bool FilteredSearch<View>::place(float distance, Slot slot) {
  if (accepts_(slot)) {
    scratch_->search.beam.insert(distance, slot);
    return true;
  }
  // Beyond a full beam it would never be expanded.
  const Neighbor neighbor{distance, slot};
  if (!beyond_beam(neighbor)) scratch_->rejected.push(neighbor);
  return false;
}

template <GraphView View>
bool FilteredSearch<View>::next(Slot& node) {
  NeighborHeap& rejected = scratch_->rejected;
  Neighbor accepted;
  const bool some = scratch_->search.beam.peek(accepted);
  if (rejected.empty() || (some && accepted < rejected.top()) || beyond_beam(rejected.top())) {
    return some && scratch_->search.beam.pop(node);
  }
  node = rejected.pop().slot;
  return true;
}

template <GraphView View>
void FilteredSearch<View>::prefetch_next() {
  Neighbor accepted;
  const bool some = scratch_->search.beam.peek(accepted);
  const NeighborHeap& rejected = scratch_->rejected;
  if (!rejected.empty() && (!some || rejected.top() < accepted)) {
    explorer_->view().prefetch(rejected.top().slot);
  } else if (some) {
    explorer_->view().prefetch(accepted.slot);
  }
}

template <GraphView View>
Code FilteredSearch<View>::walk(Slot node) {
  SearchScratch& search = scratch_->search;
  prefetch_next();  // asked for only when it is next, its list is late
  std::span<const Slot> links;
  if (const Code code = explorer_->links(0, node, links); code != Code::ok) return code;
  ++seen_.hops;
  scratch_->crossed.insert(node);
  search.take_unseen(links);
  const Code code = explorer_->compare();
  seen_.compared += search.fresh.size();
  explorer_->for_each_compared(
      [&](float distance, Slot slot) { seen_.accepted += place(distance, slot) ? 1 : 0; });
  prefetch_next();
  return code;
}

template <GraphView View>
Code FilteredSearch<View>::two_hop(Slot node) {
  // Lists of bridges that are on their way from memory while one is looked at.
  constexpr std::size_t ahead = 4;
  SearchScratch& search = scratch_->search;
  std::vector<Slot>& bridges = scratch_->bridges;
  std::span<const Slot> links;
  if (const Code code = explorer_->links(0, node, links); code != Code::ok) return code;
  std::size_t accepted = 0;
  scratch_->crossed.insert(node);
  search.fresh.clear();
  bridges.clear();
  const auto meet = [&](Slot slot) {
    ++accepted;
    if (search.visited.insert(slot)) search.fresh.push_back(slot);
  };
  for (const Slot slot : links) {
    if (accepts_(slot)) {
      meet(slot);
    } else {
      bridges.push_back(slot);
    }
  }
  // As many accepted neighbours as the node has links, and half as many again as were rejected:
  // those that bridges lead to are not chosen for this node, as its own are. They count whether new
  // or not, so that a walk does not reach ever further where all near items are known.
  const std::size_t wanted = accepted + bridges.size() + bridges.size() / 2;
  for (std::size_t i = 0; i < std::min(bridges.size(), ahead); ++i) {
    explorer_->view().prefetch(bridges[i]);
  }
  for (std::size_t i = 0; i < bridges.size() && accepted < wanted; ++i) {
    if (i + ahead < bridges.size()) explorer_->view().prefetch(bridges[i + ahead]);
    if (!scratch_->crossed.insert(bridges[i])) continue;
    if (const Code code = explorer_->links(0, bridges[i], links); code != Code::ok) return code;
    for (const Slot slot : links) {
      if (accepts_(slot)) meet(slot);
    }
  }
  const Code code = explorer_->compare();
  explorer_->for_each_compared([&](float distance, Slot slot) { place(distance, slot); });
  prefetch_next();
  return code;
}

template <GraphView View>
Code FilteredSearch<View>::scan() {
  return compare_unseen(*explorer_, accepts_, scratch_->search, [&](float distance, Slot slot) {
    scratch_->search.beam.insert(distance, slot);
  });
}

}  // namespace skerry::graph
