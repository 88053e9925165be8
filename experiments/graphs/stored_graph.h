#pragma once
// A stored index's graph with items as slots, whatever order the store keeps them in.

#include "graph/graph.h"
#include "graph/stored_index.h"

namespace skerry::experiments {

/// Links keep the order in which the store gives them. Throws what load_graph() throws, and
/// Error{unsupported} unless the ids are 0..n-1.
graph::Graph graph_by_id(const graph::StoredIndex& index);

}  // namespace skerry::experiments
