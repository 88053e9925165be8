#include "experiments/cmd_advise.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/advice.h"
#include "experiments/command_line.h"
#include "experiments/keys.h"
#include "experiments/record_set.h"
#include "experiments/report/point_filter.h"
#include "experiments/table.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 3> options = {{
    {.name = "recall",
     .value = "R",
     .default_value = "0.95",
     .description = "mean recall@k to reach, above 0 and at most 1"},
    {.name = "for",
     .value = "GOAL",
     .default_value = "qps",
     .description =
         "what to spare: qps, distances (per query) or bytes (of the store, per vector)"},
    {.name = "only",
     .value = "COLUMN=VALUE",
     .description = "looks at such points only; conditions are joined by `&`"},
}};

constexpr Command command = {
    .usage = "skerry advise DIR [--recall R] [--for GOAL] [--only EXPR]",
    .summary =
        "Finds, in the results of a finished sweep, the settings that reach a recall at the least\n"
        "cost. ef is interpolated between measured values, never beyond them.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

double read_recall(const std::string& text) {
  double recall = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), recall);
  if (error != std::errc() || end != text.data() + text.size() || !(recall > 0 && recall <= 1)) {
    throw Error(Code::invalid_argument,
                fmt::format("--recall is `{}`; it must be above 0 and at most 1", text));
  }
  return recall;
}

std::string cost_text(double cost, Goal goal) {
  if (goal == Goal::qps) return fmt::format("{:.0f}", 1 / cost);
  return fmt::format("{:.1f}", cost);
}

/// The varying columns of a curve.
std::string name_of(const Advice& curve, const std::vector<std::string>& columns) {
  std::vector<std::string> parts;
  for (const std::string& column : columns) {
    parts.push_back(fmt::format("{}={}", column, config_spelling(*curve.records.front(), column)));
  }
  return parts.empty() ? "the one curve" : fmt::format("{}", fmt::join(parts, " "));
}

std::string toml_of(const Advice& best) {
  std::string text;
  for (const std::string_view table : {"build", "search"}) {
    text += fmt::format("[{}]\n", table);
    for (const Key& key : keys()) {
      if (key.table != table) continue;
      const auto& config = best.records.front()->at("config");
      const auto found = config.find(std::string(key.column));
      if (found == config.end()) continue;
      const std::string value =
          key.column == "ef" ? std::to_string(best.reached->ef) : found->dump();
      text += fmt::format("{} = {}\n", key.name, value);
    }
  }
  return text;
}

/// What the best curve's number rests on.
std::string caveats(const Advice& best, double recall) {
  const Reached& reached = *best.reached;
  std::string text =
      "ef was chosen by the queries that also gave its recall; measure on others before a claim.\n";
  if (!reached.measured) {
    text += fmt::format("ef = {} is interpolated; run it to be sure.\n", reached.ef);
  }
  if (reached.at_first) {
    text += fmt::format("ef = {} is the smallest measured; a smaller one may reach {}, too.\n",
                        reached.ef, recall);
  }
  if (best.margin > 0) {
    const auto safe = std::find_if(best.points.begin(), best.points.end(), [&](const auto& point) {
      return point.recall >= recall + best.margin;
    });
    text += fmt::format("On as many other queries the recall may be {:.4f} less (95 %, at worst). ",
                        best.margin);
    text += safe == best.points.end()
                ? fmt::format("No measured ef excludes missing {}.\n", recall)
                : fmt::format("ef = {}, measured {:.4f}, excludes missing {}.\n", safe->ef,
                              safe->recall, recall);
  }
  return text;
}

}  // namespace

int advise_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const double recall = read_recall(parsed.value("recall"));
  const Goal goal = parse_goal(parsed.value("for"));
  RecordSet set = read_records(parsed.positional.front());
  if (parsed.has("only")) {
    const PointFilter filter(parsed.value("only"), set.records);
    std::erase_if(set.records, [&](const ordered_json& record) { return !filter.selects(record); });
    if (set.records.empty()) {
      throw Error(Code::invalid_argument,
                  fmt::format("--only: no point has all of `{}`", parsed.value("only")));
    }
  }
  const std::vector<Advice> curves = advise(set.records, recall, goal);
  if (curves.empty()) {
    throw Error(Code::invalid_argument, "the results hold no point with recall and this cost",
                {.path = parsed.positional.front()});
  }
  std::vector<std::string> columns = varying_columns(set.records);
  std::erase(columns, "ef");
  Table table({Align::right, Align::right, Align::left, Align::left});
  table.add({"ef", parsed.value("for"), "measured", "settings"});
  for (const Advice& curve : curves) {
    const auto [low, high] = std::minmax_element(
        curve.points.begin(), curve.points.end(),
        [](const CurvePoint& a, const CurvePoint& b) { return a.recall < b.recall; });
    const std::string range =
        fmt::format("ef {}..{}, recall {:.4f}..{:.4f}", curve.points.front().ef,
                    curve.points.back().ef, low->recall, high->recall);
    const bool there = curve.reached.has_value();
    const std::string ef =
        there ? fmt::format("{}{}", curve.reached->at_first ? "<=" : "", curve.reached->ef)
              : "not reached";
    table.add(
        {ef, there ? cost_text(curve.reached->cost, goal) : "-", range, name_of(curve, columns)});
  }
  fmt::print("recall {} of {} points on {} curves, best first\n{}", recall, set.records.size(),
             curves.size(), table.text());
  if (!curves.front().reached) {
    fmt::print(
        "\nNo curve reaches {} at the ef that were measured; raise ef, M or "
        "ef_construction.\n",
        recall);
    return 3;
  }
  fmt::print("\n{}\n{}", toml_of(curves.front()), caveats(curves.front(), recall));
  return 0;
}

}  // namespace skerry::experiments
