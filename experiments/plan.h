#pragma once
// What a config comes to: graphs to build, layouts to write each of them in, points to search.

#include <cstddef>
#include <string>
#include <vector>

#include "experiments/config.h"
#include "graph/build.h"

namespace skerry::experiments {

/// One store and codec of a graph; its points share all settings but those of the search.
struct LayoutPlan {
  std::vector<Settings> points;  ///< at least one

  const Settings& settings() const { return points.front(); }
};

/// Its layouts share all settings of the build.
struct GraphPlan {
  std::vector<LayoutPlan> layouts;  ///< at least one

  const Settings& settings() const { return layouts.front().settings(); }
};

struct Plan {
  std::vector<GraphPlan> graphs;
  std::size_t layouts = 0;
  std::size_t points = 0;
  std::size_t duplicates = 0;  ///< points that base and groups gave more than once
  std::size_t excluded = 0;    ///< combinations that an [[exclude]] dropped
  DatasetInfo dataset;

  /// Columns in which points differ, in the order of keys().
  std::vector<std::size_t> varying;
};

/// Expands the base and the groups, drops what is excluded, merges equal points and refuses what
/// cannot run. References are replaced by their numbers. Reads the
/// data set's shape, never its vectors. Throws Error: invalid_argument (an impossible combination,
/// more than a million points, references in a circle, an exclude that drops nothing), mismatch
/// (the data set's metric is another), or what dataset_info() throws.
Plan make_plan(const Config& config);

/// The build that a graph's settings ask for, policies bound to the metric. Throws Error
/// {invalid_argument} when they do not go together.
graph::BuildParameters build_parameters(const Settings& settings);

}  // namespace skerry::experiments
