#include "experiments/runner.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "experiments/child.h"
#include "experiments/progress_line.h"
#include "experiments/results.h"
#include "experiments/stages.h"
#include "experiments/work_folder.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// `column=value` of the columns that vary, up to a stage.
std::string label(const Settings& settings, const Plan& plan, Stage last) {
  std::string text;
  for (const std::size_t key : plan.varying) {
    if (keys()[key].stage > last) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", keys()[key].column,
                        spelling(settings[key]));
  }
  return text.empty() ? "(the only one)" : text;
}

}  // namespace

struct Run::Impl {
  Impl(const Config& config, const Plan& plan, const RunOptions& options)
      : plan_(&plan),
        options_(&options),
        results_(options.directory),
        work_(options.directory),
        progress_(options.quiet),
        estimate_(plan.graphs.size(), plan.layouts),
        provenance_(provenance(new_run_id(), config.file.string(), options.settings)),
        name_(config.name) {
    input_.dataset = config.dataset;
    for (const GraphPlan& graph : plan.graphs) {
      for (const LayoutPlan& layout : graph.layouts) {
        for (const Settings& point : layout.points) {
          input_.truth_depth =
              std::max(input_.truth_depth, static_cast<std::size_t>(point.number("k")));
        }
      }
    }
    for (const GraphPlan& graph : plan.graphs) {
      if (interrupted() == 0) load(graph.settings().word("metric"));
    }
  }

  RunOutcome execute() {
    for (const GraphPlan& graph : plan_->graphs) {
      if (interrupted() != 0) break;
      outcome_.graphs.emplace_back().settings = graph.settings();
      run_graph(graph);
    }
    progress_.clear();
    results_.sync();
    outcome_.failed = plan_->points - written_;
    outcome_.signal = interrupted();
    return std::move(outcome_);
  }

  /// Describes a data set under a metric, once.
  void load(const std::string& metric) {
    if (datasets_.contains(metric)) return;
    ordered_json described;
    const ChildEnd end =
        child([&](const Messages& messages) { dataset_stage(input_, metric, messages); },
              [&](const std::string& kind, ordered_json& message) {
                if (kind == "dataset") described = std::move(message);
              },
              "data set");
    if (interrupted() != 0) return;
    if (!end.ok()) throw Error(end.code, "loading the data set: " + end.failure);
    outcome_.dataset = fmt::format(
        "{}: {} x {}, {} queries", described.at("name").get<std::string>(),
        described.at("n").get<std::size_t>(), described.at("dimension").get<std::size_t>(),
        described.at("queries").get<std::size_t>());
    described.erase("kind");
    datasets_[metric] = std::move(described);
  }

  void run_graph(const GraphPlan& plan) {
    const auto start = std::chrono::steady_clock::now();
    ++graph_number_;
    ordered_json built;
    const ChildEnd end = child(
        [&](const Messages& messages) {
          graph_stage(input_, plan.settings(), work_.graph(), messages);
        },
        [&](const std::string& kind, ordered_json& message) {
          if (kind == "graph") built = std::move(message);
        },
        fmt::format("graph {}/{}", graph_number_, plan_->graphs.size()));
    if (interrupted() != 0) return;
    if (!end.ok()) {
      complain(fmt::format("graph {}", label(plan.settings(), *plan_, Stage::graph)), end.failure);
      return;
    }
    built["peak_rss_bytes"] = end.peak_rss_bytes;
    outcome_.graphs.back().digest = built.at("digest");
    outcome_.graphs.back().seconds = built.at("seconds");
    estimate_.finished_graph(seconds_since(start));
    for (const ordered_json& note : built.at("notes")) {
      progress_.clear();
      fmt::print(stderr, "skerry: note: {}: {}\n", plan.settings().word("graph"),
                 note.get<std::string>());
    }
    for (const LayoutPlan& layout : plan.layouts) {
      if (interrupted() != 0) return;
      run_layout(layout, built);
    }
  }

  void run_layout(const LayoutPlan& plan, const ordered_json& built) {
    const auto start = std::chrono::steady_clock::now();
    ++layout_number_;
    const Settings& settings = plan.settings();
    const ordered_json& dataset = datasets_.at(settings.word("metric"));
    const std::string id = fmt::format("{}-{}-{}", settings.word("store"), settings.word("codec"),
                                       point_id(settings, dataset.at("hash").get<std::string>()));
    ordered_json written;
    std::vector<bool> accounted(plan.points.size(), false);  // recorded, or its failure reported
    std::size_t at = plan.points.size();
    const ChildEnd end = child(
        [&](const Messages& messages) {
          layout_stage(input_, plan, work_.graph(), built.at("digest").get<std::string>(),
                       work_.store(id), messages);
        },
        [&](const std::string& kind, ordered_json& message) {
          if (kind == "layout") written = std::move(message);
          if (kind == "at") at = message.at("point").get<std::size_t>();
          if (kind == "point") {
            const auto place = message.at("point").get<std::size_t>();
            accounted[place] = true;
            record(compose(plan.points[place], built, written, message), plan.points[place]);
          }
          if (kind == "failed") {
            const auto places = message.at("points").get<std::vector<std::size_t>>();
            for (const std::size_t place : places) accounted[place] = true;
            complain(describe(plan, places), message.at("why").get<std::string>());
          }
        },
        fmt::format("layout {}/{}", layout_number_, plan_->layouts));
    if (interrupted() == 0 && !end.ok()) {
      std::vector<std::size_t> lost;
      for (std::size_t i = 0; i < plan.points.size(); ++i) {
        if (!accounted[i]) lost.push_back(i);
      }
      std::string what = describe(plan, lost);
      if (at < plan.points.size()) {
        what += fmt::format(", at {}", label(plan.points[at], *plan_, Stage::search));
      }
      complain(what, end.failure);
    }
    try {
      if (options_->keep_stores) work_.keep_store(id, options_->directory / "stores");
    } catch (const Error& error) {
      complain("keeping a store", error.what());
    }
    work_.remove_store(id);
    estimate_.finished_layout(seconds_since(start));
  }

  ordered_json compose(const Settings& settings, const ordered_json& built,
                       const ordered_json& written, ordered_json& point) const {
    const ordered_json& dataset = datasets_.at(settings.word("metric"));
    const double graph_seconds = built.at("seconds");
    const double layout_seconds = written.at("seconds");
    return {{"schema", results_schema},
            {"experiment", name_},
            {"point", point_id(settings, dataset.at("hash").get<std::string>())},
            {"time", utc_now()},
            {"config", flat_config(settings)},
            {"recall", std::move(point.at("recall"))},
            {"qps", std::move(point.at("qps"))},
            {"latency_us", std::move(point.at("latency_us"))},
            {"work", std::move(point.at("work"))},
            {"build",
             {{"seconds", graph_seconds + layout_seconds},
              {"graph_seconds", graph_seconds},
              {"layout_seconds", layout_seconds},
              {"distances", built.at("distances")},
              {"pair_memo_lookups", built.at("pair_memo_lookups")},
              {"pair_memo_hits", built.at("pair_memo_hits")},
              {"peak_rss_bytes", built.at("peak_rss_bytes")}}},
            {"links", written.at("links")},
            {"tables", written.at("tables")},
            {"graph", written.at("graph")},
            {"layout", written.at("layout")},
            {"resident", std::move(point.at("resident"))},
            {"time_split_us", std::move(point.at("time_split_us"))},
            {"disk_bytes", written.at("disk_bytes")},
            {"graph_digest", built.at("digest")},
            {"dataset", dataset},
            {"provenance", provenance_}};
  }

  void record(const ordered_json& record, const Settings& settings) {
    results_.append(record);
    ++written_;
    const ordered_json& links = record.at("links");
    GraphResult& graph = outcome_.graphs.back();
    graph.edges = links.at("edges");
    graph.edges_per_vector = links.at("edges_per_vector");
    const double link_bytes =
        links.at("value_bytes").get<double>() + links.at("key_bytes").get<double>();
    graph.points.push_back(
        {.settings = settings,
         .recall = record.at("recall").at("strict"),
         .distances = record.at("work").at("distances"),
         .qps = record.at("qps").at("median"),
         .link_bytes_per_vector = link_bytes / record.at("dataset").at("n").get<double>(),
         .disk_bytes = record.at("disk_bytes"),
         .layout_seconds = record.at("build").at("layout_seconds")});
  }

  /// Names points by what they have of their own, and how many more there are.
  std::string describe(const LayoutPlan& plan, const std::vector<std::size_t>& places) const {
    const Settings& settings = places.empty() ? plan.settings() : plan.points[places.front()];
    if (places.size() == 1) return fmt::format("point {}", label(settings, *plan_, Stage::search));
    return fmt::format("{} points of {}", places.size(), label(settings, *plan_, Stage::layout));
  }

  void complain(std::string_view what, std::string_view why) {
    progress_.clear();
    fmt::print(stderr, "skerry: error: {}: {}\n", what, why);
  }

  ChildEnd child(const std::function<void(const Messages&)>& work,
                 const std::function<void(const std::string&, ordered_json&)>& receive,
                 const std::string& title) {
    const std::string eta = estimate_.text();
    progress_.show(fmt::format("{}  {}", title, eta));
    return run_child(guard_, work, [&](std::string_view text) {
      ordered_json message = ordered_json::parse(text);
      const auto kind = message.at("kind").get<std::string>();
      if (kind == "progress") {
        progress_.show(fmt::format(
            "{}  {} {} of {}  {}", title, message.at("what").get<std::string>(),
            message.at("done").get<std::size_t>(), message.at("total").get<std::size_t>(), eta));
      } else if (kind == "at") {
        progress_.show(fmt::format("{}  {} point {}  {}", title,
                                   message.at("what").get<std::string>(),
                                   message.at("point").get<std::size_t>() + 1, eta));
      }
      receive(kind, message);
    });
  }

  const Plan* plan_;
  const RunOptions* options_;
  InterruptGuard guard_;
  ResultsFile results_;
  WorkFolder work_;
  ProgressLine progress_;
  Estimate estimate_;
  ordered_json provenance_;
  std::string name_;
  StageInput input_;
  std::map<std::string, ordered_json> datasets_;  ///< by metric
  RunOutcome outcome_;
  std::size_t graph_number_ = 0;
  std::size_t layout_number_ = 0;
  std::size_t written_ = 0;
};

Run::Run(const Config& config, const Plan& plan, const RunOptions& options)
    : impl_(std::make_unique<Impl>(config, plan, options)) {}

Run::~Run() = default;

RunOutcome Run::execute() { return impl_->execute(); }

}  // namespace skerry::experiments
