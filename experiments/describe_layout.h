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

/// What a compacted copy of the store takes: "disk_bytes" of it, of its links as
/// "links_disk_bytes", and its "tables" as above.
nlohmann::ordered_json describe_compacted(kv::Store& copy, const graph::StoredIndex& index);

/// Adds to a described layout what its compacted copy takes: "compacted", "disk_bytes_compacted",
/// "space_amplification" {"built", "compacted"} (bytes on disk by bytes of keys and values), and
/// the links' part. Without a copy the figures of one are left out.
void add_compacted(nlohmann::ordered_json& described, const nlohmann::ordered_json& compacted);

}  // namespace skerry::experiments
