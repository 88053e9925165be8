#include "experiments/statistics/compare_settings.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/statistics/pooled.h"
#include "experiments/statistics/randomisation.h"
#include "experiments/statistics/t_interval.h"

namespace skerry::experiments {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// A metric of each query, for one seed.
struct PairedQueries {
  std::vector<double> a;
  std::vector<double> b;
};

/// The mean over seeds of the effect of the means over queries.
Statistic effect_over(const std::vector<PairedQueries>& seeds, const CompareMetric& metric) {
  return [&](std::span<const std::uint32_t> places) {
    double sum = 0;
    const auto count = static_cast<double>(places.size());
    for (const PairedQueries& seed : seeds) {
      double a = 0;
      double b = 0;
      for (const std::uint32_t place : places) {
        a += seed.a[place];
        b += seed.b[place];
      }
      sum += effect_of(metric, a / count, b / count).value_or(nothing);
    }
    return sum / static_cast<double>(seeds.size());
  };
}

/// B - A of each query, the mean over seeds.
std::vector<double> differences_of(const std::vector<PairedQueries>& seeds) {
  std::vector<double> differences(seeds.front().a.size());
  for (const PairedQueries& seed : seeds) {
    for (std::size_t i = 0; i < differences.size(); ++i) {
      differences[i] += (seed.b[i] - seed.a[i]) / static_cast<double>(seeds.size());
    }
  }
  return differences;
}

bool on_same_graphs(const std::vector<MatchedPoint>& points) {
  return std::all_of(points.begin(), points.end(), [](const MatchedPoint& point) {
    const auto digest = point.a->find("graph_digest");
    return digest != point.a->end() &&
           *digest == point.b->value("graph_digest", nlohmann::ordered_json());
  });
}

void set_query_part(ComparisonRow& row, const std::vector<PairedQueries>& seeds, bool same_graphs,
                    const Resampling& resampling) {
  const std::size_t queries = seeds.front().a.size();
  const std::vector<double> differences = differences_of(seeds);
  row.p = sign_flip_test(differences, resampling);
  row.over_queries = bootstrap_interval(queries, effect_over(seeds, *row.metric), resampling);
  const bool equal = std::all_of(differences.begin(), differences.end(),
                                 [](double difference) { return difference == 0; });
  if (!equal || same_graphs || row.metric->scale != Scale::difference) return;
  row.over_queries = Interval{-rule_of_three(queries), rule_of_three(queries)};
  row.note = "no query differs: rule of three";
}

}  // namespace

ComparisonRow compare_settings(const Side& a, const Side& b,
                               const std::vector<MatchedPoint>& points, const CompareMetric& metric,
                               const Resampling& resampling, PointRows& rows) {
  ComparisonRow row{.metric = &metric, .seeds = points.size()};
  Pooled pooled(metric);
  std::vector<PairedQueries> seeds;
  for (const MatchedPoint& point : points) {
    PairedQueries seed{rows.values(a, *point.a, metric), rows.values(b, *point.b, metric)};
    if (!seed.a.empty() && !seed.b.empty()) {
      pooled.add(mean_of(seed.a), mean_of(seed.b));
      seeds.push_back(std::move(seed));
    } else {
      pooled.add(metric.of_record(*point.a), metric.of_record(*point.b));
    }
  }
  pooled.fill(row);
  if (!row.effect) {
    row.unmeasured = true;
    row.note = "not measured, or 0";
    return row;
  }
  if (seeds.size() == points.size()) {
    set_query_part(row, seeds, on_same_graphs(points), resampling);
  } else if (metric.of_row != nullptr) {
    row.note = "no rows of queries";
  }
  if (points.size() > 1) {
    const std::optional<double> p = pooled.p();
    row.p = row.p && p ? std::max(*row.p, *p) : p;
  }
  row.interval = row.over_queries;
  if (row.over_seeds) {
    row.interval = row.over_queries ? combine(*row.effect, *row.over_queries, *row.over_seeds)
                                    : *row.over_seeds;
  } else if (!row.interval) {
    row.note = row.note.empty() ? "1 seed: no interval over graphs" : row.note;
  }
  return row;
}

}  // namespace skerry::experiments
