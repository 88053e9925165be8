#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "experiments/statistics/comparison_output.h"
#include "experiments/table.h"

namespace skerry::experiments {

namespace {

std::string figure(const CompareMetric& metric, std::optional<double> value) {
  if (!value) return "-";
  if (metric.scale == Scale::difference) return fmt::format("{:.4f}", *value);
  if (*value >= 10'000) return grouped(static_cast<std::uint64_t>(std::llround(*value)));
  return fmt::format("{:.1f}", *value);
}

/// "+0.0123", or "+1.2 %".
std::string change(const CompareMetric& metric, double effect) {
  if (metric.scale == Scale::difference) return fmt::format("{:+.4f}", effect);
  return fmt::format("{:+.1f} %", 100 * std::expm1(effect));
}

std::string interval_text(const CompareMetric& metric, const std::optional<Interval>& interval) {
  if (!interval) return "-";
  return fmt::format("[{}, {}]", change(metric, interval->low), change(metric, interval->high));
}

/// What an interval speaks of.
std::string cause(const ComparisonRow& row) {
  const std::string seeds = fmt::format("{} seeds", row.seeds);
  if (!row.interval) return row.seeds == 1 ? "1 seed" : seeds;
  if (!row.over_seeds) return "queries, 1 seed";
  const bool both = row.over_queries.has_value();
  return both ? "queries, " + seeds : seeds;
}

std::string p_text(const std::optional<double>& p) {
  if (!p) return "-";
  return *p < 0.001 ? "<0.001" : fmt::format("{:.3f}", *p);
}

/// Why an interval that excludes 0 is no verdict.
std::string reservation(const ComparisonRow& row) {
  if (row.hidden) return "within noise";
  const bool excludes = row.interval && (row.interval->low > 0 || row.interval->high < 0);
  return excludes && row.verdict == Verdict::unresolved ? "not sure among so many tests" : "";
}

std::string remark(const ComparisonRow& row) {
  std::string text = reservation(row);
  if (row.over_queries && row.over_seeds) {
    text += fmt::format("{}queries {}, seeds {}", text.empty() ? "" : "; ",
                        interval_text(*row.metric, row.over_queries),
                        interval_text(*row.metric, row.over_seeds));
  }
  if (!row.note.empty()) text += (text.empty() ? "" : "; ") + row.note;
  return text;
}

std::string table_of(const Comparison& comparison) {
  const ComparisonRow& first = comparison.rows.front();
  std::vector<std::string> heading;
  for (const auto& [column, value] : first.where) heading.push_back(column);
  if (first.recall) heading.emplace_back("recall");
  heading.emplace_back("metric");
  std::vector<Align> aligned(heading.size(), Align::left);
  for (const char* name : {"A", "B", "change", "95 % interval"}) {
    heading.emplace_back(name);
    aligned.push_back(Align::right);
  }
  for (const char* name : {"over", "p (Holm)", "verdict", ""}) {
    heading.emplace_back(name);
    aligned.push_back(Align::left);
  }
  Table table(aligned);
  table.add(std::move(heading));
  for (const ComparisonRow& row : comparison.rows) {
    std::vector<std::string> cells;
    for (const auto& [column, value] : row.where) cells.push_back(value);
    if (row.recall) cells.push_back(fmt::format("{}", *row.recall));
    cells.insert(cells.end(),
                 {std::string(row.metric->name), figure(*row.metric, row.a),
                  figure(*row.metric, row.b), row.effect ? change(*row.metric, *row.effect) : "-",
                  interval_text(*row.metric, row.interval), cause(row), p_text(row.p_holm),
                  row.effect ? std::string(name(row.verdict)) : "n/a", remark(row)});
    table.add(std::move(cells));
  }
  return table.text();
}

std::string counts_of(const Comparison& comparison) {
  constexpr std::array<Verdict, 4> verdicts = {Verdict::better, Verdict::worse, Verdict::equivalent,
                                               Verdict::unresolved};
  std::vector<std::string> parts;
  for (const Verdict verdict : verdicts) {
    const auto count =
        std::count_if(comparison.rows.begin(), comparison.rows.end(),
                      [&](const auto& row) { return row.effect && row.verdict == verdict; });
    parts.push_back(fmt::format("{} {}", count, name(verdict)));
  }
  return fmt::format("B against A: {}", fmt::join(parts, ", "));
}

}  // namespace

std::string text_of(const Side& a, const Side& b, const Comparison& comparison) {
  std::string text = fmt::format("A: {}\nB: {}\n", a.label, b.label);
  for (const Contrast& contrast : comparison.contrasts) {
    text += fmt::format("{}: A {}, B {}\n", contrast.column, contrast.a, contrast.b);
  }
  text += "\n" + table_of(comparison) + "\n";
  if (comparison.left_out_a + comparison.left_out_b > 0) {
    text += fmt::format("Left out, having no partner: {} points of A, {} of B.\n",
                        comparison.left_out_a, comparison.left_out_b);
  }
  for (const std::string& note : comparison.notes) text += note + "\n";
  return text + counts_of(comparison) + "\n";
}

}  // namespace skerry::experiments
