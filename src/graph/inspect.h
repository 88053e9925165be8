#pragma once
// Looking at a graph: degrees, reachability, self-recall.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "graph/rows.h"

namespace skerry::graph {

/// Degrees of one level.
struct LevelDegrees {
  std::size_t items = 0;
  std::uint64_t links = 0;
  std::uint32_t out_min = 0, out_p50 = 0, out_p99 = 0, out_max = 0;
  std::uint32_t in_min = 0, in_p50 = 0, in_p99 = 0, in_max = 0;
  std::size_t in_degree_zero = 0;            ///< items that no link of this level points to
  std::vector<std::uint64_t> out_histogram;  ///< [d]: items with d out-links (in-links)
  std::vector<std::uint64_t> in_histogram;
  std::uint64_t mutual = 0;  ///< links (u, v) whose reverse (v, u) is there too
};

struct GraphReport {
  std::vector<LevelDegrees> levels;
  std::size_t unreachable_base = 0;   ///< not met by BFS over level 0 from entry points and root
  std::size_t unreachable = 0;        ///< not met by BFS over all levels from the same
  std::uint64_t self_links = 0;       ///< must be 0
  std::uint64_t duplicate_links = 0;  ///< must be 0
};

/// `root`: where walks on level 0 also start (Meta::root).
GraphReport inspect_graph(const Graph& graph, Slot root = no_slot);

/// Share of items that a search for their own vector at `ef` returns first (or at distance equal to
/// the first), over all items, or `sample` of them drawn by `seed` when sample > 0.
double self_recall(const Graph& graph, const Rows& rows, std::size_t ef, std::size_t sample,
                   std::uint64_t seed, unsigned threads, Slot root = no_slot);

}  // namespace skerry::graph
