#pragma once
// How a query that has limits reads lists and compares rows.

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "graph/query_limits.h"
#include "graph/search.h"

namespace skerry::graph {

/// One query on one view. What it computes lies in `scratch`, what it cost is added to `work`.
template <GraphView View>
class Explorer {
 public:
  Explorer(View& view, const Target& target, LimitWatch& limits, SearchScratch& scratch,
           SearchWork& work)
      : view_(&view), target_(target), limits_(&limits), scratch_(&scratch), work_(&work) {}

  View& view() const noexcept { return *view_; }

  /// The out-links of a node, valid until the next call; none when its record is missing, which
  /// counts as dangling.
  Code links(unsigned level, Slot slot, std::span<const Slot>& links) {
    links = {};
    scratch_->lap(Part::heap);
    const Code code = view_->links(level, slot, links);
    scratch_->lap(Part::store);
    if (code == Code::not_found) {
      links = {};
      ++work_->dangling;
      return Code::ok;
    }
    ++work_->hops;
    return code;
  }

  /// Compares scratch.fresh, cut to as many as the limits allow: scratch.distances belong to what
  /// is left in it. Cancelled when a limit was reached; what was cut is then not visited any more.
  Code compare() {
    std::vector<Slot>& fresh = scratch_->fresh;
    const std::size_t granted = limits_->grant(fresh.size());
    for (std::size_t i = granted; i < fresh.size(); ++i) scratch_->visited.erase(fresh[i]);
    fresh.resize(granted);
    if (!fresh.empty()) {
      const Code code = score(*view_, target_, fresh, *scratch_, *work_);
      if (code != Code::ok) return code;
    }
    return limits_->stopped() == Stopped::no ? Code::ok : Code::cancelled;
  }

  /// Calls `meet(distance, slot)` for what compare() left that has a row.
  template <class Meet>
  void for_each_compared(Meet&& meet) const {
    for (std::size_t i = 0; i < scratch_->fresh.size(); ++i) {
      const float distance = scratch_->distances[i];
      if (distance < std::numeric_limits<float>::infinity()) meet(distance, scratch_->fresh[i]);
    }
  }

  /// Descends from `entry_points` to level 1 with a beam of one, as search_graph() does
  /// (graph/search.h), and leaves the entries of level 0 in scratch.entries: as far as it came when
  /// a limit was reached. `root`, if it is a slot, is one of them. An entry without a row is
  /// infinitely far.
  Code descend(std::span<const Slot> entry_points, unsigned top_level, Slot root);

 private:
  View* view_;
  Target target_;
  LimitWatch* limits_;
  SearchScratch* scratch_;
  SearchWork* work_;
};

template <GraphView View>
Code Explorer<View>::descend(std::span<const Slot> entry_points, unsigned top_level, Slot root) {
  std::vector<Neighbor>& entries = scratch_->entries;
  std::vector<Slot>& fresh = scratch_->fresh;
  entries.clear();
  scratch_->visited.reset(view_->size());
  fresh.assign(entry_points.begin(), entry_points.end());
  Code code = compare();
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    entries.push_back({scratch_->distances[i], fresh[i]});
  }
  if (entries.empty()) return code;
  for (unsigned level = top_level; level > 0 && code == Code::ok; --level) {
    scratch_->visited.reset(view_->size());
    for (const Neighbor& entry : entries) scratch_->visited.insert(entry.slot);
    Neighbor nearest = *std::min_element(entries.begin(), entries.end());
    for (bool nearer = true; nearer && code == Code::ok;) {
      nearer = false;
      std::span<const Slot> neighbours;
      code = links(level, nearest.slot, neighbours);
      if (code != Code::ok) break;
      scratch_->take_unseen(neighbours);
      if (fresh.empty()) break;
      code = compare();
      for_each_compared([&](float distance, Slot slot) {
        if (!(Neighbor{distance, slot} < nearest)) return;
        nearest = {distance, slot};
        nearer = true;
      });
    }
    entries.assign(1, nearest);
  }
  const bool known = std::any_of(entries.begin(), entries.end(),
                                 [&](const Neighbor& entry) { return entry.slot == root; });
  if (code != Code::ok || root == max_slots || known) return code;
  scratch_->visited.reset(view_->size());
  fresh.assign(1, root);
  code = compare();
  if (!fresh.empty()) entries.push_back({scratch_->distances[0], root});
  return code;
}

}  // namespace skerry::graph
