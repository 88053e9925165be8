#pragma once
// How large an index will be, before it is built.
//
// Nodes    A node of top level t lies on the levels 0..t, each with P(next level) = exp(-1/ml):
// with
//          ml = 1/ln M that is 1/M, so 1/(1 - 1/M) records a node.
// Links    Lists are full to one share of their bound on all levels, but no list has more links
// than
//          its level has other nodes. Targets are taken as drawn evenly from all slots, as
//          insertion order is random; orders that put neighbours together need less.
// Values   Means over lists drawn by that model and encoded by the codec itself.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/page_model.h"

namespace skerry::experiments {

struct SizeInput {
  std::uint64_t n = 0;
  std::size_t dimension = 0;
  std::uint32_t M = 16;
  std::uint32_t M0 = 32;
  std::string metric = "euclidean";  ///< decides the bytes of a row
  std::string codec = "delta";
  std::string levels = "hashed";  ///< a spec of a level law
  /// A spec of graph::Layout; `page` counts lists as if all were of the mean size.
  std::string layout = "apart";
  /// Of codes to keep, as in a config; a name without codes (f32, bits) means none.
  std::string encoding = "f32";
  /// Links of all levels over n, as results have it. Default: 0.73 of what full lists hold, which
  /// the rule `hnsw` leaves on 13,267 text embeddings of 384 components; `closest` fills lists.
  std::optional<double> edges_per_vector{};
};

struct SizeEstimate {
  std::vector<double> nodes_per_level;  ///< expected; the last has half a node or more
  double records = 0;                   ///< nodes over all levels
  double fullness = 0;                  ///< of lists, of their bounds
  double edges = 0;
  double value_bytes_lone_link = 0;  ///< value of a list of one link
  double list_bound_bytes = 0;       ///< sum of log2 C(n_l - 1, d) / 8, without entropy of degrees
  TableSize links;                   ///< without the lists that lie together with rows; with
                                     ///< the codes beside links
  double inline_code_bytes = 0;      ///< of those
  TableSize codes;                   ///< the table, without its mean
  TableSize vectors;                 ///< with them
  double memo_bytes = 0;             ///< pointers of the `memo` view
  double frozen_link_bytes = 0;      ///< decoded lists of `frozen`
  double frozen_vector_bytes = 0;    ///< rows of `frozen`, on cache lines

  /// Of the whole store; `store` is "memory", "lmdb" or "rocksdb".
  double disk_bytes(std::string_view store) const;
};

/// Throws Error{invalid_argument}: no items, M above M0, edges out of range, unknown names.
SizeEstimate estimate_sizes(const SizeInput& input);

}  // namespace skerry::experiments
