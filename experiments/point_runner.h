#pragma once
// Searches the points of one layout and sends what was measured.

#include <string>
#include <vector>

#include "experiments/child.h"
#include "experiments/dataset.h"
#include "experiments/measure.h"
#include "experiments/open_layout.h"
#include "experiments/plan.h"
#include "experiments/query_rows.h"

namespace skerry::experiments {

/// Where and how the per-query rows of points go; no file when `directory` is empty.
struct RowFiles {
  std::filesystem::path directory;     ///< of the results
  std::vector<std::string> point_ids;  ///< one for each point of the plan
  bool save_neighbours = false;        ///< ids and distances of hits, too
};

class PointRunner {
 public:
  /// All must outlive this.
  PointRunner(const LayoutPlan& plan, OpenLayout& layout, const Dataset& dataset,
              const distance::Metric& metric, const RowFiles& files, const Messages& messages)
      : plan_(&plan),
        layout_(&layout),
        dataset_(&dataset),
        metric_(&metric),
        files_(&files),
        messages_(&messages) {}

  /// All points: those that share a view, a state of the cache and a limit of memory take turns.
  /// Sends "group" when one begins, and for each "point", or "failed" or "skipped" {points, why}
  /// for those of a group that cannot be measured.
  void run();

 private:
  using Places = std::vector<std::size_t>;

  struct Measured;

  void run_group(const Places& places);
  void count(std::size_t place, Measured& measured) const;
  void time_warm(const Places& places, std::vector<Measured>& measured) const;
  void time_cold(const Places& places, std::vector<Measured>& measured) const;
  void finish(std::size_t place, Measured& measured) const;
  void warm_up(const graph::Reader& reader, const Places& places) const;
  void announce(std::string_view what, std::size_t place) const;

  const Settings& at(std::size_t place) const { return plan_->points[place]; }

  const LayoutPlan* plan_;
  OpenLayout* layout_;
  const Dataset* dataset_;
  const distance::Metric* metric_;
  const RowFiles* files_;
  const Messages* messages_;
};

}  // namespace skerry::experiments
