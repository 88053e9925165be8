#include "experiments/cmd_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "experiments/base_queries.h"
#include "experiments/command_line.h"
#include "experiments/plan.h"
#include "experiments/plan_cost.h"
#include "experiments/results.h"
#include "experiments/table.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 4> options = {{
    {.name = "output",
     .letter = "o",
     .value = "DIR",
     .default_value = "results/NAME",
     .description = "earlier results, from whose times those of the plan follow"},
    {.name = "set",
     .value = "TABLE.KEY=VALUE[,VALUE]...",
     .description = "replaces a key of the base; repeatable"},
    {.name = "smoke", .description = "the small version, as the config's [smoke] table has it"},
    {.name = "json", .description = "a JSON object instead of text"},
}};

constexpr Command command = {
    .usage = "skerry plan CONFIG.toml [-o DIR] [--set TABLE.KEY=VALUE]... [--smoke] [--json]",
    .summary = "Checks the config and prints what `skerry run` would do. Reads no vectors.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

std::string source(const DatasetRequest& request) {
  std::string text = request.path + request.spec + request.name;  // one of them
  if (parse_base_queries(request.queries)) text += ", queries " + request.queries;
  return text;
}

bool varies(const Plan& plan, std::size_t key) {
  return std::find(plan.varying.begin(), plan.varying.end(), key) != plan.varying.end();
}

/// `column=value` of one stage's varying keys.
std::string varying_text(const Plan& plan, const Settings& settings, Stage stage) {
  std::vector<std::string> parts;
  for (const std::size_t key : plan.varying) {
    if (keys()[key].stage != stage) continue;
    parts.push_back(fmt::format("{}={}", keys()[key].column, spelling(settings[key])));
  }
  return fmt::format("{}", fmt::join(parts, " "));
}

/// Store and codec of a layout, and what else layouts differ in.
std::string layout_text(const Plan& plan, const Settings& settings) {
  std::string text =
      fmt::format("  store={} codec={}", settings.word("store"), settings.word("codec"));
  for (const std::size_t key : plan.varying) {
    const std::string_view column = keys()[key].column;
    if (keys()[key].stage != Stage::layout || column == "store" || column == "codec") continue;
    text += fmt::format(" {}={}", column, spelling(settings[key]));
  }
  return text;
}

/// `column=value,value` of the searches of a layout.
std::string searches_text(const Plan& plan, const LayoutPlan& layout) {
  std::vector<std::string> parts;
  for (const std::size_t key : plan.varying) {
    if (keys()[key].stage != Stage::search) continue;
    std::vector<std::string> values;
    for (const Settings& point : layout.points) {
      const std::string value = spelling(point[key]);
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
    parts.push_back(fmt::format("{}={}", keys()[key].column, fmt::join(values, ",")));
  }
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string seconds_text(double seconds) {
  if (seconds < 90) return fmt::format("{:.1f} s", seconds);
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string cost_text(const Plan& plan, const PlanCost& cost) {
  const double all = cost.graph_seconds + cost.write_seconds + cost.search_seconds;
  std::string text =
      fmt::format("expected  {}: graphs {}, writing {}, searches {}\n", seconds_text(all),
                  seconds_text(cost.graph_seconds), seconds_text(cost.write_seconds),
                  seconds_text(cost.search_seconds));
  text += fmt::format("          {:.1f} MB on disk at once, {:.1f} MB with --keep-stores\n",
                      cost.largest_store_bytes / 1e6, cost.disk_bytes / 1e6);
  if (cost.earlier_records > 0) {
    text += fmt::format("          times from {} earlier points on this machine\n",
                        cost.earlier_records);
  }
  if (cost.rough_graphs + cost.rough_points > 0) {
    text += fmt::format("          by rough constants: {} of {} graphs, {} of {} points\n",
                        cost.rough_graphs, plan.graphs.size(), cost.rough_points, plan.points);
  }
  return text;
}

std::string plan_text(const Config& config, const Plan& plan, const PlanCost& cost) {
  std::string text =
      fmt::format("{}: {} graphs, {} layouts, {} points ({} duplicates merged, {} excluded)\n",
                  config.name, plan.graphs.size(), plan.layouts, grouped(plan.points),
                  grouped(plan.duplicates), grouped(plan.excluded));
  text += fmt::format("data set  {} ({}, {} x {}", source(config.dataset), plan.dataset.format,
                      plan.dataset.rows, plan.dataset.dimension);
  if (plan.dataset.queries > 0) text += fmt::format(", {} queries", plan.dataset.queries);
  if (plan.dataset.truth_depth > 0)
    text += fmt::format(", truth {} deep", plan.dataset.truth_depth);
  text += ")\n";
  const Settings& first = plan.graphs.front().settings();
  for (const std::string_view table : {"build", "search"}) {
    std::string fixed;
    for (std::size_t i = 0; i < keys().size(); ++i) {
      if (keys()[i].table != table || varies(plan, i)) continue;
      fixed += fmt::format(" {}={}", keys()[i].name, spelling(first[i]));
    }
    text += fmt::format("{:<9}{}\n", table, fixed);
  }
  text += cost_text(plan, cost);
  for (std::size_t g = 0; g < plan.graphs.size(); ++g) {
    const GraphPlan& graph = plan.graphs[g];
    text +=
        fmt::format("\ngraph {}  {}\n", g + 1, varying_text(plan, graph.settings(), Stage::graph));
    Table table({Align::left, Align::right, Align::left});
    for (const LayoutPlan& layout : graph.layouts) {
      table.add({layout_text(plan, layout.settings()),
                 fmt::format("{} points", layout.points.size()), searches_text(plan, layout)});
    }
    text += table.text();
  }
  return text;
}

ordered_json stage_object(const Settings& settings, Stage stage) {
  const ordered_json config = flat_config(settings);
  ordered_json object = ordered_json::object();
  for (const Key& key : keys()) {
    if (key.stage == stage) object[std::string(key.column)] = config.at(std::string(key.column));
  }
  return object;
}

ordered_json plan_json(const Config& config, const Plan& plan, const PlanCost& cost) {
  ordered_json graphs = ordered_json::array();
  for (const GraphPlan& graph : plan.graphs) {
    ordered_json layouts = ordered_json::array();
    for (const LayoutPlan& layout : graph.layouts) {
      ordered_json points = ordered_json::array();
      for (const Settings& point : layout.points)
        points.push_back(stage_object(point, Stage::search));
      ordered_json object = stage_object(layout.settings(), Stage::layout);
      object["points"] = std::move(points);
      layouts.push_back(std::move(object));
    }
    ordered_json object = stage_object(graph.settings(), Stage::graph);
    object["layouts"] = std::move(layouts);
    graphs.push_back(std::move(object));
  }
  return {{"name", config.name},
          {"description", config.description},
          {"dataset",
           {{"source", source(config.dataset)},
            {"format", plan.dataset.format},
            {"n", plan.dataset.rows},
            {"dimension", plan.dataset.dimension},
            {"queries", plan.dataset.queries}}},
          {"layouts", plan.layouts},
          {"points", plan.points},
          {"duplicates", plan.duplicates},
          {"excluded", plan.excluded},
          {"expected",
           {{"graph_seconds", cost.graph_seconds},
            {"write_seconds", cost.write_seconds},
            {"search_seconds", cost.search_seconds},
            {"disk_bytes", cost.disk_bytes},
            {"largest_store_bytes", cost.largest_store_bytes},
            {"earlier_records", cost.earlier_records},
            {"rough_graphs", cost.rough_graphs},
            {"rough_points", cost.rough_points}}},
          {"graphs", std::move(graphs)}};
}

}  // namespace

int plan_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::vector<std::string> settings = parsed.all("set");
  const Config config = read_config(parsed.positional.front(), settings, parsed.has("smoke"));
  const Plan plan = make_plan(config);
  const std::filesystem::path earlier = parsed.has("output")
                                            ? std::filesystem::path(parsed.value("output"))
                                            : std::filesystem::path("results") / config.name;
  const PlanCost cost = plan_cost(config, plan, earlier_records(earlier));
  if (parsed.has("json")) {
    fmt::print("{}\n", plan_json(config, plan, cost).dump(2));
  } else {
    fmt::print("{}", plan_text(config, plan, cost));
  }
  return 0;
}

}  // namespace skerry::experiments
