#pragma once
// Points with equal settings but for the contrast: paired query by query.

#include <vector>

#include "experiments/statistics/comparison.h"
#include "experiments/statistics/point_rows.h"

namespace skerry::experiments {

/// The row of a cell without a driver, and one metric; verdict, adjusted p and noise are not set
/// yet. Both sides of every point in `points` are there. The interval is the bootstrap's over
/// queries for one seed; for several it is combined with that of t over seeds. p is that of sign
/// flips over queries; for several seeds the larger of it and that of t over seeds. Where no query
/// differs in recall and the graphs do, the interval is the rule of three's.
ComparisonRow compare_settings(const Side& a, const Side& b,
                               const std::vector<MatchedPoint>& points, const CompareMetric& metric,
                               const Resampling& resampling, PointRows& rows);

}  // namespace skerry::experiments
