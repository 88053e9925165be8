#include "experiments/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "distance/metric.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t max_points = 1'000'000;

std::size_t count_points(const Axes& axes) {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    if (axis.values.size() > max_points / count) {
      throw Error(Code::invalid_argument,
                  fmt::format("the axes multiply to more than {} points", max_points));
    }
    count *= axis.values.size();
  }
  return count;
}

/// The n-th combination; the last key turns fastest.
Settings combination(const Axes& axes, std::size_t n) {
  std::vector<Value> values(axes.size());
  for (std::size_t i = axes.size(); i-- > 0;) {
    const std::vector<Value>& choices = axes[i].values;
    values[i] = choices[n % choices.size()];
    n /= choices.size();
  }
  return Settings(std::move(values));
}

/// Replaces what follows from other keys, so that equal work has equal settings.
void resolve(Settings& settings, const Axes& axes) {
  const std::size_t M0 = key_at("M0");
  if (std::holds_alternative<std::string>(settings[M0]))
    settings.set("M0", 2 * settings.number("M"));
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  const std::size_t encoding = key_at("encoding");
  const std::string right = metric.element == distance::Element::bit ? "bits" : "f32";
  if (axes[encoding].place == "default") {
    settings.set("encoding", right);
  } else if (settings.word("encoding") != right) {
    throw Error(Code::invalid_argument,
                fmt::format("{}: `encoding` is `{}`, but under metric `{}` it must be `{}`",
                            axes[encoding].place, settings.word("encoding"), metric.name, right));
  }
}

void check_metric(const Config& config, const DatasetInfo& dataset) {
  const auto check = [&](const Axes& axes) {
    const Axis& axis = axes[key_at("metric")];
    for (const Value& value : axis.values) {
      const std::string metric = spelling(value);
      if (dataset.declared_metric.empty() || dataset.declared_metric == metric) continue;
      throw Error(
          Code::mismatch, fmt::format("{}: `metric` is not the data set's own", axis.place),
          {.path = config.dataset.path, .expected = dataset.declared_metric, .found = metric});
    }
  };
  check(config.base);
  for (const Axes& group : config.groups) check(group);
}

/// Where the keys of the graph that were not left to their defaults are written.
std::string place_of(const Config& config, const Axes& axes) {
  for (const std::string_view column : {"M0", "selection", "M"}) {
    const std::string& place = axes[key_at(column)].place;
    if (place != "default") return place;
  }
  return config.file.string();
}

/// Finds equal settings of a stage in the order of their first appearance.
class Numbering {
 public:
  /// Place of the settings, and whether they are new.
  std::pair<std::size_t, bool> place(const std::string& text) {
    const auto [at, fresh] = places_.try_emplace(text, places_.size());
    return {at->second, fresh};
  }

 private:
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

graph::BuildParameters build_parameters(const Settings& settings) {
  graph::BuildParameters parameters;
  parameters.bounds = {static_cast<std::uint32_t>(settings.number("M")),
                       static_cast<std::uint32_t>(settings.number("M0"))};
  parameters.forward_links =
      settings.word("forward") == "M" ? parameters.bounds.M : parameters.bounds.M0;
  parameters.ef_construction = static_cast<std::uint32_t>(settings.number("ef_construction"));
  parameters.selection = heuristics::selection(settings.word("selection"));
  parameters.overflow = heuristics::overflow(settings.word("overflow"));
  parameters.levels = heuristics::levels(settings.word("levels"));
  parameters.schedule = heuristics::schedule(settings.word("schedule"));
  parameters.seed = static_cast<std::uint64_t>(settings.number("seed"));
  parameters.threads = static_cast<unsigned>(settings.number("build_threads"));
  parameters.pair_memo = static_cast<std::size_t>(settings.number("pair_memo"));
  parameters.validate();
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  heuristics::bind(parameters.selection, {metric.name, metric.non_negative, metric.power});
  return parameters;
}

Plan make_plan(const Config& config) {
  Plan plan;
  std::size_t total = count_points(config.base);
  for (const Axes& group : config.groups) total += count_points(group);
  if (total > max_points) {
    throw Error(Code::invalid_argument,
                fmt::format("{} asks for {} points; at most {} fit in one run",
                            config.file.string(), total, max_points));
  }
  plan.dataset = dataset_info(config.dataset);
  check_metric(config, plan.dataset);

  Numbering graphs;
  Numbering points;
  std::unordered_map<std::string, std::size_t> layouts;
  const auto expand = [&](const Axes& axes) {
    const std::size_t count = count_points(axes);
    for (std::size_t n = 0; n < count; ++n) {
      Settings settings = combination(axes, n);
      resolve(settings, axes);
      if (!points.place(settings.text(Stage::search)).second) {
        ++plan.duplicates;
        continue;
      }
      ++plan.points;
      const auto [graph, new_graph] = graphs.place(settings.text(Stage::graph));
      if (new_graph) {
        try {
          build_parameters(settings);
        } catch (const Error& error) {
          throw Error(error.code(), fmt::format("{}: {}", place_of(config, axes), error.what()));
        }
        plan.graphs.emplace_back();
      }
      std::vector<LayoutPlan>& of_graph = plan.graphs[graph].layouts;
      const auto [layout, new_layout] =
          layouts.try_emplace(settings.text(Stage::layout), of_graph.size());
      if (new_layout) of_graph.emplace_back();
      of_graph[layout->second].points.push_back(std::move(settings));
    }
  };
  expand(config.base);
  for (const Axes& group : config.groups) expand(group);
  plan.layouts = layouts.size();

  const Settings& first = plan.graphs.front().settings();
  for (std::size_t i = 0; i < keys().size(); ++i) {
    const auto differs = [&](const Settings& settings) { return settings[i] != first[i]; };
    const bool varies =
        std::any_of(plan.graphs.begin(), plan.graphs.end(), [&](const GraphPlan& graph) {
          return std::any_of(graph.layouts.begin(), graph.layouts.end(), [&](const LayoutPlan& l) {
            return std::any_of(l.points.begin(), l.points.end(), differs);
          });
        });
    if (varies) plan.varying.push_back(i);
  }
  return plan;
}

}  // namespace skerry::experiments
