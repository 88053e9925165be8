#include "graph/neighbor_blocks.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace skerry::graph {

namespace {

constexpr std::size_t cache_line = 64;
constexpr std::size_t together = distance::BlockForm::codes;

}  // namespace

NeighborBlocks::NeighborBlocks(const Graph& graph, const RowBlock& codes,
                               const distance::Encoder& encoder)
    : form_(encoder.encoding().blocks()), dimension_(encoder.dimension()) {
  const std::size_t most = graph.bounds().M0;
  const std::size_t list_bytes = (most + 1) * sizeof(Slot);
  blocks_at_ = (list_bytes + cache_line - 1) / cache_line * cache_line;
  block_bytes_ = form_->block_bytes(dimension_);
  const std::size_t blocks = (most + together - 1) / together;
  records_ = RowBlock(blocks_at_ + blocks * block_bytes_, graph.size());
  std::array<const std::byte*, together> mixed{};
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    if (graph.levels_of(slot) == 0) continue;
    const std::span<const Slot> links = graph.links(0, slot);
    std::byte* record = records_.mutable_row(slot);
    const auto count = static_cast<Slot>(links.size());
    std::memcpy(record, &count, sizeof(count));
    std::memcpy(record + sizeof(count), links.data(), links.size_bytes());
    std::byte* block = record + blocks_at_;
    for (std::size_t first = 0; first < links.size(); first += together, block += block_bytes_) {
      const std::size_t last = std::min(first + together, links.size());
      for (std::size_t j = first; j < last; ++j) mixed[j - first] = codes[links[j]];
      form_->write_block(mixed.data(), last - first, dimension_, block);
    }
  }
}

}  // namespace skerry::graph
