#pragma once
// What a plan will take: disk by size_model.h, time from earlier results or rough constants.
//
// Graphs    seconds = c * n * ef_construction * (200 + d) / threads. c is the median of earlier
//           builds, of those with the same selection rule if there are any; else rough.
// Searches  seconds of a query = c * (ef + M) * (200 + d). c is the median of earlier points, of
// those
//           with the same view and store if there are any, else the same view; else rough. Each
//           point runs `repetitions` timed passes and two more.
// Writing   150 MB/s, always rough; churn as many builds as churn_via.h has it.
// 200 + d   A distance costs about as much as 200 components before it looks at the first: the row
//           has to come from memory, and the walk has to keep its heaps.

#include <filesystem>
#include <string>

#include "experiments/plan.h"
#include "experiments/record_set.h"

namespace skerry::experiments {

struct PlanCost {
  double disk_bytes = 0;  ///< of all persistent stores together, as --keep-stores leaves them
  double largest_store_bytes = 0;  ///< of the largest, all that a run needs at once
  double graph_seconds = 0;
  double write_seconds = 0;
  double search_seconds = 0;
  std::size_t earlier_records = 0;  ///< that times were taken from
  std::size_t rough_graphs = 0;     ///< graphs whose time is by rough constants
  std::size_t rough_points = 0;     ///< points likewise
};

/// `records` are of earlier runs on this machine; may be empty.
PlanCost plan_cost(const Config& config, const Plan& plan,
                   const std::vector<nlohmann::ordered_json>& records);

/// The records of `directory`, of this machine's CPU; none when it has no results that can be read.
std::vector<nlohmann::ordered_json> earlier_records(const std::filesystem::path& directory);

}  // namespace skerry::experiments
