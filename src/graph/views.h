#pragma once
// Three of the places where a search may find nodes (GraphView in graph/search.h; the fourth is in
// graph/cached_view.h; graph/block_view.h is `frozen` where codes lie inline):
//
//   direct  the store, on every access
//   memo    the store once per record, then a remembered pointer into it; needs a store whose
//           views live as long as the snapshot
//   frozen  the whole index decoded into memory before the first query
//
// All three show the same graph and rows, so results and distance counts are equal.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "graph/inline_codes.h"
#include "graph/rows.h"
#include "graph/search.h"
#include "graph/stored_index.h"

namespace skerry::graph {

/// Reads a graph and rows, or codes, in memory; also the view of a build over its own graph.
class FrozenView {
 public:
  FrozenView(const Graph& graph, const RowBlock& rows) : graph_(&graph), rows_(&rows) {}

  /// Rows of vacant slots are missing.
  FrozenView(const Graph& graph, const RowBlock& rows, const DeadSlots& dead)
      : graph_(&graph), rows_(&rows), dead_(dead.vacant_none() ? nullptr : &dead) {}

  std::size_t size() const noexcept { return rows_->size(); }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out) const noexcept {
    out = graph_->links(level, slot);
    return Code::ok;
  }

  Code rows(std::span<const Slot> slots, const std::byte** out) const noexcept {
    rows_->gather(slots, out);
    if (dead_ == nullptr) return Code::ok;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (dead_->vacant(slots[i])) out[i] = nullptr;
    }
    return Code::ok;
  }

  void prefetch(Slot slot) const noexcept {
    const auto* list = static_cast<const std::byte*>(graph_->address(0, slot));
    __builtin_prefetch(list);
    __builtin_prefetch(list + 64);
    __builtin_prefetch(list + 128);
  }

  RecordPlace failure() const noexcept { return {}; }  // records in memory do not fail

  void measure(Stopwatch*) const noexcept {}  // nothing is decoded

 private:
  const Graph* graph_;
  const RowBlock* rows_;
  const DeadSlots* dead_ = nullptr;
};

/// Asks the store for every record, one multi_get for the rows of a hop.
class DirectView {
 public:
  /// `places`: of the index's rows, or of its codes.
  DirectView(const StoredIndex& index, const RowPlaces& places);

  std::size_t size() const noexcept { return index_->meta().slots; }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out);
  Code rows(std::span<const Slot> slots, const std::byte** out);

  void prefetch(Slot) const noexcept {}

  RecordPlace failure() const noexcept { return failure_; }

  /// To be told where decoding begins and ends; null for none.
  void measure(Stopwatch* stopwatch) noexcept { stopwatch_ = stopwatch; }

 private:
  const StoredIndex* index_;
  RowPlaces places_;
  kv::Scope link_scope_;
  kv::Scope row_scope_;
  std::vector<Slot> decoded_;
  std::vector<std::array<std::byte, 4>> key_bytes_;
  std::vector<kv::Key> keys_;
  std::vector<kv::View> values_;
  InlineCodes beside_;
  RecordPlace failure_;
  Stopwatch* stopwatch_ = nullptr;
};

/// Remembered places of records, shared by the views of all threads on one StoredIndex. Filled on
/// first use; dies before the index does.
class Memo {
 public:
  /// Remembers codes, too, when asked to, of an index that has them. Throws Error{unsupported} when
  /// the store's views do not live as long as the snapshot.
  Memo(const StoredIndex& index, bool with_codes);

  const StoredIndex& index() const noexcept { return *index_; }

  /// Bytes of the pointer tables.
  std::size_t resident_bytes() const noexcept;

 private:
  friend class MemoView;

  // One word holds a record's address in 48 bits and its size in 16: it is read and written without
  // a lock, and a record that does not fit in it is not remembered.
  using Word = std::atomic<std::uint64_t>;

  /// Rows, or codes, by slot.
  struct RowTable {
    RowPlaces places;
    std::unique_ptr<std::atomic<const std::byte*>[]> pointers;
  };

  const StoredIndex* index_;
  std::vector<std::unique_ptr<Word[]>> links_;  ///< per level, one word a slot
  RowTable rows_;
  std::optional<RowTable> codes_;
};

class MemoView {
 public:
  /// `codes`: in place of rows; of a memo that remembers them.
  explicit MemoView(Memo& memo, bool codes = false);

  std::size_t size() const noexcept { return memo_->index_->meta().slots; }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out);
  Code rows(std::span<const Slot> slots, const std::byte** out);
  void prefetch(Slot slot) const noexcept;

  RecordPlace failure() const noexcept { return failure_; }

  void measure(Stopwatch* stopwatch) noexcept { stopwatch_ = stopwatch; }

 private:
  Code fetch_list(unsigned level, Slot slot, Bytes& list);
  Code decode(unsigned level, Slot slot, Bytes list);
  Code fetch_row(Slot slot, const std::byte*& row);

  Memo* memo_;
  Memo::RowTable* table_;
  std::size_t asked_;  ///< bytes of a row that rows() asks for
  kv::Scope scope_;
  std::vector<Slot> decoded_;
  InlineCodes beside_;
  RecordPlace failure_;
  Stopwatch* stopwatch_ = nullptr;
};

static_assert(GraphView<FrozenView> && GraphView<DirectView> && GraphView<MemoView>);

}  // namespace skerry::graph
