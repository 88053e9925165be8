#pragma once
// What an update has read of a stored index, and what it changes: a LinkSpace over a snapshot, with
// the changed lists, rows and slots in memory until they are written by one transaction.
//
// Everything costs in proportion to what is touched: lists and rows are read when they are asked
// for, each at most once an update, and only changed records are written.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "graph/dead_slots.h"
#include "graph/link_space.h"
#include "graph/stored_index.h"

namespace skerry::graph {

/// Records that one update wrote, erased ones included.
struct UpdateWork {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  ///< of keys and values
  std::uint64_t lists = 0;  ///< of the records, link lists
};

/// The tables that an update writes; without `reverse`, `parents` or `codes` none is kept.
struct UpdateTables {
  kv::TableId meta{}, ids{}, dead{}, vectors{}, links{};
  std::optional<kv::TableId> codes;
  std::optional<kv::TableId> reverse;
  std::optional<kv::TableId> parents;  ///< where connectivity is `parent`
};

class LiveGraph {
 public:
  class Window;

  /// `index` outlives this; `room` is the most items that will be added. Throws Error{unsupported}
  /// for a layout with rows and lists together.
  LiveGraph(const StoredIndex& index, const UpdateTables& tables, std::size_t room,
            unsigned threads);

  // As a LinkSpace.

  Window& window(unsigned thread) noexcept;

  DegreeBounds bounds() const noexcept { return meta_.bounds; }

  unsigned top_of(Slot slot) const { return tops_.at(slot); }  ///< of items added here

  std::span<const Slot> entry_points() const noexcept { return meta_.entry_points; }

  void set_entry_points(std::vector<Slot> slots);

  bool holds(Slot slot) const noexcept { return !dead_.vacant(slot); }

  Slot root() const noexcept { return meta_.root; }

  void set_root(Slot slot) noexcept { meta_.root = slot; }

  void set_lineage(Slot slot, const Lineage& lineage) { lineages_[slot] = lineage; }

  std::uint64_t next_rank() noexcept { return meta_.ranks++; }

  void will_write(unsigned level, Slot slot);

  void set_links(unsigned level, Slot slot, std::span<const Slot> links);

  // Items.

  /// Puts an item with empty lists into a free slot, or a new one. `id` has no live item.
  Slot add(ItemId id, Bytes row, unsigned top);

  /// The item's slot, unless it is deleted.
  std::optional<Slot> slot_of(ItemId id) const;

  /// The stored links of `slot` to slots of `targets`: level and target.
  std::vector<std::pair<unsigned, Slot>> links_to(Slot slot, const SlotSet& targets) const;

  /// The number of levels on which the item of a live slot or tombstone stands.
  unsigned levels_of(Slot slot);

  /// Takes an item away from searches and from the map of ids; its row and lists stay.
  void bury(Slot slot);

  /// Takes row and lists of a live slot or tombstone away. `linked`: lists elsewhere may still lead
  /// there.
  void remove(Slot slot, bool linked);

  /// No list leads to this gone slot any more.
  void set_free(Slot slot);

  /// Gives the index a new entry point and top level when the ones it had are removed.
  void renew_entry_points();

  /// In-links by the table `reverse`, as they were in the snapshot. Throws unsupported without one.
  std::vector<Slot> in_links(unsigned level, Slot slot) const;

  /// How many staged items the meta record will tell of.
  void set_staged(std::uint64_t count) noexcept { meta_.staged = count; }

  const DeadSlots& dead() const noexcept { return dead_; }

  const Meta& meta() const noexcept { return meta_; }

  /// Items with lists.
  std::size_t node_count() const noexcept {
    return meta_.items_per_level.empty() ? 0 : meta_.items_per_level[0];
  }

  /// Writes all that changed, the meta record last. Throws what the transaction reports; it is then
  /// to be aborted.
  UpdateWork write(kv::Transaction& transaction);

 private:
  friend class Window;
  friend class LiveGraphWriter;

  struct List {
    std::vector<Slot> before;  ///< as stored
    std::vector<Slot> now;
    bool stored = false;  ///< there is a record
    bool read = false;    ///< `before` and `now` are filled
    bool removed = false;
  };

  static std::uint64_t key_of(unsigned level, Slot slot) noexcept {
    return (std::uint64_t{level} << 32) | slot;
  }

  Code stored_list(unsigned level, Slot slot, kv::Scope& scope, std::vector<Slot>& out) const;
  void read(List& list, unsigned level, Slot slot, kv::Scope& scope) const;
  bool present(unsigned level, Slot slot);
  SlotState state_of(Slot slot) const noexcept;
  void mark(Slot slot, SlotState state);
  ItemId id_of(Slot slot);
  std::optional<Slot> first_on_level(unsigned level);

  using RowPointer = std::atomic<const std::byte*>;

  struct FreeArray {
    void operator()(RowPointer* array) const noexcept { std::free(array); }
  };

  const StoredIndex* index_;
  UpdateTables tables_;
  Meta meta_;
  DeadSlots dead_;
  Slot first_free_ = 0;  ///< no free slot of the snapshot below it is left
  bool stable_views_;
  std::size_t capacity_;

  std::unordered_map<std::uint64_t, List> lists_;           ///< by key_of()
  std::unordered_map<Slot, unsigned> tops_;                 ///< of items added here
  std::map<Slot, std::vector<std::byte>> new_rows_;         ///< to be written
  std::map<Slot, Lineage> lineages_;                        ///< changed
  std::vector<Slot> removed_rows_;                          ///< to be erased
  std::unordered_map<Slot, unsigned> removed_levels_;       ///< of those
  std::map<Slot, std::pair<SlotState, SlotState>> states_;  ///< before, now
  std::map<ItemId, std::optional<Slot>> slots_of_;          ///< changed: none when deleted
  std::map<Slot, ItemId> ids_of_;                           ///< changed
  std::unordered_map<Slot, ItemId> known_ids_;
  /// [slot]: the row, once it was asked for. The system gives zeroed pages as they are touched.
  std::unique_ptr<RowPointer[], FreeArray> rows_;
  std::vector<Window> windows_;
};

/// One thread's view.
class LiveGraph::Window {
 public:
  explicit Window(LiveGraph& graph) : graph_(&graph) {}

  std::size_t size() const noexcept { return graph_->meta_.slots; }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out);
  Code rows(std::span<const Slot> slots, const std::byte** out);

  void prefetch(Slot) const noexcept {}

  RecordPlace failure() const noexcept { return failure_; }

  const std::byte* row(Slot slot);
  std::span<const Slot> list(unsigned level, Slot slot);
  Lineage lineage(Slot slot);
  void check(Code code) const;

 private:
  const std::byte* keep(Slot slot, Bytes row);

  LiveGraph* graph_;
  kv::Scope link_scope_;
  kv::Scope row_scope_;
  std::vector<Slot> decoded_;
  std::vector<std::array<std::byte, 4>> key_bytes_;
  std::vector<kv::Key> keys_;
  std::vector<kv::View> values_;
  std::vector<std::size_t> missing_;
  std::deque<std::vector<std::byte>> copies_;  ///< rows of stores whose views do not last
  RecordPlace failure_;
};

}  // namespace skerry::graph
