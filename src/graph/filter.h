#pragma once
// Which items a query may return.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/types.h"
#include "graph/stored_index.h"

class Roaring64Map;  // <roaring/roaring64map.hh>

namespace skerry::graph {

/// A set of live slots of one open index, made once and used for any number of queries on any
/// number of threads. Must not outlive the index. Immutable.
///
/// A bitmap of ids is translated when the filter is made: n/8 bytes, and 4 bytes an item where the
/// items are few. A predicate is asked during queries, at most a few times an item and query, from
/// the threads that search: it must be pure and safe to call from them, and what it throws leaves
/// the query. Where one predicate serves many queries, a bitmap made of it is faster.
class Filter {
 public:
  /// Every live item.
  explicit Filter(const StoredIndex& index);

  /// The items of `ids`. Ids that the index does not hold are ignored. Throws what
  /// StoredIndex::slot_of() throws.
  Filter(const StoredIndex& index, const Roaring64Map& ids);

  /// The items whose id `accepts`, which must not be empty. Asks it about a sample here.
  /// `ids`: as IdMap::load() gives them, when the caller has them; they are not copied.
  Filter(const StoredIndex& index, std::function<bool(ItemId)> accepts,
         std::span<const ItemId> ids = {});

  const StoredIndex& index() const noexcept { return *index_; }

  /// Whether a query may return the item of `slot`. slot < the index's slots. Throws what a
  /// predicate throws.
  bool accepts(Slot slot) const {
    if (!words_.empty()) return ((words_[slot / 64] >> (slot % 64)) & 1) != 0;
    return predicate_ ? ask(slot) : !index_->dead().dead(slot);
  }

  /// Whether no live item is left out.
  bool everything() const noexcept { return everything_; }

  /// How many items pass, where that is known without asking about every one.
  std::optional<std::size_t> exact_count() const noexcept { return exact_count_; }

  /// The same, or an estimate from a sample of 2000 slots that depends on the index's size only.
  /// Relative standard error of an estimate: sqrt((1 - s) / (2000 s)) at a share s.
  std::size_t count() const noexcept { return count_; }

  /// Whether accepts() asks a predicate.
  bool asks() const noexcept { return static_cast<bool>(predicate_); }

  /// Replaces `slots` by at most `most` accepted slots from `from` on, ascending, and gives the
  /// slot at which to go on: the index's number of slots when it is through. Fewer, even none, say
  /// nothing: a predicate is asked about a few thousand slots at a time. Throws what it throws.
  Slot next_slots(Slot from, std::size_t most, std::vector<Slot>& slots) const;

 private:
  bool ask(Slot slot) const;
  ItemId id_of(Slot slot) const;

  const StoredIndex* index_;
  std::size_t slots_;
  std::vector<std::uint64_t> words_;  // one bit a slot; empty: everything, or a predicate
  std::vector<Slot> few_;             // the same, ascending, when that is no larger
  std::function<bool(ItemId)> predicate_;
  std::span<const ItemId> ids_;
  bool everything_ = false;
  std::optional<std::size_t> exact_count_;
  std::size_t count_ = 0;
};

}  // namespace skerry::graph
