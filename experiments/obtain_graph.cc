#include "experiments/obtain_graph.h"

#include <fmt/format.h>

#include <filesystem>
#include <numeric>

#include "base/error.h"
#include "experiments/graph_file.h"
#include "experiments/point_label.h"
#include "experiments/run_clock.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// A cached graph whose bytes are not what they were is forgotten, and built again.
bool take_cached(RunState& run, const std::string& id) {
  try {
    read_graph_file(run.cache.graph(id));
    run.work.place_graph(run.cache.graph(id));
    return true;
  } catch (const Error&) {
    run.cache.remove(id);
    return false;
  }
}

/// A full disk under the cache costs the cache only.
void keep_in_cache(RunState& run, const std::string& id, const ordered_json& built) {
  try {
    std::filesystem::copy_file(run.work.graph(), run.cache.unfinished(id),
                               std::filesystem::copy_options::overwrite_existing);
    run.cache.keep(id, built);
  } catch (const std::exception& error) {
    run.cache.remove(id);
    run.say(fmt::format("note: a graph was not cached: {}", error.what()));
  }
}

void fail_graph(RunState& run, const GraphWork& graph, const ChildEnd& end) {
  run.say(fmt::format("error: graph {}: {}", label(graph.settings, run.plan, Stage::graph),
                      end.failure));
  for (const LayoutWork& layout : graph.layouts) {
    std::vector<std::size_t> places(layout.points.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    run.fail(layout, places, "graph", end.failure, end);
  }
}

}  // namespace

std::optional<ordered_json> obtain_graph(RunState& run, const GraphWork& graph,
                                         std::size_t number) {
  const double guess = guess_graph(graph.settings, run.shape);
  if (run.options.use_cache) {
    std::optional<ordered_json> cached = run.cache.find(graph.id);
    if (cached && take_cached(run, graph.id)) {
      run.eta.drop("graph", guess);
      (*cached)["cached"] = true;
      return cached;
    }
  }
  run.work.remove_graph();  // it may be another name of a file in the cache
  const RunClock::time_point start = RunClock::now();
  ordered_json built;
  const ChildEnd end = run.run_stage(
      fmt::format("graph {}", number),
      [&](const Messages& messages) {
        graph_stage(run.input, graph.settings, run.work.graph(), messages);
      },
      [&](const std::string& kind, ordered_json& message) {
        if (kind == "graph") built = std::move(message);
      },
      {.silence_seconds = run.options.build_seconds});
  if (interrupted() != 0) return {};
  run.eta.finish("graph", guess, seconds_since(start));
  if (!end.ok()) {
    fail_graph(run, graph, end);
    return {};
  }
  built["peak_rss_bytes"] = end.peak_rss_bytes;
  built["cached"] = false;
  if (run.options.use_cache) keep_in_cache(run, graph.id, built);
  return built;
}

}  // namespace skerry::experiments
