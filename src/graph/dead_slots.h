#pragma once
// Slots that hold no live item, and why.
//
//   live       an item: row, lists, and searches return it
//   tombstone  deleted, but its row and lists stay and searches walk through it
//   gone       deleted with its row and lists; lists elsewhere may still link to it
//   free       nothing links to it: the next new item may take it
//
// A slot that was published changes only in the order live, tombstone, gone, free (steps may be
// left out), and a free one becomes live again; what a reader sees never changes under it, since it
// has a snapshot.

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/types.h"
#include "graph/meta.h"
#include "kv/store.h"

namespace skerry::graph {

enum class SlotState : std::uint8_t { live, tombstone, gone, free };

/// Key of the table `dead`; its value is empty.
struct DeadKey {
  std::array<std::byte, 5> bytes;

  DeadKey(SlotState state, Slot slot) noexcept {
    bytes[0] = static_cast<std::byte>(state);
    store_be32(bytes.data() + 1, slot);
  }
};

/// A set of slots as one bit each; takes no memory while it is empty.
class SlotSet {
 public:
  bool empty() const noexcept { return count_ == 0; }

  std::size_t size() const noexcept { return count_; }

  bool contains(Slot slot) const noexcept {
    const std::size_t word = slot / 64;
    return word < words_.size() && ((words_[word] >> (slot % 64)) & 1) != 0;
  }

  /// The lowest slot of the set that is not below `from`, or none.
  std::optional<Slot> next(Slot from) const noexcept {
    for (std::size_t word = from / 64; word < words_.size(); ++word) {
      const std::uint64_t below = word == from / 64 ? (std::uint64_t{1} << (from % 64)) - 1 : 0;
      const std::uint64_t bits = words_[word] & ~below;
      if (bits != 0) return static_cast<Slot>(word * 64 + std::countr_zero(bits));
    }
    return std::nullopt;
  }

  void insert(Slot slot) {
    if (contains(slot)) return;
    if (slot / 64 >= words_.size()) words_.resize(slot / 64 + 1, 0);
    words_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    ++count_;
  }

  void erase(Slot slot) noexcept {
    if (!contains(slot)) return;
    words_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
    --count_;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t count_ = 0;
};

/// The dead slots of one state of an index, in memory.
struct DeadSlots {
  SlotSet tombstones;
  SlotSet gone;
  SlotSet free;

  /// Whether nothing is dead.
  bool none() const noexcept { return tombstones.empty() && vacant_none(); }

  /// Whether `slot` has neither row nor lists.
  bool vacant(Slot slot) const noexcept { return gone.contains(slot) || free.contains(slot); }

  bool vacant_none() const noexcept { return gone.empty() && free.empty(); }

  bool dead(Slot slot) const noexcept { return tombstones.contains(slot) || vacant(slot); }

  /// Reads them. Throws Error{corrupt} when they contradict the counts of `meta`.
  static DeadSlots load(const kv::Snapshot& snapshot, kv::TableId table,
                        const std::string& table_name, const Meta& meta);
};

}  // namespace skerry::graph
