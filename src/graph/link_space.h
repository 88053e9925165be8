#pragma once
// What insertion and repair of links need of the place where a graph lies: the arrays of a build
// (graph/build_space.h), or what an update has read from a store and changed (graph/live_graph.h).

#include <concepts>
#include <span>

#include "base/types.h"
#include "graph/graph.h"
#include "graph/lineage.h"
#include "graph/search.h"

namespace skerry::graph {

/// One thread's window on a space; a GraphView that also has, for items that are there,
///   row(slot)          the row, valid as long as the space
///   list(level, slot)  the out-links without those to deleted items, valid until the space's next
///                      change of this list or the window's next call
///   lineage(slot)      its rank and parent, where connectivity is `parent`
/// Both throw what the store reports; so does check(code), given what links() or rows() returned.
template <class V>
concept LinkWindow = GraphView<V> && requires(V& window, unsigned level, Slot slot, Code code) {
  { window.row(slot) } -> std::same_as<const std::byte*>;
  { window.list(level, slot) } -> std::same_as<std::span<const Slot>>;
  { window.lineage(slot) } -> std::same_as<Lineage>;
  { window.check(code) } -> std::same_as<void>;
};

/// holds(slot): there is an item with lists. root(): where walks on level 0 also start, or no_slot.
/// next_rank() gives each rank once.
/// will_write(level, slot) announces set_links() on a list; announcements come from one thread and
/// while no window is used. Then set_links() of different lists may come from different threads.
template <class S>
concept LinkSpace = LinkWindow<typename S::Window> &&
    requires(S& space, const S& read, unsigned level, unsigned thread, Slot slot,
             std::span<const Slot> links, std::vector<Slot> entries, const Lineage& lineage) {
  { space.window(thread) } -> std::same_as<typename S::Window&>;
  { read.bounds() } -> std::same_as<DegreeBounds>;
  { read.top_of(slot) } -> std::same_as<unsigned>;
  { read.entry_points() } -> std::convertible_to<std::span<const Slot>>;
  { space.set_entry_points(std::move(entries)) } -> std::same_as<void>;
  { space.will_write(level, slot) } -> std::same_as<void>;
  { space.set_links(level, slot, links) } -> std::same_as<void>;
  { read.holds(slot) } -> std::same_as<bool>;
  { read.root() } -> std::same_as<Slot>;
  { space.set_root(slot) } -> std::same_as<void>;
  { space.set_lineage(slot, lineage) } -> std::same_as<void>;
  { space.next_rank() } -> std::same_as<std::uint64_t>;
};

}  // namespace skerry::graph
