#include "experiments/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "distance/metric.h"
#include "experiments/churn_via.h"
#include "experiments/value_list.h"
#include "graph/codes.h"
#include "graph/reader.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t max_points = 1'000'000;

std::size_t count_points(const Axes& axes) {
  std::size_t count = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Axis& axis = axes[i];
    if (axis.zip.value_or(i) != i) continue;
    if (axis.values.size() > max_points / count) {
      throw Error(Code::invalid_argument,
                  fmt::format("the axes multiply to more than {} points", max_points));
    }
    count *= axis.values.size();
  }
  return count;
}

/// The n-th combination; the last key turns fastest, a zip turns as its first key.
Settings combination(const Axes& axes, std::size_t n) {
  std::vector<std::size_t> at(axes.size());
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (axes[i].zip.value_or(i) != i) continue;
    at[i] = n % axes[i].values.size();
    n /= axes[i].values.size();
  }
  std::vector<Value> values;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    values.push_back(axes[i].values[at[axes[i].zip.value_or(i)]]);
  }
  return Settings(std::move(values));
}

/// The number of a key, through any references; they become numbers on the way.
std::int64_t resolve_number(Settings& settings, std::size_t key, std::vector<std::size_t>& path) {
  const Value value = settings[key];
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  path.push_back(key);
  if (std::count(path.begin(), path.end(), key) > 1) {
    std::string circle;
    for (const std::size_t each : path) {
      circle += fmt::format("{}`{}`", circle.empty() ? "" : " -> ", keys()[each].column);
    }
    throw Error(Code::invalid_argument, fmt::format("references in a circle: {}", circle));
  }
  const Reference reference = *parse_reference(std::get<std::string>(value));
  const std::size_t other = referred_key(keys()[key].table, reference.key);
  const std::int64_t base = resolve_number(settings, other, path);
  std::int64_t number = 0;
  if (__builtin_mul_overflow(base, reference.factor, &number)) {
    throw Error(Code::invalid_argument,
                fmt::format("`{}` = \"{}\" is larger than any number at `{}` = {}",
                            keys()[key].column, reference.text(), keys()[other].column, base));
  }
  settings.set(keys()[key].column, number);
  path.pop_back();
  return number;
}

/// Replaces what follows from other keys, so that equal work has equal settings.
void resolve(Settings& settings, const Axes& axes) {
  for (std::size_t key = 0; key < keys().size(); ++key) {
    if (!keys()[key].is_number) continue;
    std::vector<std::size_t> path;
    try {
      resolve_number(settings, key, path);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("{}: {}", axes[key].place, error.what()));
    }
  }
  if (axes[key_at("encoding")].place == "default") {
    const distance::Metric& metric = distance::metric(settings.word("metric"));
    settings.set("encoding", std::string(graph::plain_encoding(metric)));
  }
}

/// Codes that the metric, or the index and the view, cannot give.
void check_codes(const Settings& settings, const Axes& axes) {
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  const std::string& encoding = settings.word("encoding");
  const std::string_view plain = graph::plain_encoding(metric);
  if (encoding != plain && !graph::keeps_codes(encoding)) {
    throw Error(Code::invalid_argument,
                fmt::format("{}: `encoding` is `{}`, but under metric `{}` it must be `{}`",
                            axes[key_at("encoding")].place, encoding, metric.name, plain));
  }
  const auto check = [&](std::string_view key) {
    const std::string& word = settings.word(key);
    if (!graph::keeps_codes(word)) return;
    try {
      distance::check_encoding(distance::encoding(word), metric, 1);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("{}: {}", axes[key_at(key)].place, error.what()));
    }
  };
  check("construction");
  check("encoding");
  check("traversal");
  try {
    graph::check_layout(graph::Layout::parse(settings.word("layout")),
                        graph::keeps_codes(encoding) ? &distance::encoding(encoding) : nullptr);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: {}; an [[exclude]] can drop such points",
                                          axes[key_at("layout")].place, error.what()));
  }
  const std::string& traversal = settings.word("traversal");
  if (graph::keeps_codes(traversal) && traversal != encoding && settings.word("view") != "frozen") {
    throw Error(
        Code::invalid_argument,
        fmt::format("{}: view `{}` walks by codes that the index keeps, so traversal = "
                    "\"{}\" needs the same encoding, not `{}`; an [[exclude]] can drop "
                    "such points",
                    axes[key_at("traversal")].place, settings.word("view"), traversal, encoding));
  }
}

/// Refuses what only shows when references are numbers and keys stand together.
void check_settings(const Settings& settings, const Axes& axes, std::size_t n) {
  const Settings written = combination(axes, n);
  for (std::size_t key = 0; key < keys().size(); ++key) {
    if (written[key] == settings[key] || !keys()[key].is_number) continue;
    try {
      check_value(keys()[key], settings[key]);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("{}: \"{}\": {}", axes[key].place,
                                            spelling(written[key]), error.what()));
    }
  }
  if (!graph::view_supported(settings.word("view"), kv::reader_view_life(settings.word("store")))) {
    throw Error(
        Code::invalid_argument,
        fmt::format("{}: view `{}` needs a store whose values stay in place, and `{}` is none "
                    "when it is read; an [[exclude]] can drop such points",
                    axes[key_at("view")].place, settings.word("view"), settings.word("store")));
  }
  const bool cold = settings.word("cache") == "cold";
  if (cold && (settings.word("store") == "memory" || settings.word("view") == "frozen")) {
    throw Error(
        Code::invalid_argument,
        fmt::format("{}: cache = \"cold\" needs a store on disk and a view that reads it, "
                    "not store `{}` and view `{}`; an [[exclude]] can drop such points",
                    axes[key_at("cache")].place, settings.word("store"), settings.word("view")));
  }
  check_codes(settings, axes);
}

bool matches(const Exclude& exclude, const Settings& settings) {
  return std::all_of(exclude.conditions.begin(), exclude.conditions.end(), [&](const auto& each) {
    return std::find(each.values.begin(), each.values.end(), settings[each.key]) !=
           each.values.end();
  });
}

/// Which points of a config are dropped, and which excludes dropped any.
class Excluder {
 public:
  explicit Excluder(const Config& config) : config_(&config), useful_(config.excludes.size()) {}

  bool drops(const Settings& settings) {
    bool dropped = false;
    for (std::size_t i = 0; i < useful_.size(); ++i) {
      if (!matches(config_->excludes[i], settings)) continue;
      useful_[i] = true;
      dropped = true;
    }
    return dropped;
  }

  void check_useful() const {
    const auto useless = std::find(useful_.begin(), useful_.end(), false);
    if (useless == useful_.end() || !config_->as_written) return;
    const auto at = static_cast<std::size_t>(useless - useful_.begin());
    throw Error(Code::invalid_argument,
                fmt::format("{}: this [[exclude]] drops nothing; no point has all of its values",
                            config_->excludes[at].place));
  }

 private:
  const Config* config_;
  std::vector<bool> useful_;
};

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
  parameters.connectivity = graph::connectivity(settings.word("connectivity"));
  const distance::Metric& metric = distance::metric(settings.word("metric"));
  parameters.construction = graph::construction(settings.word("construction"));
  parameters.seed = static_cast<std::uint64_t>(settings.number("seed"));
  parameters.threads = static_cast<unsigned>(settings.number("build_threads"));
  parameters.pair_memo = static_cast<std::size_t>(settings.number("pair_memo"));
  parameters.validate();
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

  Excluder excluder(config);
  Numbering graphs;
  Numbering points;
  std::unordered_map<std::string, std::size_t> layouts;
  const auto expand = [&](const Axes& axes) {
    const std::size_t count = count_points(axes);
    for (std::size_t n = 0; n < count; ++n) {
      Settings settings = combination(axes, n);
      resolve(settings, axes);
      if (excluder.drops(settings)) {
        ++plan.excluded;
        continue;
      }
      check_settings(settings, axes, n);
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
      if (new_layout) {
        check_churn(settings, config.dataset, plan.dataset, axes[key_at("via")].place);
      }
      of_graph[layout->second].points.push_back(std::move(settings));
    }
  };
  expand(config.base);
  for (const Axes& group : config.groups) expand(group);
  plan.layouts = layouts.size();
  excluder.check_useful();
  if (plan.graphs.empty()) {
    throw Error(Code::invalid_argument,
                fmt::format("{}: every point is excluded", config.file.string()));
  }

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
