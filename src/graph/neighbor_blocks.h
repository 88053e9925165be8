#pragma once
// Level 0 of a graph in memory, with the codes of each node's neighbours beside its links.

#include <cstddef>
#include <span>

#include "base/types.h"
#include "distance/code_blocks.h"
#include "distance/encoding.h"
#include "graph/graph.h"
#include "graph/rows.h"

namespace skerry::graph {

/// One record of fixed size for each slot: the number of links, M0 slots, and from the next cache
/// line on blocks of mixed codes (distance/code_blocks.h) in the order of the links. A hop reads
/// one record, from front to back.
class NeighborBlocks {
 public:
  NeighborBlocks() = default;

  /// Copies what it needs. `codes` are those of `encoder`, whose encoding has blocks, by slot.
  NeighborBlocks(const Graph& graph, const RowBlock& codes, const distance::Encoder& encoder);

  bool empty() const noexcept { return records_.size() == 0; }

  std::span<const Slot> links(Slot slot) const noexcept {
    const auto* list = reinterpret_cast<const Slot*>(records_[slot]);
    return {list + 1, list[0]};
  }

  /// The first of the blocks of links(slot), block_bytes() each.
  const std::byte* blocks(Slot slot) const noexcept { return records_[slot] + blocks_at_; }

  std::size_t block_bytes() const noexcept { return block_bytes_; }

  const std::byte* record(Slot slot) const noexcept { return records_[slot]; }

  std::size_t record_bytes() const noexcept { return records_.row_bytes(); }

  const distance::BlockForm& form() const noexcept { return *form_; }

  std::size_t dimension() const noexcept { return dimension_; }

  std::size_t resident_bytes() const noexcept { return records_.resident_bytes(); }

 private:
  const distance::BlockForm* form_ = nullptr;
  std::size_t dimension_ = 0;
  std::size_t blocks_at_ = 0;
  std::size_t block_bytes_ = 0;
  RowBlock records_;
};

}  // namespace skerry::graph
