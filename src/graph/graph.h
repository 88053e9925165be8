#pragma once
// The adjacency of an HNSW graph in memory: what a build produces and what `frozen` searches read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/large_pages.h"
#include "base/types.h"

namespace skerry::graph {

/// Bounds on out-links: `M` above level 0, `M0` on it.
struct DegreeBounds {
  std::uint32_t M = 16;
  std::uint32_t M0 = 32;

  std::uint32_t at(unsigned level) const noexcept { return level == 0 ? M0 : M; }
};

/// Level 0 lies in one array with fixed stride (count, then M0 slots), the upper levels of an item
/// one after the other in a second one. Writing lists of different slots from different threads is
/// safe; everything else that changes the graph is not.
class Graph {
 public:
  explicit Graph(DegreeBounds bounds = {}) : bounds_(bounds) {}

  /// Appends an item that is present on levels 0..top with empty lists. Its slot is size() - 1.
  void add_item(unsigned top);

  /// Appends a slot that holds no item.
  void add_vacant();

  /// Slots, vacant ones included.
  std::size_t size() const noexcept { return levels_.size(); }

  /// Slots that hold an item.
  std::size_t items() const noexcept { return items_; }

  DegreeBounds bounds() const noexcept { return bounds_; }

  /// The number of levels on which `slot` is present: its top level plus one, or 0 when vacant.
  unsigned levels_of(Slot slot) const noexcept { return levels_[slot]; }

  /// Highest level on which the item of `slot` is present.
  unsigned top_of(Slot slot) const noexcept { return levels_[slot] - 1U; }

  std::span<const Slot> links(unsigned level, Slot slot) const noexcept {
    const Slot* list = list_of(level, slot);
    return {list + 1, list[0]};
  }

  /// Replaces the list; links.size() <= bounds().at(level), level < levels_of(slot).
  void set_links(unsigned level, Slot slot, std::span<const Slot> links) noexcept {
    Slot* list = const_cast<Slot*>(list_of(level, slot));
    list[0] = static_cast<Slot>(links.size());
    std::copy(links.begin(), links.end(), list + 1);
  }

  /// Where searches start; empty when the graph is.
  std::span<const Slot> entry_points() const noexcept { return entry_points_; }

  void set_entry_points(std::vector<Slot> slots) { entry_points_ = std::move(slots); }

  /// Highest level that an item has, 0 for an empty graph.
  unsigned top_level() const noexcept { return top_level_; }

  /// First bytes of a list, for prefetching.
  const void* address(unsigned level, Slot slot) const noexcept { return list_of(level, slot); }

  std::size_t resident_bytes() const noexcept;

  /// Reserves room for `items`.
  void reserve(std::size_t items);

 private:
  const Slot* list_of(unsigned level, Slot slot) const noexcept {
    if (level == 0) return base_.data() + slot * (std::size_t{bounds_.M0} + 1);
    return upper_.data() + upper_start_[slot] + (level - 1) * (std::size_t{bounds_.M} + 1);
  }

  DegreeBounds bounds_;
  std::vector<Slot, LargePageAllocator<Slot>> base_;
  std::vector<Slot> upper_;
  std::vector<std::uint64_t> upper_start_;
  std::vector<std::uint8_t> levels_;
  std::vector<Slot> entry_points_;
  unsigned top_level_ = 0;
  std::size_t items_ = 0;
};

}  // namespace skerry::graph
