#pragma once
// A whole index made in memory and written at once: what graph::Writer makes of the same items,
// with each vector in memory only once.

#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/types.h"
#include "experiments/index/vector_source.h"
#include "graph/rows.h"
#include "graph/writer.h"

namespace skerry::experiments {

/// Rows by ascending id.
struct Items {
  graph::Rows rows;
  std::vector<ItemId> ids;
};

/// Reads all of a source; of vectors with one id the last one counts. Throws what
/// VectorSource::for_each() throws, and invalid_argument for a vector that the metric refuses.
Items read_items(VectorSource& source, const distance::Metric& metric);

/// Builds the graph and writes the index into `store`; one of this name that is there is replaced
/// by the same commit. `given`: a graph over the items, which is written in place of one that is
/// built; the index then keeps none of connectivity's promises, which is refused. Throws
/// Error{cancelled} and what the store reports; nothing is visible then.
graph::Meta write_fresh_index(kv::Store& store, std::string_view name,
                              const graph::IndexOptions& options, const Items& items,
                              unsigned threads, const Progress& progress,
                              const graph::Graph* given = nullptr);

/// A graph of another library with the vectors that its file holds, by the numbers of its items.
/// Throws what read_foreign_graph() throws, and Error{unsupported} for a file without vectors or a
/// metric of bits; what the metric refuses.
struct ForeignItems {
  Items items;
  graph::Graph graph;
  std::vector<std::string> notes;

  static ForeignItems read(const std::string& path, const distance::Metric& metric);
};

}  // namespace skerry::experiments
