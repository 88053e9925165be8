#include "experiments/resume.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "experiments/identity.h"
#include "experiments/record_set.h"
#include "experiments/run_files.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

void write_plan(const Config& config, const RunOptions& options,
                const std::vector<GraphWork>& selected) {
  ordered_json points = ordered_json::array();
  for (const GraphWork& graph : selected) {
    for (const LayoutWork& layout : graph.layouts) {
      for (std::size_t i = 0; i < layout.points.size(); ++i) {
        points.push_back({{"point", layout.points[i]},
                          {"graph", graph.id},
                          {"layout", layout.id},
                          {"config", flat_config(layout.plan.points[i])}});
      }
    }
  }
  replace_json_lines(options.directory / "plan.json", {{{"schema", results_schema},
                                                        {"experiment", config.name},
                                                        {"config_file", config.file.string()},
                                                        {"command", options.command},
                                                        {"started", utc_now()},
                                                        {"code", code_version()},
                                                        {"points", std::move(points)}}});
}

LeftWork left_work(RunState& run, const std::vector<GraphWork>& selected) {
  std::set<std::string> recorded;
  for (const ordered_json& record : read_records(run.options.directory).records) {
    recorded.insert(record.at("point").get<std::string>());
  }
  remove_orphans(run.options.directory, recorded);
  const std::size_t all = count_points(selected);
  LeftWork left{.graphs = {}, .recorded = all - count_points(without(selected, recorded))};
  std::set<std::string> done;
  if (!run.options.repeat) done = std::move(recorded);
  const std::set<std::string> failed = run.failures.points();
  if (run.options.retry_failed || run.options.repeat) {
    run.failures.forget(failed);
  } else {
    done.insert(failed.begin(), failed.end());
  }
  left.graphs = without(selected, done);
  if (left.recorded > 0 && !run.options.quiet) {
    run.say(fmt::format("{} of {} points are there; {} to do", left.recorded, all,
                        count_points(left.graphs)));
  }
  return left;
}

LayoutWork noise_work(const RunOptions& options, const LayoutWork& layout) {
  LayoutWork some{{}, layout.id, {}};
  const std::set<std::string> ids(layout.points.begin(), layout.points.end());
  for (const ordered_json& record : read_json_lines(options.directory / "noise.jsonl")) {
    if (ids.contains(record.value("point", ""))) return some;
  }
  const std::string kind = search_kind(layout.plan.points.front());
  for (std::size_t i = 0; i < layout.points.size(); ++i) {
    const Settings& point = layout.plan.points[i];
    if (search_kind(point) != kind) continue;
    some.plan.points.push_back(point);
    some.points.push_back(layout.points[i]);
  }
  return some;
}

}  // namespace skerry::experiments
