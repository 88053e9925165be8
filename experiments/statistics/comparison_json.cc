#include <cmath>

#include "experiments/statistics/comparison_output.h"

namespace skerry::experiments {

namespace {

using nlohmann::ordered_json;

ordered_json number(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

/// A difference as it is, a log ratio as the ratio.
ordered_json on_scale(const CompareMetric& metric, const std::optional<double>& effect) {
  if (!effect) return nullptr;
  return metric.scale == Scale::ratio ? std::exp(*effect) : *effect;
}

ordered_json interval_json(const CompareMetric& metric, const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {on_scale(metric, interval->low), on_scale(metric, interval->high)};
}

ordered_json row_json(const ComparisonRow& row) {
  const CompareMetric& metric = *row.metric;
  ordered_json where = ordered_json::object();
  for (const auto& [column, value] : row.where) where[column] = value;
  const char* const effect = metric.scale == Scale::ratio ? "ratio" : "difference";
  return {{"where", where},
          {"recall", number(row.recall)},
          {"metric", metric.name},
          {"seeds", row.seeds},
          {"a", number(row.a)},
          {"b", number(row.b)},
          {effect, on_scale(metric, row.effect)},
          {"interval", interval_json(metric, row.interval)},
          {"over_queries", interval_json(metric, row.over_queries)},
          {"over_seeds", interval_json(metric, row.over_seeds)},
          {"p", number(row.p)},
          {"p_holm", number(row.p_holm)},
          {"noise", on_scale(metric, row.noise)},
          {"within_noise", row.hidden},
          {"verdict", row.effect ? ordered_json(name(row.verdict)) : ordered_json()},
          {"note", row.note}};
}

}  // namespace

ordered_json json_of(const Side& a, const Side& b, const Comparison& comparison) {
  ordered_json contrasts = ordered_json::array();
  for (const Contrast& each : comparison.contrasts) {
    contrasts.push_back({{"column", each.column}, {"a", each.a}, {"b", each.b}});
  }
  ordered_json rows = ordered_json::array();
  for (const ComparisonRow& row : comparison.rows) rows.push_back(row_json(row));
  return {{"a", a.label},
          {"b", b.label},
          {"contrasts", contrasts},
          {"left_out", {{"a", comparison.left_out_a}, {"b", comparison.left_out_b}}},
          {"notes", comparison.notes},
          {"rows", rows}};
}

}  // namespace skerry::experiments
