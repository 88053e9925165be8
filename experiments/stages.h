#pragma once
// What the children of a run do. Each stage loads what it needs, works, and sends JSON messages
// with a "kind": "progress" {what, done, total} and those named below. Failures are thrown.

#include <filesystem>
#include <string>

#include "base/progress.h"
#include "experiments/child.h"
#include "experiments/plan.h"
#include "experiments/point_runner.h"

namespace skerry::experiments {

/// What all stages of a run share.
struct StageInput {
  DatasetRequest dataset;
  std::size_t truth_depth = 0;  ///< the largest k of the plan
};

/// Sends "progress"; `messages` must outlive it.
Progress progress_to(const Messages& messages);

/// Loads and checks the data set and sees to its ground truth.
/// Sends "dataset" {name, n, dimension, queries, hash}.
void dataset_stage(const StageInput& input, const std::string& metric, const Messages& messages);

/// Builds a graph and writes it to `file`. Sends "graph" {seconds, distances, digest}; the clock
/// starts when the vectors lie in memory and includes encoding their rows.
void graph_stage(const StageInput& input, const Settings& settings,
                 const std::filesystem::path& file, const Messages& messages);

/// Writes the graph in `file` into a new store in the directory `store` (unused by stores that live
/// in memory) and searches all points of the plan. Sends "layout" {seconds, links, disk_bytes,
/// ...}, and for each point, by its place in the plan, "point" {point, recall, qps, latency_us,
/// work, resident, ...}, or "failed" or "skipped" {points, why}. The files of a point are whole
/// when its message is sent.
void layout_stage(const StageInput& input, const LayoutPlan& plan, const RowFiles& files,
                  const std::filesystem::path& file, const std::string& digest,
                  const std::filesystem::path& store, const Messages& messages);

}  // namespace skerry::experiments
