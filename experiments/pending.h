#pragma once
// Which points of a plan a run still has to measure.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "experiments/plan.h"
#include "experiments/runner.h"

namespace skerry::experiments {

/// One layout with the points that are asked for, and their ids.
struct LayoutWork {
  LayoutPlan plan;
  std::string id;                   ///< layout_id()
  std::vector<std::string> points;  ///< point_id() of each
};

struct GraphWork {
  Settings settings;
  std::string id;  ///< graph_id()
  std::vector<LayoutWork> layouts;
};

/// The plan with ids, as far as --only and --shard select it. `hashes` are those of the data set by
/// metric. Throws Error{invalid_argument} when --only names what no point has.
std::vector<GraphWork> selected_work(const Plan& plan,
                                     const std::map<std::string, std::string>& hashes,
                                     const RunOptions& options);

/// Without the points in `done`, and what is then empty.
std::vector<GraphWork> without(const std::vector<GraphWork>& work,
                               const std::set<std::string>& done);

std::size_t count_points(const std::vector<GraphWork>& work);

}  // namespace skerry::experiments
