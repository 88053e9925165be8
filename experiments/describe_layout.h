#pragma once
// What a store holds, as results tell it.

#include <nlohmann/json_fwd.hpp>

#include "graph/graph.h"
#include "graph/stored_index.h"
#include "kv/store.h"

namespace skerry::experiments {

/// The fields "links", "tables" and "graph" of a record (docs/configs.md). `graph` is the index's,
/// by slot.
nlohmann::ordered_json describe_layout(kv::Store& store, const graph::StoredIndex& index,
                                       const graph::Graph& graph);

}  // namespace skerry::experiments
