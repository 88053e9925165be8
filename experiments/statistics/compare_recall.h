#pragma once
// Curves of two sides read at the same recall.

#include <vector>

#include "experiments/statistics/comparison.h"
#include "experiments/statistics/point_rows.h"

namespace skerry::experiments {

/// The row of a cell with a driver, one recall and one metric; verdict, adjusted p and noise are
/// not set yet. Every seed in `points` is on both sides. Curves are read seed by seed (see
/// report/equal_recall.h); where one of them does not reach `recall`, nothing is said, and the note
/// names what all curves of either side were measured over. The interval is that of t over seeds;
/// for one seed the bootstrap's over queries, in which recall and metric of every point are those
/// of the same resample.
ComparisonRow compare_recall(const Side& a, const Side& b, const std::vector<MatchedPoint>& points,
                             double recall, const CompareMetric& metric,
                             const Resampling& resampling, PointRows& rows);

}  // namespace skerry::experiments
