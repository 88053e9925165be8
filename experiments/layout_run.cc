#include "experiments/layout_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "experiments/point_label.h"
#include "experiments/run_clock.h"
#include "experiments/run_files.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

class LayoutRun {
 public:
  LayoutRun(RunState& run, const LayoutWork& layout, const ordered_json& built, Measured measured)
      : run_(run),
        layout_(layout),
        plan_(layout.plan),
        built_(built),
        measured_(measured),
        accounted_(plan_.points.size(), false),
        at_(plan_.points.size()) {}

  /// Whether all points were measured.
  bool execute(std::size_t number) {
    const std::string id = fmt::format("{}-{}", folder_label(plan_.settings()), layout_.id);
    const RowFiles files{.directory = again() ? std::filesystem::path() : run_.options.directory,
                         .point_ids = layout_.points,
                         .save_neighbours = run_.options.save_neighbours};
    step_ = RunClock::now();
    const ChildEnd end = run_.run_stage(
        fmt::format("{}layout {}", again() ? "again: " : "", number),
        [&](const Messages& messages) {
          layout_stage(run_.input, plan_, files, run_.work.graph(),
                       built_.at("digest").get<std::string>(), run_.work.store(id), messages);
        },
        [&](const std::string& kind, ordered_json& message) { receive(kind, message); },
        {.silence_seconds = std::max(run_.options.point_seconds, run_.options.build_seconds),
         .may_stop = [&] { return group_ended_; }});
    if (interrupted() == 0 && !end.ok()) give_up_rest(end);
    if (run_.options.keep_stores && !again()) keep_store(id);
    run_.work.remove_store(id);
    return whole_ && end.ok();
  }

 private:
  bool again() const { return measured_ == Measured::again; }

  void receive(const std::string& kind, ordered_json& message) {
    group_ended_ = kind == "group";
    if (kind == "layout") {
      written_ = std::move(message);
      lap(layout_kind(plan_.settings()), guess_layout(plan_.settings(), run_.shape));
    } else if (kind == "at") {
      at_ = message.at("point").get<std::size_t>();
    } else if (kind == "point") {
      record(message.at("point").get<std::size_t>(), message);
    } else if (kind == "failed" || kind == "skipped") {
      const auto places = message.at("points").get<std::vector<std::size_t>>();
      for (const std::size_t place : places) accounted_[place] = true;
      whole_ = false;
      give_up(places, kind == "skipped" ? "skipped" : "search",
              message.at("why").get<std::string>(), {});
    }
  }

  void lap(const std::string& kind, double guess) {
    run_.eta.finish(kind, guess, seconds_since(step_));
    step_ = RunClock::now();
  }

  void record(std::size_t place, const ordered_json& message) {
    const Settings& point = plan_.points[place];
    accounted_[place] = true;
    lap(search_kind(point), guess_point(point, run_.shape));
    const ordered_json record = compose_record(run_.context, layout_.points[place], layout_.id,
                                               point, built_, written_, message, again());
    if (again()) {
      append_json_line(run_.options.directory / "noise.jsonl", record);
    } else {
      run_.results.append(record);
    }
  }

  void give_up_rest(const ChildEnd& end) {
    std::vector<std::size_t> lost;
    for (std::size_t i = 0; i < plan_.points.size(); ++i) {
      if (!accounted_[i]) lost.push_back(i);
    }
    give_up(lost, written_.is_null() ? "layout" : "search", end.failure, end);
  }

  void give_up(const std::vector<std::size_t>& places, std::string_view stage,
               const std::string& why, const ChildEnd& end) {
    std::string what = label_points(plan_, places, run_.plan);
    if (at_ < plan_.points.size() && !end.ok()) {
      what += fmt::format(", at {}", label(plan_.points[at_], run_.plan, Stage::search));
    }
    if (again()) {
      run_.say(fmt::format("note: measuring again: {}: {}", what, why));
    } else if (stage == "skipped") {
      run_.skipped += places.size();
      run_.say(fmt::format("skipped: {}: {}", what, why));
    } else {
      run_.say(fmt::format("error: {}: {}", what, why));
      run_.fail(layout_, places, stage, why, end);
    }
  }

  void keep_store(const std::string& id) {
    try {
      run_.work.keep_store(id, run_.options.directory / "stores");
    } catch (const Error& error) {
      run_.say(fmt::format("error: keeping a store: {}", error.what()));
    }
  }

  RunState& run_;
  const LayoutWork& layout_;
  const LayoutPlan& plan_;
  const ordered_json& built_;
  Measured measured_;
  ordered_json written_;         // null until the store holds the layout
  std::vector<bool> accounted_;  // recorded, or its failure reported
  std::size_t at_;               // the point under way
  bool whole_ = true;            // no point failed or was skipped
  bool group_ended_ = false;     // the last message ended a view and cache: a place to stop at
  RunClock::time_point step_{};
};

}  // namespace

void expect_layout(RunState& run, const LayoutWork& layout) {
  const Settings& settings = layout.plan.settings();
  run.eta.expect(layout_kind(settings), guess_layout(settings, run.shape));
  for (const Settings& point : layout.plan.points) {
    run.eta.expect(search_kind(point), guess_point(point, run.shape));
  }
}

bool run_layout(RunState& run, const LayoutWork& layout, const ordered_json& built,
                std::size_t number, Measured measured) {
  return LayoutRun(run, layout, built, measured).execute(number);
}

}  // namespace skerry::experiments
