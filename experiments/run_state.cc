#include "experiments/run_state.h"

#include <fmt/format.h>

#include <algorithm>

namespace skerry::experiments {

using nlohmann::ordered_json;

RunState::RunState(const Config& config, const Plan& run_plan, const RunOptions& run_options)
    : plan(run_plan),
      options(run_options),
      results(options.directory),
      failures(options.directory),
      work(options.directory),
      progress(options.quiet),
      context{config.name, provenance(new_run_id(), config.file.string(), options.settings), {}} {
  input.dataset = config.dataset;
  for (const GraphPlan& graph : plan.graphs) {
    for (const LayoutPlan& layout : graph.layouts) {
      for (const Settings& point : layout.points) {
        input.truth_depth =
            std::max(input.truth_depth, static_cast<std::size_t>(point.number("k")));
      }
    }
  }
}

ChildEnd RunState::run_stage(const std::string& title,
                             const std::function<void(const Messages&)>& stage,
                             const Receive& receive, ChildOptions child) {
  progress.show(fmt::format("{}  {}", title, eta.text()));
  child.log = work.log();
  const auto take = [&](std::string_view text) {
    ordered_json message = ordered_json::parse(text);
    const auto kind = message.at("kind").get<std::string>();
    if (kind == "progress") {
      progress.show(fmt::format("{}  {} {} of {}  {}", title, message.at("what").get<std::string>(),
                                message.at("done").get<std::size_t>(),
                                message.at("total").get<std::size_t>(), eta.text()));
    } else if (kind == "at") {
      progress.show(fmt::format("{}  {} point {}  {}", title, message.at("what").get<std::string>(),
                                message.at("point").get<std::size_t>() + 1, eta.text()));
    }
    receive(kind, message);
  };
  return run_child(guard, stage, take, child);
}

void RunState::say(std::string_view text) {
  progress.clear();
  fmt::print(stderr, "skerry: {}\n", text);
}

void RunState::fail(const LayoutWork& layout, const std::vector<std::size_t>& places,
                    std::string_view stage, std::string_view why, const ChildEnd& end) {
  for (const std::size_t place : places) {
    failures.add(layout.points[place], layout.plan.points[place], stage, why, end,
                 tail_of(work.log()));
  }
}

}  // namespace skerry::experiments
