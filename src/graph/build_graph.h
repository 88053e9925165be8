#pragma once
// Building a graph with policies that are fixed by type: those of heuristics/, or a program's own.

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "graph/build.h"
#include "graph/build_space.h"
#include "graph/construction_codes.h"
#include "graph/linker.h"
#include "heuristics/concepts.h"
#include "heuristics/levels/hashed.h"
#include "heuristics/overflow/union.h"
#include "heuristics/schedule/prefix_doubling.h"
#include "heuristics/selection/hnsw.h"

namespace skerry::graph {

template <heuristics::SelectionPolicy Selection = heuristics::Hnsw,
          heuristics::OverflowPolicy Overflow = heuristics::Union,
          heuristics::LevelPolicy Levels = heuristics::Hashed,
          heuristics::SchedulePolicy Schedule = heuristics::PrefixDoubling>
struct Policies {
  Selection selection{};
  Overflow overflow{};
  Levels levels{};
  Schedule schedule{};
};

// clang 14 does not deduce the arguments of an aggregate by itself.
template <class Selection, class Overflow, class Levels, class Schedule>
Policies(Selection, Overflow, Levels, Schedule) -> Policies<Selection, Overflow, Levels, Schedule>;

/// The graph that a Builder with the same policies makes of `rows` by insert_until(rows.size()).
/// The policies of `parameters` are not looked at; its connectivity is none. A rule that has to
/// know the metric is fitted to it by the caller (RobustPrune::power). Throws
/// Error{invalid_argument, unsupported, cancelled}.
template <class Selection, class Overflow, class Levels, class Schedule>
Graph build_graph(const Rows& rows, const BuildParameters& parameters,
                  const Policies<Selection, Overflow, Levels, Schedule>& policies,
                  const Progress& progress = {}) {
  parameters.validate();
  if (parameters.connectivity != Connectivity::none) {
    throw Error(Code::unsupported, "connectivity takes a Builder: a graph alone has no root");
  }
  if (rows.size() > max_slots) {
    throw Error(Code::invalid_argument,
                std::to_string(rows.size()) + " items are more than an index can hold");
  }
  std::vector<Slot> order(rows.size());
  std::iota(order.begin(), order.end(), Slot{0});
  Random random(hash64(parameters.seed, 0));
  shuffle(order, random);
  std::vector<unsigned> tops(rows.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const Slot slot = order[rank];
    tops[slot] = policies.levels.level({parameters.seed, slot, rank, parameters.bounds.M});
  }
  Graph graph(parameters.bounds);
  graph.reserve(rows.size());
  for (const unsigned top : tops) graph.add_item(top);
  BuildSpace space(graph, rows, parameters.threads, false);
  const std::unique_ptr<const ConstructionCodes> codes = construction_codes(parameters, rows);
  Linker<BuildSpace> linker(space, parameters, rows.metric(), rows.dimension(), 0, codes.get());
  linker.insert_with(policies.selection, policies.overflow, policies.schedule, order, 0, progress);
  return graph;
}

}  // namespace skerry::graph
