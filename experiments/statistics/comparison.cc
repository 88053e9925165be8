#include "experiments/statistics/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.h"
#include "experiments/report/record_fields.h"
#include "experiments/statistics/compare_recall.h"
#include "experiments/statistics/compare_settings.h"
#include "experiments/statistics/holm.h"
#include "experiments/statistics/point_rows.h"

namespace skerry::experiments {

namespace {

/// What the options name, or all that this kind of comparison has.
std::vector<const CompareMetric*> metrics_of(const CompareOptions& options) {
  if (!options.metrics.empty()) return options.metrics;
  std::vector<const CompareMetric*> metrics;
  for (const CompareMetric& metric : compare_metrics()) {
    const bool wanted = options.recalls.empty() ? !metric.sized : metric.scale == Scale::ratio;
    if (wanted) metrics.push_back(&metric);
  }
  return metrics;
}

std::set<std::string> seeds_of(const Cell& cell,
                               const nlohmann::ordered_json* MatchedPoint::*member) {
  std::set<std::string> seeds;
  for (const MatchedPoint& point : cell.points) {
    if (point.*member != nullptr) seeds.insert(point.seed);
  }
  return seeds;
}

/// Keeps what has a partner: the same point, or with a driver a curve of the same seed.
void keep_pairs(Matching& matching, bool with_driver, Comparison& comparison) {
  for (Cell& cell : matching.cells) {
    const std::set<std::string> seeds_a = seeds_of(cell, &MatchedPoint::a);
    const std::set<std::string> seeds_b = seeds_of(cell, &MatchedPoint::b);
    std::erase_if(cell.points, [&](const MatchedPoint& point) {
      const bool paired = with_driver ? seeds_a.contains(point.seed) && seeds_b.contains(point.seed)
                                      : point.a != nullptr && point.b != nullptr;
      if (paired) return false;
      comparison.left_out_a += point.a != nullptr ? 1 : 0;
      comparison.left_out_b += point.b != nullptr ? 1 : 0;
      return true;
    });
  }
  std::erase_if(matching.cells, [](const Cell& cell) { return cell.points.empty(); });
  if (!matching.cells.empty()) return;
  throw Error(Code::invalid_argument,
              with_driver ? "the sides have no settings in common"
                          : "the sides have no point with equal settings; --at recall=R compares "
                            "at equal recall");
}

/// Removes the metrics that nothing was measured of, such as gets of a view that makes none.
void drop_unmeasured(std::vector<ComparisonRow>& rows) {
  std::set<const CompareMetric*> missing;
  for (const ComparisonRow& row : rows) {
    if (row.unmeasured) missing.insert(row.metric);
  }
  for (const ComparisonRow& row : rows) {
    if (row.effect) missing.erase(row.metric);
  }
  std::erase_if(rows, [&](const ComparisonRow& row) { return missing.contains(row.metric); });
}

double on_scale(const CompareMetric& metric, double margin) {
  return metric.scale == Scale::ratio ? std::log1p(margin) : margin;
}

/// The larger floor of the two sides, as a log ratio.
std::optional<double> noise_of(const Side& a, const Side& b) {
  if (!a.noise || !b.noise) return std::nullopt;
  return std::log(std::max(a.noise->qps_max, b.noise->qps_max));
}

void set_verdicts(const Side& a, const Side& b, const CompareOptions& options,
                  std::vector<ComparisonRow>& rows) {
  std::vector<double> p;
  for (const ComparisonRow& row : rows) {
    if (row.p) p.push_back(*row.p);
  }
  const std::vector<double> adjusted = holm(p);
  std::size_t test = 0;
  for (ComparisonRow& row : rows) {
    if (row.p) row.p_holm = adjusted[test++];
    if (row.metric->timed) row.noise = noise_of(a, b);
    if (!row.effect) continue;
    // Over queries the interval knows nothing of how the machine's speed changes between passes.
    if (row.metric->timed && !row.noise && !row.over_seeds) {
      row.note += row.note.empty() ? "noise not known" : "; noise not known";
      continue;
    }
    const auto margin = options.margins.find(row.metric->name);
    const Evidence evidence{
        .effect = *row.effect,
        .interval = row.interval,
        .p = row.p_holm,
        .noise = row.noise,
        .margin = on_scale(*row.metric,
                           margin == options.margins.end() ? row.metric->margin : margin->second),
        .larger_is_better = row.metric->larger_is_better};
    row.verdict = judge(evidence);
    row.hidden = within_noise(evidence);
  }
}

std::set<std::string> provenance_of(const Side& side, const char* field) {
  std::set<std::string> values;
  for (const auto& record : side.records) values.insert(text_at(record, "provenance", field));
  return values;
}

std::vector<std::string> notes_on(const Side& a, const Side& b, bool timed) {
  std::vector<std::string> notes;
  for (const Side* side : {&a, &b}) {
    if (side == &b && a.directory == b.directory) continue;
    if (!side->noise) {
      if (timed) {
        notes.push_back(
            fmt::format("{}: no point was measured twice, so the noise of times is not known.",
                        side->directory.string()));
      }
      continue;
    }
    const NoiseFloor& noise = *side->noise;
    if (timed) {
      notes.push_back(fmt::format(
          "{}: {} points measured twice differ in queries per second by {:.1f} % (median), "
          "{:.1f} % at most; less is within noise.",
          side->directory.string(), noise.pairs, 100 * (noise.qps_median - 1),
          100 * (noise.qps_max - 1)));
    }
    if (noise.differing > 0) {
      notes.push_back(fmt::format(
          "WARNING: {}: {} points measured twice differ in recall or distances, which must never "
          "be: do not trust these results.",
          side->directory.string(), noise.differing));
    }
  }
  if (timed && provenance_of(a, "cpu") != provenance_of(b, "cpu")) {
    notes.push_back("WARNING: the sides were measured on different CPUs; times say nothing.");
  }
  if (provenance_of(a, "commit") != provenance_of(b, "commit")) {
    notes.push_back("The sides were measured by different builds of skerry.");
  }
  return notes;
}

}  // namespace

Comparison compare(const Side& a, const Side& b, const CompareOptions& options) {
  const bool with_driver = !options.recalls.empty();
  Matching matching = match(a, b, with_driver ? options.driver : "");
  Comparison comparison;
  keep_pairs(matching, with_driver, comparison);
  comparison.contrasts = matching.contrasts;
  const std::vector<const CompareMetric*> metrics = metrics_of(options);
  PointRows rows;
  for (const Cell& cell : matching.cells) {
    const auto add = [&](ComparisonRow row) {
      row.where = cell.where;
      comparison.rows.push_back(std::move(row));
    };
    if (!with_driver) {
      for (const CompareMetric* metric : metrics) {
        add(compare_settings(a, b, cell.points, *metric, options.resampling, rows));
      }
    }
    for (const double recall : options.recalls) {
      for (const CompareMetric* metric : metrics) {
        add(compare_recall(a, b, cell.points, recall, *metric, options.resampling, rows));
      }
    }
  }
  if (options.metrics.empty()) drop_unmeasured(comparison.rows);
  if (comparison.rows.empty()) {
    throw Error(Code::not_found, "the records hold nothing that can be compared",
                {.path = a.label});
  }
  set_verdicts(a, b, options, comparison.rows);
  const bool timed =
      std::any_of(metrics.begin(), metrics.end(), [](const auto* metric) { return metric->timed; });
  comparison.notes = notes_on(a, b, timed);
  return comparison;
}

}  // namespace skerry::experiments
