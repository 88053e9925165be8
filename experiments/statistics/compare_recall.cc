#include "experiments/statistics/compare_recall.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "experiments/report/equal_recall.h"
#include "experiments/report/record_fields.h"
#include "experiments/statistics/pooled.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

using Records = std::vector<const ordered_json*>;

/// The curves of one side, by seed.
std::map<std::string, Records> curves_of(const std::vector<MatchedPoint>& points,
                                         const ordered_json* MatchedPoint::*member) {
  std::map<std::string, Records> curves;
  for (const MatchedPoint& point : points) {
    if (point.*member != nullptr) curves[point.seed].push_back(point.*member);
  }
  return curves;
}

double recall_of(const ordered_json& record) {
  return number_at(record, "recall", "strict").value_or(0);
}

/// Recall and a metric of every query, for the points of one curve.
class QueryCurve {
 public:
  QueryCurve(const Side& side, const Records& curve, const CompareMetric& metric, PointRows& rows) {
    for (const ordered_json* record : curve) {
      recalls_.push_back(rows.values(side, *record, compare_metric("recall")));
      values_.push_back(rows.values(side, *record, metric));
      complete_ &= !recalls_.back().empty() && !values_.back().empty();
    }
  }

  bool complete() const { return complete_; }

  std::size_t queries() const { return recalls_.front().size(); }

  std::vector<RecallPoint> points(std::span<const std::uint32_t> places) const {
    std::vector<RecallPoint> points;
    const auto count = static_cast<double>(places.size());
    for (std::size_t i = 0; i < recalls_.size(); ++i) {
      RecallPoint point;
      for (const std::uint32_t place : places) {
        point.recall += recalls_[i][place];
        point.value += values_[i][place];
      }
      points.push_back({std::min(1.0, point.recall / count), point.value / count});
    }
    return points;
  }

  std::vector<RecallPoint> points() const {
    std::vector<std::uint32_t> all(queries());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint32_t>(i);
    return points(all);
  }

 private:
  std::vector<std::vector<double>> recalls_;  ///< by point, then query
  std::vector<std::vector<double>> values_;
  bool complete_ = true;
};

/// The curve that the records alone give.
std::vector<RecallPoint> points_of_records(const Records& curve, const CompareMetric& metric) {
  std::vector<RecallPoint> points;
  for (const ordered_json* record : curve) {
    const std::optional<double> value = metric.of_record(*record);
    if (value) points.push_back({recall_of(*record), *value});
  }
  return points;
}

std::optional<double> read_curve(const Records& records, const QueryCurve& queries, double recall,
                                 const CompareMetric& metric) {
  return value_at_recall(queries.complete() ? queries.points() : points_of_records(records, metric),
                         recall, metric.larger_is_better);
}

struct MeasuredRange {
  double low = 0;
  double high = 1;
};

/// What every curve of a side was measured over, below 1, where misses have no logarithm.
MeasuredRange range_of(const std::map<std::string, Records>& curves) {
  MeasuredRange range;
  for (const auto& [seed, curve] : curves) {
    double lowest = 1;
    double highest = 0;
    for (const ordered_json* record : curve) {
      const double recall = recall_of(*record);
      lowest = std::min(lowest, recall);
      if (recall < 1) highest = std::max(highest, recall);
    }
    range.low = std::max(range.low, lowest);
    range.high = std::min(range.high, highest);
  }
  return range;
}

std::string text_of(const MeasuredRange& range) {
  if (range.low > range.high) return "1 only";
  return fmt::format("{:.4f}..{:.4f}", range.low, range.high);
}

/// Says why there is nothing to compare.
void set_missing(ComparisonRow& row, const MeasuredRange& a, const MeasuredRange& b) {
  const auto holds = [&](const MeasuredRange& range) {
    return range.low <= *row.recall && *row.recall <= range.high;
  };
  row.unmeasured = holds(a) && holds(b);
  row.note = row.unmeasured ? "not measured, or 0"
                            : fmt::format("measured A {}, B {}", text_of(a), text_of(b));
}

/// The effect when the queries are those of a resample.
Statistic effect_over(const QueryCurve& a, const QueryCurve& b, double recall,
                      const CompareMetric& metric) {
  return [&, recall](std::span<const std::uint32_t> places) {
    const auto of_a = value_at_recall(a.points(places), recall, metric.larger_is_better);
    const auto of_b = value_at_recall(b.points(places), recall, metric.larger_is_better);
    return of_a && of_b ? effect_of(metric, *of_a, *of_b).value_or(nothing) : nothing;
  };
}

}  // namespace

ComparisonRow compare_recall(const Side& a, const Side& b, const std::vector<MatchedPoint>& points,
                             double recall, const CompareMetric& metric,
                             const Resampling& resampling, PointRows& rows) {
  const auto curves_a = curves_of(points, &MatchedPoint::a);
  const auto curves_b = curves_of(points, &MatchedPoint::b);
  ComparisonRow row{.recall = recall, .metric = &metric, .seeds = curves_a.size()};
  Pooled pooled(metric);
  for (const auto& [seed, curve_a] : curves_a) {
    const Records& curve_b = curves_b.at(seed);
    const QueryCurve queries_a(a, curve_a, metric, rows);
    const QueryCurve queries_b(b, curve_b, metric, rows);
    const auto of_a = read_curve(curve_a, queries_a, recall, metric);
    const auto of_b = read_curve(curve_b, queries_b, recall, metric);
    pooled.add(of_a, of_b);
    if (row.seeds > 1 || !of_a || !of_b || !queries_a.complete() || !queries_b.complete()) continue;
    row.over_queries = bootstrap_interval(
        queries_a.queries(), effect_over(queries_a, queries_b, recall, metric), resampling);
  }
  pooled.fill(row);
  if (!row.effect) {
    set_missing(row, range_of(curves_a), range_of(curves_b));
    return row;
  }
  row.p = pooled.p();
  row.interval = row.over_seeds ? row.over_seeds : row.over_queries;
  if (row.seeds == 1) {
    row.note = "1 seed: no interval over graphs";
    if (!row.interval && metric.of_row != nullptr) row.note += " nor over queries";
  }
  return row;
}

}  // namespace skerry::experiments
