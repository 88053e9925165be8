#pragma once
// Deterministic parallel construction in memory.
//
// Items are inserted in batches. Every item of a batch searches the graph as it was before the
// batch, on all threads; then its links, and the reverse links grouped by target, are put in. So
// the graph depends on the seed and the parameters only, never on threads or timing.
// Sources: HNSW (TPAMI 2020) Algorithm 1 for one insertion; ParlayANN (PPoPP 2024), section 3, for
// batches that double ("prefix doubling").

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"
#include "graph/rows.h"
#include "heuristics/registry.h"

namespace skerry::graph {

struct BuildParameters {
  DegreeBounds bounds;
  /// Out-links that a new item keeps on level 0, at most M0 ("forward" in configs: M | M0).
  std::uint32_t forward_links = 32;
  std::uint32_t ef_construction = 100;
  heuristics::AnySelection selection;
  heuristics::AnyOverflow overflow;
  heuristics::AnyLevels levels;
  heuristics::AnySchedule schedule;
  std::uint64_t seed = 1;
  unsigned threads = 1;

  /// Throws Error{invalid_argument} that names the offending value and its range: M and M0 in
  /// 1..4096, M0 >= M, ef_construction in 1..1000000, forward_links in 1..M0, threads in 1..1024.
  void validate() const;
};

struct BuildWork {
  std::uint64_t search_distances = 0;     ///< between a new item and items met by its search
  std::uint64_t selection_distances = 0;  ///< between candidates, and of lists that overflowed
};

/// Builds a graph over rows that the caller keeps alive. Item ids are row numbers.
class Builder {
 public:
  /// Throws Error{invalid_argument}: parameters out of range, or a selection rule that does not go
  /// with the metric.
  Builder(const Rows& rows, const BuildParameters& parameters);
  ~Builder();

  /// Inserts rows graph().size() .. end-1 as one update batch: shuffled by the seed, its inner
  /// batches starting again at one item. Throws Error{cancelled}; the builder is then useless.
  void insert_until(std::size_t end, const Progress& progress = {});

  /// The same with an order of the caller's: order[rank] is the row that is inserted as number
  /// `rank`. Throws Error{invalid_argument} unless it is a permutation of the rows graph().size()
  /// .. graph().size() + order.size() - 1.
  void insert_in_order(std::span<const Slot> order, const Progress& progress = {});

  const Graph& graph() const noexcept;

  /// The graph itself; the builder is then useless.
  Graph take();

  BuildWork work() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace skerry::graph
