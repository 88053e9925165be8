#pragma once
// A built graph in a file of its own, so that each layout of it can be made by another process.
//
// Little-endian: magic "skgraph\n", u32 version, u32 M, u32 M0, u32 number of entry points,
// u64 items, u64 links; entry points u32 each; top levels u8 each; for every item and each of its
// levels from 0 up a u32 count and so many u32 slots; XXH3_64 (seed 0) of all bytes before it.

#include <filesystem>

#include "graph/graph.h"

namespace skerry::experiments {

inline constexpr std::uint32_t graph_file_version = 1;

/// Throws Error{io, no_space}; a file that could not be finished is removed.
void write_graph_file(const std::filesystem::path& path, const graph::Graph& graph);

/// Throws Error: not_found, io, version, corrupt for any bytes that write_graph_file() cannot have
/// written.
graph::Graph read_graph_file(const std::filesystem::path& path);

}  // namespace skerry::experiments
