#pragma once
// The view `frozen` for walks by codes that lie beside the links: where an encoding can compare
// many codes at a time, a hop on level 0 compares all neighbours at once and picks the distances of
// those that were asked for. Results and counts are those of FrozenView.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "base/prefetch.h"
#include "graph/neighbor_blocks.h"
#include "graph/views.h"

namespace skerry::graph {

class BlockView {
 public:
  /// `plain` shows the same graph with its codes. `blocks` outlives the view and is not empty.
  BlockView(const FrozenView& plain, const NeighborBlocks& blocks)
      : plain_(plain),
        blocks_(&blocks),
        kernel_(blocks.form().choose_kernel()),
        table_(blocks.form().table_bytes(blocks.dimension())) {}

  std::size_t size() const noexcept { return plain_.size(); }

  /// The query of the walks that follow, as its encoding codes it.
  void aim(const std::byte* query) {
    blocks_->form().write_table(query, blocks_->dimension(), table_.data());
  }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out) noexcept {
    if (level > 0) {
      list_ = {};
      return plain_.links(level, slot, out);
    }
    // Most of it prefetch() has asked for, but more than a processor keeps in mind: what it dropped
    // comes while the list is looked at. Measured 6 % faster.
    ask_for(blocks_->blocks(slot), blocks_->block_bytes());
    out = list_ = blocks_->links(slot);
    last_ = slot;
    return Code::ok;
  }

  /// Of slots that stand in the list that links() gave last, in its order; others are left to
  /// rows().
  bool distances(std::span<const Slot> slots, float* out) {
    constexpr std::size_t together = distance::BlockForm::codes;
    if (slots.empty() || slots.size() > list_.size()) return false;
    const std::byte* block = blocks_->blocks(last_);
    std::size_t found = 0;
    for (std::size_t first = 0; first < list_.size() && found < slots.size(); first += together) {
      kernel_(table_.data(), block, blocks_->dimension(), all_);
      block += blocks_->block_bytes();
      const std::size_t count = std::min(together, list_.size() - first);
      // No branch on whether a slot is wanted, which nobody could foretell.
      for (std::size_t i = 0; i < count && found < slots.size(); ++i) {
        out[found] = all_[i];
        found += list_[first + i] == slots[found] ? 1 : 0;
      }
    }
    return found == slots.size();
  }

  Code rows(std::span<const Slot> slots, const std::byte** out) const noexcept {
    return plain_.rows(slots, out);
  }

  void prefetch(Slot slot) const noexcept {
    // The whole record: unlike a list of links it will all be read.
    ask_for(blocks_->record(slot), blocks_->record_bytes());
  }

  RecordPlace failure() const noexcept { return plain_.failure(); }

  void measure(Stopwatch* stopwatch) const noexcept { plain_.measure(stopwatch); }

 private:
  FrozenView plain_;
  const NeighborBlocks* blocks_;
  distance::BlockForm::Kernel kernel_;
  std::vector<std::byte> table_;
  std::span<const Slot> list_;
  Slot last_ = 0;
  alignas(64) float all_[distance::BlockForm::codes];
};

static_assert(GraphView<BlockView>);

}  // namespace skerry::graph
