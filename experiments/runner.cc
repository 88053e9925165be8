#include "experiments/runner.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/error.h"
#include "experiments/layout_run.h"
#include "experiments/obtain_graph.h"
#include "experiments/pending.h"
#include "experiments/record_set.h"
#include "experiments/resume.h"
#include "experiments/run_state.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

struct Run::Impl {
  Impl(const Config& config, const Plan& plan, const RunOptions& options)
      : run_(config, plan, options) {
    std::map<std::string, std::string> hashes;
    for (const GraphPlan& graph : plan.graphs) {
      const std::string& metric = graph.settings().word("metric");
      if (interrupted() == 0) load(metric);
      if (interrupted() != 0) return;
      hashes[metric] = run_.context.datasets.at(metric).at("hash");
    }
    selected_ = selected_work(plan, hashes, options);
    write_plan(config, options, selected_);
  }

  RunOutcome execute() {
    if (interrupted() == 0) {
      LeftWork left = left_work(run_, selected_);
      outcome_.before = left.recorded;
      for (const GraphWork& graph : left.graphs) {
        run_.eta.expect("graph", guess_graph(graph.settings, run_.shape));
        for (const LayoutWork& layout : graph.layouts) expect_layout(run_, layout);
      }
      for (const GraphWork& graph : left.graphs) {
        if (interrupted() != 0) break;
        run_graph(graph);
      }
    }
    run_.progress.clear();
    run_.results.sync();
    conclude();
    return std::move(outcome_);
  }

 private:
  /// Describes a data set under a metric, once.
  void load(const std::string& metric) {
    if (run_.context.datasets.contains(metric)) return;
    ordered_json described;
    const ChildEnd end = run_.run_stage(
        "data set", [&](const Messages& messages) { dataset_stage(run_.input, metric, messages); },
        [&](const std::string& kind, ordered_json& message) {
          if (kind == "dataset") described = std::move(message);
        });
    if (interrupted() != 0) return;
    if (!end.ok()) throw Error(end.code, "loading the data set: " + end.failure);
    DataShape& shape = run_.shape;
    shape = {described.at("n"), described.at("dimension"), described.at("queries")};
    outcome_.dataset =
        fmt::format("{}: {} x {}, {} queries", described.at("name").get<std::string>(), shape.n,
                    shape.dimension, shape.queries);
    described.erase("kind");
    run_.context.datasets[metric] = std::move(described);
  }

  void run_graph(const GraphWork& graph) {
    const std::optional<ordered_json> built = obtain_graph(run_, graph, ++graph_number_);
    if (!built) return;
    for (const ordered_json& note : built->at("notes")) {
      run_.say(fmt::format("note: {}: {}", graph.settings.word("graph"), note.get<std::string>()));
    }
    for (const LayoutWork& layout : graph.layouts) {
      if (interrupted() != 0) return;
      const bool whole = run_layout(run_, layout, *built, ++layout_number_, Measured::once);
      // Of what failed nothing would be learnt; the next layout is as good.
      if (whole && interrupted() == 0) measure_noise(layout, *built);
    }
  }

  /// Once in a run: how much equal points differ on this machine.
  void measure_noise(const LayoutWork& layout, const ordered_json& built) {
    if (!run_.options.noise || noise_done_) return;
    noise_done_ = true;
    const LayoutWork again = noise_work(run_.options, layout);
    if (again.points.empty()) return;
    expect_layout(run_, again);
    run_layout(run_, again, built, ++layout_number_, Measured::again);
  }

  /// Fills the outcome from the records of the points that were asked for.
  void conclude() {
    outcome_.points = count_points(selected_);
    outcome_.signal = interrupted();
    outcome_.skipped = run_.skipped;
    std::map<std::string, ordered_json> records;
    for (ordered_json& record : read_records(run_.options.directory).records) {
      const std::string point = record.at("point");
      records[point] = std::move(record);
    }
    const std::set<std::string> failed = run_.failures.points();
    for (const GraphWork& graph : selected_) {
      GraphResult& result = outcome_.graphs.emplace_back();
      result.settings = graph.settings;
      for (const LayoutWork& layout : graph.layouts) {
        for (std::size_t i = 0; i < layout.points.size(); ++i) {
          outcome_.failed += failed.contains(layout.points[i]) ? 1 : 0;
          const auto record = records.find(layout.points[i]);
          if (record == records.end()) continue;
          ++outcome_.recorded;
          add_result(result, layout.plan.points[i], record->second);
        }
      }
    }
  }

  RunState run_;
  std::vector<GraphWork> selected_;
  RunOutcome outcome_;
  std::size_t graph_number_ = 0;
  std::size_t layout_number_ = 0;
  bool noise_done_ = false;
};

Run::Run(const Config& config, const Plan& plan, const RunOptions& options)
    : impl_(std::make_unique<Impl>(config, plan, options)) {}

Run::~Run() = default;

RunOutcome Run::execute() { return impl_->execute(); }

}  // namespace skerry::experiments
