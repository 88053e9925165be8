#pragma once
// The work behind graph/verify_index.h. Its parts lie in verify_index.cc (meta, totals), in
// verify_tables.cc (dead, ids, vectors, codes, staged), in verify_links.cc (links, reverse) and in
// verify_parents.cc (parents, the root).

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "distance/encoding.h"
#include "distance/metric.h"
#include "graph/codec/codec.h"
#include "graph/dead_slots.h"
#include "graph/lineage.h"
#include "graph/meta.h"
#include "graph/packing.h"
#include "graph/rows.h"
#include "graph/verify_index.h"
#include "kv/store.h"

namespace skerry::graph {

class Verifier {
 public:
  Verifier(kv::Store& store, std::string_view name);

  IndexCheck run();

 private:
  /// The lists of one level by ascending slot, those that could be decoded.
  struct Level {
    std::vector<Slot> slots;
    std::vector<std::uint64_t> starts = {0};  ///< of slots[i]'s list; the end of the last one
    std::vector<Slot> targets;

    std::span<const Slot> list(std::size_t at) const {
      return std::span(targets).subspan(starts[at], starts[at + 1] - starts[at]);
    }

    std::span<const Slot> list_of(Slot slot) const;
  };

  using Visit = std::function<void(kv::Key key, Bytes value)>;

  // verify_index.cc
  bool read_meta();
  bool room_for_slots();
  void check_totals();
  void check_entry_points();
  void check_digest();
  void check_reachable();

  // verify_tables.cc
  void check_dead();
  void check_ids();
  void take_id_block(kv::Key key, Bytes value, std::vector<bool>& own);
  void check_items_and_slots(const std::map<ItemId, Slot>& slot_of);
  void check_vectors();
  void check_row(Slot slot, Bytes key, const std::byte* row);
  void check_codes();
  void check_staged();

  // verify_links.cc
  void check_base_lists();
  void take_base_block(std::string_view part, Bytes key, Slot block, Bytes value);
  void check_upper_lists();
  bool take_list(unsigned level, Slot slot, std::string_view part, Bytes key, Bytes list);
  void check_inline_codes(Slot slot, Bytes key, Bytes codes);
  void check_targets();
  void check_reverse();
  void check_reverse_level(unsigned level);

  // verify_parents.cc
  void check_root();
  void check_parents();
  std::vector<Lineage> read_lineages();
  void check_ranks(const std::vector<Lineage>& lineages);
  void check_parent(Slot slot, const std::vector<Lineage>& lineages);

  /// Visits all records of a table, or those whose keys start with `prefix`.
  void each(std::string_view part, const Visit& visit, Bytes prefix = {});

  void damage(std::string_view part, Bytes key, std::string what);
  void damage_in_meta(std::string what);
  void find(Finding finding);

  std::optional<kv::TableId> table(std::string_view part) const;

  bool vacant(Slot slot) const { return states_[slot] >= SlotState::gone; }

  ItemId id_of(Slot slot) const { return ids_.empty() ? ItemId{slot} : ids_[slot]; }

  std::pair<std::string_view, std::vector<std::byte>> place_of(unsigned level, Slot slot) const;

  std::string name_;
  std::map<std::string, kv::TableId, std::less<>> tables_;
  std::unique_ptr<kv::Snapshot> snapshot_;
  IndexCheck check_;
  std::map<std::string, std::size_t> found_in_;  ///< findings, by table
  Meta meta_;
  const distance::Metric* metric_ = nullptr;
  const LinkCodec* codec_ = nullptr;
  Packing packing_;
  std::vector<SlotState> states_;
  std::vector<ItemId> ids_;                       ///< [slot]; empty when slots are ids
  std::vector<std::uint8_t> levels_;              ///< [slot]: on how many levels it is
  std::vector<Level> lists_;                      ///< [level]
  const distance::Encoding* encoding_ = nullptr;  ///< of codes, where the index keeps some
  RowBlock codes_;           ///< those of the table, where they lie beside the links as well
  std::vector<bool> coded_;  ///< [slot]: it has one there
  std::vector<std::byte> row_;
  std::vector<Slot> decoded_;
};

}  // namespace skerry::graph
