#include "experiments/pending.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "experiments/identity.h"
#include "experiments/report/point_filter.h"
#include "experiments/results.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// By what the graph is, so that every shard of a plan takes the same part wherever it runs.
unsigned shard_of(const Settings& settings, unsigned of) {
  const std::string text = settings.text(Stage::graph);
  return 1 + static_cast<unsigned>(XXH3_64bits(text.data(), text.size()) % of);
}

ordered_json as_record(const Settings& settings) { return {{"config", flat_config(settings)}}; }

}  // namespace

std::vector<GraphWork> selected_work(const Plan& plan,
                                     const std::map<std::string, std::string>& hashes,
                                     const RunOptions& options) {
  std::vector<ordered_json> all;
  for (const GraphPlan& graph : plan.graphs) {
    for (const LayoutPlan& layout : graph.layouts) {
      for (const Settings& point : layout.points) all.push_back(as_record(point));
    }
  }
  std::optional<PointFilter> filter;
  if (!options.only.empty()) filter.emplace(options.only, all);
  std::vector<GraphWork> work;
  for (const GraphPlan& graph : plan.graphs) {
    const Settings& settings = graph.settings();
    if (shard_of(settings, options.shard.of) != options.shard.number) continue;
    const std::string& hash = hashes.at(settings.word("metric"));
    GraphWork& made = work.emplace_back(GraphWork{settings, graph_id(settings, hash), {}});
    for (const LayoutPlan& layout : graph.layouts) {
      LayoutWork part{{}, layout_id(layout.settings(), hash), {}};
      for (const Settings& point : layout.points) {
        if (filter && !filter->selects(as_record(point))) continue;
        part.plan.points.push_back(point);
        part.points.push_back(point_id(point, hash));
      }
      if (!part.points.empty()) made.layouts.push_back(std::move(part));
    }
    if (made.layouts.empty()) work.pop_back();
  }
  return work;
}

std::vector<GraphWork> without(const std::vector<GraphWork>& work,
                               const std::set<std::string>& done) {
  std::vector<GraphWork> left;
  for (const GraphWork& graph : work) {
    GraphWork some{graph.settings, graph.id, {}};
    for (const LayoutWork& layout : graph.layouts) {
      LayoutWork part{{}, layout.id, {}};
      for (std::size_t i = 0; i < layout.points.size(); ++i) {
        if (done.contains(layout.points[i])) continue;
        part.plan.points.push_back(layout.plan.points[i]);
        part.points.push_back(layout.points[i]);
      }
      if (!part.points.empty()) some.layouts.push_back(std::move(part));
    }
    if (!some.layouts.empty()) left.push_back(std::move(some));
  }
  return left;
}

std::size_t count_points(const std::vector<GraphWork>& work) {
  std::size_t count = 0;
  for (const GraphWork& graph : work) {
    for (const LayoutWork& layout : graph.layouts) count += layout.points.size();
  }
  return count;
}

}  // namespace skerry::experiments
