#pragma once
// The fourth place where a search may find nodes: `cached(mib=64)`, the store behind a bounded
// memory of the nodes that were met last.
//
// An entry is one node's row and its decoded list of level 0; lists above are asked for each time,
// as in `direct`. When the memory is full, the node that was not met for longest leaves. For stores
// that copy what they hand out (rocksdb open for writing), where `memo` has no lasting places to
// remember and `frozen` takes more memory than there is.
//
// Each view, and so each searcher, has a memory of its own: nothing is shared and nothing is
// locked. Results and distance counts are those of every other view.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "graph/stored_index.h"
#include "graph/views.h"

namespace skerry::graph {

/// The parameters of the spec `cached`.
std::span<const Parameter> cached_view_parameters();

/// Bytes that the spec `cached(mib=..)` grants. Throws Error{invalid_argument}.
std::size_t cached_view_bytes(const Spec& spec);

class CachedView {
 public:
  /// `bytes` bounds entries and the order of their leaving; a table of 4 bytes a slot comes on top.
  /// Room for one hop is always there. `places`: of rows, or of their codes. `index` outlives the
  /// view.
  CachedView(const StoredIndex& index, const RowPlaces& places, std::size_t bytes);

  std::size_t size() const noexcept { return direct_.size(); }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out);
  Code rows(std::span<const Slot> slots, const std::byte** out);

  void prefetch(Slot slot) const noexcept;

  RecordPlace failure() const noexcept { return direct_.failure(); }

  void measure(Stopwatch* stopwatch) noexcept { direct_.measure(stopwatch); }

  /// The most nodes that are remembered at a time.
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  // Entry 0 is the end of the ring: its `newer` is the node met longest ago, its `older` the last.
  struct Entry {
    std::uint32_t older = 0;
    std::uint32_t newer = 0;
    Slot slot = no_slot;
    std::uint32_t links = no_list;  ///< of the list
    bool row = false;
  };

  static constexpr std::uint32_t no_list = ~std::uint32_t{0};

  std::uint32_t touch(Slot slot);
  void unlink(std::uint32_t entry) noexcept;
  void make_newest(std::uint32_t entry) noexcept;

  std::byte* row_of(std::uint32_t entry) noexcept { return rows_.get() + entry * row_bytes_; }

  Slot* list_of(std::uint32_t entry) noexcept { return lists_.get() + entry * longest_; }

  DirectView direct_;
  std::size_t row_bytes_;
  std::size_t longest_;  ///< links of a list of level 0
  std::size_t capacity_;
  std::vector<std::uint32_t> place_;  ///< [slot]: its entry, or 0
  std::vector<Entry> entries_;
  std::unique_ptr<std::byte[]> rows_;
  std::unique_ptr<Slot[]> lists_;
  std::vector<Slot> missing_;
  std::vector<std::size_t> missing_at_;
  std::vector<const std::byte*> found_;
};

static_assert(GraphView<CachedView>);

}  // namespace skerry::graph
