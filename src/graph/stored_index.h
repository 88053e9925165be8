#pragma once
// One index inside a store, opened for reading.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "distance/encoding.h"
#include "distance/metric.h"
#include "graph/codec/codec.h"
#include "graph/dead_slots.h"
#include "graph/graph.h"
#include "graph/ids.h"
#include "graph/layout.h"
#include "graph/meta.h"
#include "graph/packing.h"
#include "graph/rows.h"
#include "kv/store.h"

namespace skerry::graph {

/// Where the rows of slots lie, or their codes.
struct RowPlaces {
  kv::TableId table{};
  Packing packing;
  bool codes = false;
  /// Where values of several rows may have places for slots that have none, their dead slots.
  const DeadSlots* dead = nullptr;

  /// As Packing::row() of the value of the slot's block; null for a slot that has no row.
  Code row(Bytes value, Slot slot, const std::byte*& row) const noexcept {
    const Code code = packing.row(value, slot, row);
    if (dead != nullptr && dead->vacant(slot)) row = nullptr;
    return code;
  }
};

/// An open index: one snapshot, shared by all views on it. Immutable; safe from many threads.
class StoredIndex {
 public:
  /// What the caller believes about the index; empty fields match anything.
  struct Expectation {
    std::string_view metric{};
    std::size_t dimension = 0;
  };

  /// Throws Error: not_found (no such index; names up to 20 others), mismatch (names both values),
  /// version, corrupt. The store must outlive the index.
  StoredIndex(kv::Store& store, std::string_view name, const Expectation& expected);

  StoredIndex(kv::Store& store, std::string_view name) : StoredIndex(store, name, {}) {}

  const std::string& name() const noexcept { return name_; }

  const Meta& meta() const noexcept { return meta_; }

  const distance::Metric& metric() const noexcept { return *metric_; }

  const LinkCodec& codec() const noexcept { return *codec_; }

  const kv::Snapshot& snapshot() const noexcept { return *snapshot_; }

  kv::TableId meta_table() const noexcept { return meta_table_; }

  /// The table `ids`; none where slots are ids.
  std::optional<kv::TableId> ids_table() const noexcept { return ids_table_; }

  kv::TableId vectors() const noexcept { return vectors_; }

  kv::TableId links() const noexcept { return links_; }

  const Packing& packing() const noexcept { return packing_; }

  /// What made the codes of this index; null when it has none.
  const distance::Encoder* encoder() const noexcept { return encoder_ ? &*encoder_ : nullptr; }

  RowPlaces row_places() const {
    const bool places_without_rows = packing_.rows_per_value() > 1 && !dead_.vacant_none();
    return {vectors_, packing_, false, places_without_rows ? &dead_ : nullptr};
  }

  /// Of an index with an encoder. Codes have a value each.
  RowPlaces code_places() const {
    return {*codes_table_, Packing({}, meta_.slots, encoder_->code_bytes()), true, nullptr};
  }

  const IdMap& ids() const noexcept { return ids_; }

  const DeadSlots& dead() const noexcept { return dead_; }

  /// The slot of a live item. Throws what IdMap::slot_of() throws.
  std::optional<Slot> slot_of(ItemId id) const;

  /// Bytes of a row.
  std::size_t row_bytes() const noexcept { return metric_->row_bytes(meta_.dimension); }

  /// The value that holds a list, and the list in it. A value may hold those of other slots, too
  /// (packing().lists_in). not_found when the item is not on the level.
  Code get_list(unsigned level, Slot slot, kv::Scope& scope, kv::View& value, Bytes& list) const;

  /// The row of a slot, valid as long as the scope and snapshot keep it. not_found without one.
  Code get_row(Slot slot, kv::Scope& scope, Bytes& row) const;

  /// Calls visit(id, slot) for every live item, by ascending slot. Throws what IdMap::load()
  /// throws.
  void for_each_item(const std::function<void(ItemId, Slot)>& visit) const;

  /// Reads all links (rows, codes) into memory, by slot. Throws corrupt with table and key on the
  /// first record that is missing, superfluous or contradicts the format.
  Graph load_graph() const;
  Rows load_rows() const;
  RowBlock load_codes() const;

 private:
  void load_encoder(const distance::Encoding& encoding);
  std::vector<unsigned> load_levels() const;
  void load_base_lists(Graph& graph, const std::vector<unsigned>& levels) const;
  void decode_list(unsigned level, Slot slot, const std::string& table, Bytes key, Bytes list,
                   const std::vector<unsigned>& levels, std::vector<Slot>& decoded) const;

  std::string name_;
  Meta meta_;
  const distance::Metric* metric_;
  const LinkCodec* codec_;
  std::unique_ptr<kv::Snapshot> snapshot_;
  kv::TableId meta_table_{};
  std::optional<kv::TableId> ids_table_;
  kv::TableId vectors_{};
  kv::TableId links_{};
  std::optional<kv::TableId> codes_table_;
  std::optional<distance::Encoder> encoder_;
  Packing packing_;
  IdMap ids_;
  DeadSlots dead_;
};

/// The meta record of an index. Throws Error: not_found, version, corrupt, and what the store
/// reports.
Meta read_meta(const kv::Snapshot& snapshot, kv::TableId table, std::string_view index);

/// The names of the indexes in a store, ascending.
std::vector<std::string> list_indexes(kv::Store& store);

}  // namespace skerry::graph
