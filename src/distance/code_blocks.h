#pragma once
// Codes that are compared many at a time.
//
// The codes of a node's neighbours are compared with the same query at the same moment. Mixed into
// one block, a piece of each beside the same piece of the others, one instruction serves many of
// them. Distances are those of Encoding::choose_kernel(), bit for bit. Source of the idea: André,
// Kermarrec & Le Scouarnec, "Cache locality is not enough: high-performance nearest neighbor search
// with product quantization fast scan" (VLDB 2015); beside links: Gou et al., "SymphonyQG: towards
// symphonious integration of quantization and graph for approximate nearest neighbor search"
// (SIGMOD 2025).

#include <cstddef>

namespace skerry::distance {

/// How an encoding mixes its codes. Immutable, lives for the whole program.
struct BlockForm {
  /// Codes in a block. One that is not full is padded and costs as much as a full one.
  static constexpr std::size_t codes = 32;

  /// Bytes of a block: a multiple of 64.
  std::size_t (*block_bytes)(std::size_t dimension);

  /// Mixes `count` codes, 1..32, into a block that starts on a cache line. Reads nothing behind
  /// them.
  void (*write_block)(const std::byte* const* codes, std::size_t count, std::size_t dimension,
                      std::byte* block);

  /// Bytes of what is made of a query's code once, to be compared with many blocks.
  std::size_t (*table_bytes)(std::size_t dimension);
  void (*write_table)(const std::byte* query, std::size_t dimension, std::byte* table);

  /// The best kernel for this CPU: the distances to all 32 codes of a block, padding included.
  using Kernel = void (*)(const std::byte* table, const std::byte* block, std::size_t dimension,
                          float* distances);
  Kernel (*choose_kernel)();
};

/// Of `rabitq`.
const BlockForm* rabitq_blocks();

}  // namespace skerry::distance
