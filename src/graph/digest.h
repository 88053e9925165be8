#pragma once
// A fingerprint of a graph that is the same wherever the same graph lies.

#include <span>
#include <string>

#include "graph/graph.h"

namespace skerry::graph {

/// The sum mod 2^128 of XXH3_128 (seed 0) over one little-endian record for
///   every directed link   level u8, source id u64, target id u64
///   every item            0xFE u8, id u64, top level u8
///   every entry point     0xFF u8, id u64
/// as 32 lower-case hex digits, high half first. Ids are external ids, so that slots, order, codec,
/// layout, store and thread count do not enter; a sum, so that updates can keep it up link by link.
/// ids[slot] is an item's id; without `ids` slots are ids.
std::string graph_digest(const Graph& graph, std::span<const ItemId> ids = {});

}  // namespace skerry::graph
