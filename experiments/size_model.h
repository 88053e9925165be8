#pragma once
// How large an index will be before it is built: nodes, links, keys, pages, and what views keep.
// docs/estimate.md derives every line.
//
// Nodes    A node of top level t lies on the levels 0..t, each with P(next level) = exp(-1/ml): with
//          ml = 1/ln M that is 1/M, so 1/(1 - 1/M) records a node.
// Links    Lists of level 0 hold `edges_per_vector` links, those above that share of M instead of
//          M0, and never more than there are other nodes on the level. Targets are taken as drawn
//          evenly from all slots (insertion order is random): clustered orders are smaller.
// Values   Means over lists drawn by that model and encoded by the codec itself.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::experiments {

struct SizeInput {
  std::uint64_t n = 0;
  std::size_t dimension = 0;
  std::uint32_t M = 16;
  std::uint32_t M0 = 32;
  std::string metric = "euclidean";  ///< decides the bytes of a row
  std::string codec = "delta";
  std::string levels = "hashed";  ///< a spec of a level law
  /// Mean out-links of a node on level 0, in (0, M0]. Default: 0.72 * M0, what `hnsw` leaves on
  /// text embeddings (13,267 x 384); `closest` fills lists to M0.
  std::optional<double> edges_per_vector{};
};

/// Of one table (links or vectors), in bytes.
struct TableSize {
  double keys = 0;
  double values = 0;
  double memory = 0;   ///< payload: keys and values
  double lmdb = 0;     ///< leaf, branch and overflow pages of 4096 bytes
  double rocksdb = 0;  ///< rough: blocks of 4 kB without compression, restarts, index
};

struct SizeEstimate {
  std::vector<double> nodes_per_level;  ///< expected, down to the last level with half a node
  double records = 0;                   ///< nodes over all levels
  double edges = 0;
  double value_bytes_lone_link = 0;  ///< value of a list of one link
  double list_bound_bytes = 0;       ///< sum of log2 C(n_l - 1, d) / 8, without entropy of degrees
  TableSize links;
  TableSize vectors;
  double memo_bytes = 0;            ///< pointers of the `memo` view
  double frozen_link_bytes = 0;     ///< decoded lists of `frozen`
  double frozen_vector_bytes = 0;   ///< rows of `frozen`, on cache lines

  /// Of the whole store; `store` is "memory", "lmdb" or "rocksdb".
  double disk_bytes(std::string_view store) const;
};

/// Throws Error{invalid_argument}: no items, M above M0, edges out of range, unknown names.
SizeEstimate estimate_sizes(const SizeInput& input);

}  // namespace skerry::experiments
