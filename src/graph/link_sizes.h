#pragma once
// How large the links of an index are: edges, encoded bytes, keys, and what information theory says
// they need.

#include <cstdint>

#include "graph/codec/codec.h"
#include "graph/graph.h"
#include "graph/stored_index.h"

namespace skerry::graph {

/// Lower bounds, each under a model of its own; neither knows that graphs are near-neighbour
/// graphs.
struct LinkBounds {
  /// Sum over lists of log2 C(n_l - 1, d) / 8 plus the entropy of the degrees of each level: what
  /// coding each list on its own needs when every set of targets is equally likely.
  double list_bytes = 0;
  /// Each unordered pair coded once with its direction, less log2(n!) / 8 for free numbering:
  /// what coding the whole graph needs when every graph with these counts is equally likely.
  double graph_bytes = 0;
};

LinkBounds link_bounds(const Graph& graph);

/// All levels together.
struct LinkCounts {
  std::uint64_t edges = 0;  ///< directed
  std::uint64_t slots = 0;  ///< M0 on level 0 and M on each higher level of an item: what arrays of
                            ///< fixed length allocate
  std::uint64_t lists = 0;
};

LinkCounts link_counts(const Graph& graph);

/// Bytes of all lists of the graph as `codec` writes them, without keys or anything between lists.
std::uint64_t encoded_bytes(const Graph& graph, const LinkCodec& codec);

/// Sums over records.
struct RecordSizes {
  std::uint64_t records = 0;
  std::uint64_t key_bytes = 0;
  std::uint64_t value_bytes = 0;
};

/// What lies in the tables of an index, read record by record. Where rows and lists share values,
/// `links` has their part of those values but none of their records and keys. Codes beside links
/// are no part of `links`: they stand alone.
struct StoredSizes {
  RecordSizes links, vectors, codes, ids, meta;
  std::uint64_t inline_code_bytes = 0;  ///< in the records of `links`
};

StoredSizes stored_sizes(const StoredIndex& index);

}  // namespace skerry::graph
