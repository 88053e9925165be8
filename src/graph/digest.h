#pragma once
// A fingerprint of a graph that is the same wherever the same graph lies.

#include <span>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace skerry::graph {

/// The sum mod 2^128 of XXH3_128 (seed 0) over one little-endian record for
///   every directed link   level u8, source id u64, target id u64
///   every item            0xFE u8, id u64, top level u8
///   every entry point     0xFF u8, id u64
/// as 32 lower-case hex digits, high half first. Ids are external ids, so that slots, order, codec,
/// layout, store and thread count do not enter; a sum, so that updates can keep it up link by link.
class Digest {
 public:
  Digest() = default;

  /// From the hex digits; Error{corrupt} when they are none.
  explicit Digest(std::string_view hex);

  void add_link(unsigned level, ItemId source, ItemId target) {
    sum_ += link(level, source, target);
  }

  void remove_link(unsigned level, ItemId source, ItemId target) {
    sum_ -= link(level, source, target);
  }

  void add_item(ItemId id, unsigned top) { sum_ += item(id, top); }

  void remove_item(ItemId id, unsigned top) { sum_ -= item(id, top); }

  void add_entry_point(ItemId id) { sum_ += entry_point(id); }

  void remove_entry_point(ItemId id) { sum_ -= entry_point(id); }

  std::string hex() const;

 private:
  using Sum = unsigned __int128;

  static Sum link(unsigned level, ItemId source, ItemId target);
  static Sum item(ItemId id, unsigned top);
  static Sum entry_point(ItemId id);

  Sum sum_ = 0;
};

/// ids[slot] is an item's id; without `ids` slots are ids.
std::string graph_digest(const Graph& graph, std::span<const ItemId> ids = {});

}  // namespace skerry::graph
