#include "experiments/runner.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "experiments/child.h"
#include "experiments/eta.h"
#include "experiments/failures.h"
#include "experiments/graph_cache.h"
#include "experiments/graph_file.h"
#include "experiments/identity.h"
#include "experiments/pending.h"
#include "experiments/progress_line.h"
#include "experiments/record.h"
#include "experiments/record_set.h"
#include "experiments/results.h"
#include "experiments/run_files.h"
#include "experiments/run_guess.h"
#include "experiments/stages.h"
#include "experiments/work_folder.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
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

/// The points that share the view and cache of the first: enough to measure twice.
LayoutWork first_group(const LayoutWork& layout) {
  LayoutWork some{{}, layout.id, {}};
  const Settings& first = layout.plan.points.front();
  for (std::size_t i = 0; i < layout.points.size(); ++i) {
    const Settings& point = layout.plan.points[i];
    if (search_kind(point) != search_kind(first)) continue;
    some.plan.points.push_back(point);
    some.points.push_back(layout.points[i]);
  }
  return some;
}

}  // namespace

struct Run::Impl {
  Impl(const Config& config, const Plan& plan, const RunOptions& options)
      : plan_(&plan),
        options_(&options),
        results_(options.directory),
        failures_(options.directory),
        work_(options.directory),
        progress_(options.quiet),
        context_{
            config.name, provenance(new_run_id(), config.file.string(), options.settings), {}} {
    input_.dataset = config.dataset;
    for (const GraphPlan& graph : plan.graphs) {
      for (const LayoutPlan& layout : graph.layouts) {
        for (const Settings& point : layout.points) {
          input_.truth_depth =
              std::max(input_.truth_depth, static_cast<std::size_t>(point.number("k")));
        }
      }
    }
    std::map<std::string, std::string> hashes;
    for (const GraphPlan& graph : plan.graphs) {
      const std::string& metric = graph.settings().word("metric");
      if (interrupted() == 0) load(metric);
      if (interrupted() != 0) return;
      hashes[metric] = context_.datasets.at(metric).at("hash");
    }
    selected_ = selected_work(plan, hashes, options);
    write_plan(config, options);
  }

  RunOutcome execute() {
    std::vector<GraphWork> pending = selected_;
    if (interrupted() == 0) pending = plan_work();
    for (const GraphWork& graph : pending) {
      if (interrupted() != 0) break;
      run_graph(graph);
    }
    progress_.clear();
    results_.sync();
    outcome_.points = count_points(selected_);
    outcome_.signal = interrupted();
    conclude();
    return std::move(outcome_);
  }

  void write_plan(const Config& config, const RunOptions& options) {
    ordered_json points = ordered_json::array();
    for (const GraphWork& graph : selected_) {
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

  /// What is left to do, said to the user; files of points that were never finished are removed.
  std::vector<GraphWork> plan_work() {
    std::set<std::string> recorded;
    for (const ordered_json& record : read_records(options_->directory).records) {
      recorded.insert(record.at("point").get<std::string>());
    }
    remove_orphans(options_->directory, recorded);
    const std::size_t all = count_points(selected_);
    const std::size_t new_points = count_points(without(selected_, recorded));
    outcome_.before = all - new_points;
    if (options_->repeat) recorded.clear();
    std::set<std::string> done = recorded;
    const std::set<std::string> failed = failures_.points();
    if (options_->retry_failed || options_->repeat) {
      failures_.forget(failed);
    } else {
      done.insert(failed.begin(), failed.end());
    }
    std::vector<GraphWork> pending = without(selected_, done);
    if (outcome_.before > 0 && !options_->quiet) {
      fmt::print(stderr, "skerry: {} of {} points are there; {} to do\n", outcome_.before, all,
                 count_points(pending));
    }
    for (const GraphWork& graph : pending) {
      eta_.expect("graph", guess_graph(graph.settings, shape_));
      for (const LayoutWork& layout : graph.layouts) expect(layout);
    }
    return pending;
  }

  void expect(const LayoutWork& layout) {
    const Settings& settings = layout.plan.settings();
    eta_.expect(layout_kind(settings), guess_layout(settings, shape_));
    for (const Settings& point : layout.plan.points) {
      eta_.expect(search_kind(point), guess_point(point, shape_));
    }
  }

  /// Describes a data set under a metric, once.
  void load(const std::string& metric) {
    if (context_.datasets.contains(metric)) return;
    ordered_json described;
    const ChildEnd end =
        child([&](const Messages& messages) { dataset_stage(input_, metric, messages); },
              [&](const std::string& kind, ordered_json& message) {
                if (kind == "dataset") described = std::move(message);
              },
              "data set", {});
    if (interrupted() != 0) return;
    if (!end.ok()) throw Error(end.code, "loading the data set: " + end.failure);
    shape_ = {described.at("n"), described.at("dimension"), described.at("queries")};
    outcome_.dataset =
        fmt::format("{}: {} x {}, {} queries", described.at("name").get<std::string>(), shape_.n,
                    shape_.dimension, shape_.queries);
    described.erase("kind");
    context_.datasets[metric] = std::move(described);
  }

  void run_graph(const GraphWork& graph) {
    ++graph_number_;
    const double guess = guess_graph(graph.settings, shape_);
    const std::optional<ordered_json> built = make_graph(graph, guess);
    if (!built) return;
    for (const ordered_json& note : built->at("notes")) {
      progress_.clear();
      fmt::print(stderr, "skerry: note: {}: {}\n", graph.settings.word("graph"),
                 note.get<std::string>());
    }
    for (const LayoutWork& layout : graph.layouts) {
      if (interrupted() != 0) return;
      const bool whole = run_layout(layout, *built, false);
      // Of what failed nothing would be learnt; the next layout is as good.
      if (!whole || !options_->noise || noise_done_ || interrupted() != 0) continue;
      noise_done_ = true;
      if (has_noise(layout)) continue;
      const LayoutWork again = first_group(layout);
      expect(again);
      run_layout(again, *built, true);
    }
  }

  bool has_noise(const LayoutWork& layout) const {
    const std::set<std::string> ids(layout.points.begin(), layout.points.end());
    for (const ordered_json& record : read_json_lines(options_->directory / "noise.jsonl")) {
      if (ids.contains(record.value("point", ""))) return true;
    }
    return false;
  }

  /// Puts the graph into the work folder: from the cache, else built.
  std::optional<ordered_json> make_graph(const GraphWork& graph, double guess) {
    if (options_->use_cache) {
      if (std::optional<ordered_json> cached = cache_.find(graph.id); cached && take(graph.id)) {
        eta_.drop("graph", guess);
        (*cached)["cached"] = true;
        return cached;
      }
    }
    work_.remove_graph();  // it may be another name of a file in the cache
    const auto start = Clock::now();
    ordered_json built;
    const ChildEnd end = child(
        [&](const Messages& messages) {
          graph_stage(input_, graph.settings, work_.graph(), messages);
        },
        [&](const std::string& kind, ordered_json& message) {
          if (kind == "graph") built = std::move(message);
        },
        fmt::format("graph {}", graph_number_), {.silence_seconds = options_->build_seconds});
    if (interrupted() != 0) return {};
    eta_.finish("graph", guess, seconds_since(start));
    if (!end.ok()) {
      complain(fmt::format("graph {}", label(graph.settings, *plan_, Stage::graph)), end.failure);
      for (const LayoutWork& layout : graph.layouts) {
        for (std::size_t i = 0; i < layout.points.size(); ++i) {
          failures_.add(layout.points[i], layout.plan.points[i], "graph", end.failure, end,
                        tail_of(work_.log()));
        }
      }
      return {};
    }
    built["peak_rss_bytes"] = end.peak_rss_bytes;
    built["cached"] = false;
    if (options_->use_cache) keep(graph.id, built);
    return built;
  }

  /// A cached graph whose bytes are not what they were is forgotten, and built again.
  bool take(const std::string& id) {
    try {
      read_graph_file(cache_.graph(id));
      work_.place_graph(cache_.graph(id));
      return true;
    } catch (const Error&) {
      cache_.remove(id);
      return false;
    }
  }

  /// A full disk under the cache costs the cache only.
  void keep(const std::string& id, const ordered_json& built) {
    try {
      std::filesystem::copy_file(work_.graph(), cache_.unfinished(id),
                                 std::filesystem::copy_options::overwrite_existing);
      cache_.keep(id, built);
    } catch (const std::exception& error) {
      cache_.remove(id);
      progress_.clear();
      fmt::print(stderr, "skerry: note: a graph was not cached: {}\n", error.what());
    }
  }

  /// Whether all its points were measured.
  bool run_layout(const LayoutWork& layout, const ordered_json& built, bool again) {
    const LayoutPlan& plan = layout.plan;
    const std::string id = fmt::format("{}-{}", plain_name(plan.settings()), layout.id);
    ordered_json written;
    std::vector<bool> accounted(plan.points.size(), false);  // recorded, or its failure reported
    std::size_t at = plan.points.size();
    bool whole = true;
    bool group_ended = false;
    auto step = Clock::now();
    const auto lap = [&](const std::string& kind, double guess) {
      eta_.finish(kind, guess, seconds_since(step));
      step = Clock::now();
    };
    RowFiles files{.directory = again ? std::filesystem::path() : options_->directory,
                   .point_ids = layout.points,
                   .save_neighbours = options_->save_neighbours};
    const ChildEnd end = child(
        [&](const Messages& messages) {
          layout_stage(input_, plan, files, work_.graph(), built.at("digest").get<std::string>(),
                       work_.store(id), messages);
        },
        [&](const std::string& kind, ordered_json& message) {
          group_ended = kind == "group";
          if (kind == "layout") {
            written = std::move(message);
            lap(layout_kind(plan.settings()), guess_layout(plan.settings(), shape_));
          }
          if (kind == "at") at = message.at("point").get<std::size_t>();
          if (kind == "point") {
            const auto place = message.at("point").get<std::size_t>();
            accounted[place] = true;
            lap(search_kind(plan.points[place]), guess_point(plan.points[place], shape_));
            const ordered_json record =
                compose_record(context_, layout.points[place], layout.id, plan.points[place], built,
                               written, message, again);
            if (again) {
              append_json_line(options_->directory / "noise.jsonl", record);
            } else {
              results_.append(record);
            }
          }
          if (kind == "failed" || kind == "skipped") {
            const auto places = message.at("points").get<std::vector<std::size_t>>();
            const auto why = message.at("why").get<std::string>();
            for (const std::size_t place : places) accounted[place] = true;
            whole = false;
            give_up(layout, places, kind == "skipped" ? "skipped" : "search", why, {}, at, again);
          }
        },
        fmt::format("{}layout {}", again ? "again: " : "", ++layout_number_),
        {.silence_seconds = std::max(options_->point_seconds, options_->build_seconds),
         .may_stop = [&] { return group_ended; }});
    if (interrupted() == 0 && !end.ok()) {
      std::vector<std::size_t> lost;
      for (std::size_t i = 0; i < plan.points.size(); ++i) {
        if (!accounted[i]) lost.push_back(i);
      }
      give_up(layout, lost, written.is_null() ? "layout" : "search", end.failure, end, at, again);
    }
    if (options_->keep_stores && !again) keep_store(id);
    work_.remove_store(id);
    return whole && end.ok();
  }

  /// A folder's name: the store and codec without what a path should not hold.
  static std::string plain_name(const Settings& settings) {
    std::string name = settings.word("store") + "-" + settings.word("codec");
    for (char& c : name) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-') c = '_';
    }
    return name;
  }

  void keep_store(const std::string& id) {
    try {
      work_.keep_store(id, options_->directory / "stores");
    } catch (const Error& error) {
      complain("keeping a store", error.what());
    }
  }

  void give_up(const LayoutWork& layout, const std::vector<std::size_t>& places,
               std::string_view stage, const std::string& why, const ChildEnd& end, std::size_t at,
               bool again) {
    std::string what = describe(layout.plan, places);
    if (at < layout.plan.points.size() && !end.ok()) {
      what += fmt::format(", at {}", label(layout.plan.points[at], *plan_, Stage::search));
    }
    if (again) {
      progress_.clear();
      fmt::print(stderr, "skerry: note: measuring again: {}: {}\n", what, why);
      return;
    }
    if (stage == "skipped") {
      outcome_.skipped += places.size();
      progress_.clear();
      fmt::print(stderr, "skerry: skipped: {}: {}\n", what, why);
      return;
    }
    complain(what, why);
    for (const std::size_t place : places) {
      failures_.add(layout.points[place], layout.plan.points[place], stage, why, end,
                    tail_of(work_.log()));
    }
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

  /// Fills the outcome from the records of the points that were asked for.
  void conclude() {
    std::map<std::string, ordered_json> records;
    for (ordered_json& record : read_records(options_->directory).records) {
      const std::string point = record.at("point");
      records[point] = std::move(record);
    }
    const std::set<std::string> failed = failures_.points();
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

  ChildEnd child(const std::function<void(const Messages&)>& work,
                 const std::function<void(const std::string&, ordered_json&)>& receive,
                 const std::string& title, ChildOptions options) {
    progress_.show(fmt::format("{}  {}", title, eta_.text()));
    options.log = work_.log();
    return run_child(
        guard_, work,
        [&](std::string_view text) {
          ordered_json message = ordered_json::parse(text);
          const auto kind = message.at("kind").get<std::string>();
          if (kind == "progress") {
            progress_.show(fmt::format("{}  {} {} of {}  {}", title,
                                       message.at("what").get<std::string>(),
                                       message.at("done").get<std::size_t>(),
                                       message.at("total").get<std::size_t>(), eta_.text()));
          } else if (kind == "at") {
            progress_.show(fmt::format("{}  {} point {}  {}", title,
                                       message.at("what").get<std::string>(),
                                       message.at("point").get<std::size_t>() + 1, eta_.text()));
          }
          receive(kind, message);
        },
        options);
  }

  const Plan* plan_;
  const RunOptions* options_;
  InterruptGuard guard_;
  ResultsFile results_;
  Failures failures_;
  WorkFolder work_;
  GraphCache cache_;
  ProgressLine progress_;
  Eta eta_;
  RecordContext context_;
  StageInput input_;
  DataShape shape_;
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
