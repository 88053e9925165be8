#pragma once
// Deterministic parallel construction in memory (graph/linker.h says how).

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "distance/encoding.h"
#include "graph/graph.h"
#include "graph/lineage.h"
#include "graph/rows.h"
#include "heuristics/registry.h"

namespace skerry::graph {

/// What keeps every item reachable on level 0.
enum class Connectivity : std::uint8_t {
  none,        ///< nothing, as in HNSW
  parent,      ///< links that may not be pruned, see graph/lineage.h
  bfs_repair,  ///< a pass over the whole graph at the end, see graph/reachability.h
};

/// By name. Throws Error{invalid_argument} that lists the names.
Connectivity connectivity(std::string_view name);

/// What walks of a build compare, by name: an encoding, or null for `f32`, which is rows. Throws
/// Error{invalid_argument} that lists the names.
const distance::Encoding* construction(std::string_view name);

struct BuildParameters {
  DegreeBounds bounds;
  /// Out-links that a new item keeps on level 0, at most M0 ("forward" in configs: M | M0).
  std::uint32_t forward_links = 32;
  std::uint32_t ef_construction = 100;
  heuristics::AnySelection selection;
  heuristics::AnyOverflow overflow;
  heuristics::AnyLevels levels;
  heuristics::AnySchedule schedule;
  Connectivity connectivity = Connectivity::none;
  /// What walks compare: codes of this encoding (graph/construction_codes.h); null: rows.
  const distance::Encoding* construction = nullptr;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  /// Pair distances that each thread remembers for selection (graph/pair_memo.h); 0: none. It never
  /// changes the graph, only what is measured twice.
  std::size_t pair_memo = 0;

  /// Throws Error{invalid_argument} that names the offending value and its range: M and M0 in
  /// 1..4096, M0 >= M, ef_construction in 1..1000000, forward_links in 1..M0, threads in 1..1024.
  void validate() const;
};

/// `parameters`, valid for `metric` and with its selection rule fitted to it. Throws
/// Error{invalid_argument}.
BuildParameters bound(BuildParameters parameters, const distance::Metric& metric);

struct BuildWork {
  std::uint64_t search_distances = 0;     ///< between a new item and items met by its search
  std::uint64_t code_distances = 0;       ///< the same between codes
  std::uint64_t selection_distances = 0;  ///< between candidates, and of lists that overflowed
  std::uint64_t memo_lookups = 0;         ///< of the pair memo
  std::uint64_t memo_hits = 0;            ///< distances that it spared; with several threads these
                                          ///< two depend on who did what
};

/// Builds a graph over rows that the caller keeps alive. Item ids are row numbers.
class Builder {
 public:
  /// Throws Error{invalid_argument}: parameters out of range, or a selection rule or an encoding
  /// that does not go with the metric.
  /// `ids`, for level laws that draw by id, are those of the rows; empty: row numbers.
  Builder(const Rows& rows, const BuildParameters& parameters, std::span<const ItemId> ids = {});
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

  /// Where walks on level 0 also start: the root, or no_slot without connectivity.
  Slot root() const noexcept;

  /// [row]: its lineage; empty unless connectivity is `parent`.
  std::span<const Lineage> lineage() const noexcept;

  BuildWork work() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace skerry::graph
