#pragma once
// Which item lies in which slot. Items whose id is their slot cost nothing.
//
// Table `ids`, absent where every slot is its item's id:
//   key 0, block u32   the ids of the slots 64 * block and following, u64 each; without the record,
//                      the block's slots are ids. The last block may be shorter.
//   key 1, id u64      the slot of an item whose id is not its slot, u32
// A free slot has the id `no_item`. A tombstone and a gone slot keep theirs, since links still lead
// there and the digest names their targets by id.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/types.h"
#include "kv/store.h"

namespace skerry::graph {

/// Not an id: ids are 0..2^64-2.
inline constexpr ItemId no_item = ~ItemId{0};

inline constexpr std::size_t ids_per_value = 64;

/// Key of the ids of a block of slots.
struct IdBlockKey {
  std::array<std::byte, 5> bytes;

  explicit IdBlockKey(Slot block) noexcept {
    bytes[0] = std::byte{0};
    store_be32(bytes.data() + 1, block);
  }
};

/// Key of the slot of an item.
struct ItemKey {
  std::array<std::byte, 9> bytes;

  explicit ItemKey(ItemId id) noexcept {
    bytes[0] = std::byte{1};
    store_be64(bytes.data() + 1, id);
  }
};

/// Reads the table of one snapshot, which must outlive it. Immutable; safe from many threads.
class IdMap {
 public:
  IdMap() = default;

  /// Without a table every slot is an id.
  IdMap(const kv::Snapshot& snapshot, std::optional<kv::TableId> table, std::string table_name,
        std::size_t slots)
      : snapshot_(&snapshot), table_(table), name_(std::move(table_name)), slots_(slots) {}

  /// Whether slots are ids, all of them.
  bool identity() const noexcept { return !table_; }

  /// The id that `slot` holds or held; no_item for a free slot. slot < slots. Throws Error{corrupt}
  /// and what the store reports.
  ItemId id_of(Slot slot) const;

  /// The slot that holds or held the item last; the caller knows which slots are dead. Throws as
  /// id_of().
  std::optional<Slot> slot_of(ItemId id) const;

  /// [slot]: id_of(slot); empty when slots are ids. Throws as id_of().
  std::vector<ItemId> load() const;

 private:
  Error damaged(Bytes key, std::string_view what) const;

  const kv::Snapshot* snapshot_ = nullptr;
  std::optional<kv::TableId> table_;
  std::string name_;
  std::size_t slots_ = 0;
};

}  // namespace skerry::graph
